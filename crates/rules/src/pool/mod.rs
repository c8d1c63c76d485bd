//! ALT: licenses in a pool, what they are, and what may be done with them.
//!
//! [`transition`] is the whole of the status machine; its table is data ([`TABLE`]). What the clock alone changes is
//! derived at every reading by [`effective`], and written down, with its message, by whoever does what is [`due`].

mod authority;
mod bounds;
mod clock;
mod event;
mod reason;
mod renewal;
mod status;
mod table;
mod transition;
mod upload;
mod verdict;

pub use authority::{Hold, Issued, Site, answer, release};
pub use bounds::Bounds;
pub use clock::{Due, due, effective};
pub use event::{Event, EventKind};
pub use reason::Reason;
pub use renewal::{in_order, replaced_by_now};
pub use status::PoolStatus;
pub use table::{Effect, Row, TABLE, effect};
pub use transition::{Entered, Moved, NotAllowed, actions, transition};
pub use upload::{Upload, upload};
pub use verdict::{Verdict, outcome};
