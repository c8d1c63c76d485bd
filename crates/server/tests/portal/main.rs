//! The real router, from the request to the answer.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod desk;
mod device;

mod batch;
mod claims;
mod documents;
mod form;
mod headers;
mod holders;
mod limits;
mod live;
mod openapi;
mod pages;
mod pool;
mod refusals;
mod tenants;
mod vendor;
