//! What one client, or all of them together, may take.

mod bytes;
mod proxies;
mod rate;

pub use bytes::{Bytes, Held};
pub use proxies::{NoNetwork, Proxies, address};
pub use rate::{Rate, Wait, network};
