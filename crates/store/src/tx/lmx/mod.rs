//! Upgrades of a license's count, and sessions of concurrent licenses (LMX).

mod host;
mod sessions;
mod upgrades;

pub use sessions::{SessionFilter, Sessions};
pub(super) use upgrades::of_row as upgrades_of_row;
pub use upgrades::{StoredUpgrade, Upgrades};
