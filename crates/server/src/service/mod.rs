//! Where format, rules and store meet.
//!
//! A document is verified outside of the store (`verify`), then booked in one unit of work (`book`) that decides,
//! signs, and files effect, answer and log entry together.

mod accounts;
pub mod batch;
mod book;
pub mod documents;
pub mod explain;
pub mod files;
pub mod holder;
mod names;
mod outcome;
pub mod pool;
mod record;
pub mod sign_in;
pub mod tenant;
pub mod vendor;
mod verify;
