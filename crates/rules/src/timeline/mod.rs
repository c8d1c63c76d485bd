//! ICE-17 to ICE-22: a license that must be validated again from time to time.
//!
//! `I + P` is when a validation is due. From its first failure on, the grace of G days runs; then emergency mode for
//! seven days; then it is ended, and at the first midnight strictly after that the services stop. A success at any
//! time clears it all.

mod notice;
mod validation;

pub use notice::{Notice, notices};
pub use validation::{Failure, GRACE_DAYS, RETRY_SECONDS, State, Validation};
