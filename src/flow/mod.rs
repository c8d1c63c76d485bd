//! What the page knows and what happens next: plain state machines, with no browser in them.
//!
//! [`Flow::apply`] takes what happened and returns what is to be done. Nothing here reads a clock, a file or the network;
//! whoever runs the [`Effect`]s tells the outcome as the next [`Event`].

mod bytes;
mod event;
mod item;
mod list;
mod queue;
mod retry;

pub use bytes::Bytes;
pub use event::{Effect, Event, Incoming, Restored, Saved, Stage};
pub use item::{Item, Phase, PhaseKind, Why};
pub use list::{Part, Tally};
pub use queue::{Flow, Place};
pub use retry::delay_seconds;
