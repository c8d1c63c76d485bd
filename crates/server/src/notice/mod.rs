//! What people are told, and how it reaches them.
//!
//! - `make`: a function for each message; whoever changes a license posts it in the same unit of work
//! - [`code`]: every message there is, and who is told
//! - [`words`]: what it says, in the tenant's language

pub mod code;
mod make;
pub mod words;

pub use make::*;
