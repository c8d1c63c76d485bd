//! What one client, or all of them together, may take.

mod bytes;
mod rate;

pub use bytes::{Bytes, Held};
pub use rate::{Rate, Wait, network};
