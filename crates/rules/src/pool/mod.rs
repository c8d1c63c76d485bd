//! ALT: the status of a license in the pool.

mod status;

pub use status::PoolStatus;
