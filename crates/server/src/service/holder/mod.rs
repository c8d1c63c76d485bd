//! Who holds licenses, and how their seats are used (ICE).

mod booking;
mod compare;
mod facts;
mod page;
mod renewals;
mod source;

pub use compare::COMPARE;
pub use facts::{Seats, facts, facts_of};
pub use renewals::RENEWALS;
pub use source::READ_SOURCES;

pub(super) use booking::{load, note};
