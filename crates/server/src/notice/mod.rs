//! What people are told, and how it reaches them.
//!
//! - `make`: a function for each message; whoever changes a license posts it in the same unit of work
//! - [`code`]: every message there is, and who is told
//! - [`words`]: what it says, in the tenant's language
//! - [`address`]: who gets it, decided once
//! - [`deliver`]: deliveries are claimed, made and settled, at least once, with pauses that grow
//! - [`mail`], [`webhook`]: the two ways out

pub mod address;
pub mod code;
pub mod deliver;
pub mod mail;
mod make;
mod plan;
pub mod webhook;
pub mod words;

pub use make::*;
