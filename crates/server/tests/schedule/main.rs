//! The scheduler, over stores in files.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod failures;
mod missed;
mod processes;
mod world;
