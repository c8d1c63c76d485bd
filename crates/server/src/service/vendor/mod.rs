//! What the vendor's own systems and people change: shared by the vendor API and the command line.
//!
//! A change is a [`unit::Unit`] of work: one transaction, with its log entry. [`once`] makes it idempotent.

pub mod cases;
pub mod counts;
pub mod customers;
pub mod done;
pub mod feature;
pub mod licenses;
pub mod lmx;
pub mod once;
pub mod policies;
pub mod portal;
pub mod products;
pub mod refresh;
pub mod refuse;
pub mod returns;
pub mod rules;
pub mod scope;
pub mod seats;
pub mod sessions;
pub mod terms;
pub mod token;
pub mod unit;
pub mod upgrades;
pub mod users;
pub mod value;
pub mod veil;
pub mod webhooks;
