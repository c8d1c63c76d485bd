//! What a unit of work can do, area by area.
//!
//! **To add an area:** a file `src/tx/<area>.rs` with a trait of its calls, each taking the tenant, and
//! `impl … for SqlTx<'_>` with its SQL (in the dialect that `sql` describes; `products.rs` is the
//! shortest example, `documents.rs` one with unique values); two lines and one name in this file; a migration
//! of its own in `migrations/` and a line for it in `src/migrations.rs`, which says how it is written; and its
//! promises in `tests/store/<area>.rs`, named in `tests/store/contract.rs`, which runs them on every engine.

mod accounts;
mod activations;
mod cases;
mod claimants;
mod customers;
mod deliveries;
mod documents;
mod json;
mod licenses;
mod lmx;
mod log;
mod messages;
mod mirror;
mod periods;
mod policies;
mod pool;
mod products;
mod readings;
mod returns;
mod schedule;
mod seats;
mod tenants;
mod used;
mod vendor;
mod webhooks;

pub use accounts::Accounts;
pub use activations::Activations;
pub use cases::Cases;
pub use claimants::{Claimant, Claimants};
pub use customers::Customers;
pub use deliveries::Deliveries;
pub use documents::Documents;
pub use licenses::Licenses;
pub use lmx::{SessionFilter, Sessions, StoredUpgrade, Upgrades};
pub use log::Log;
pub use messages::Messages;
pub use periods::Periods;
pub use policies::Policies;
pub use pool::Pool;
pub use products::Products;
pub use readings::Readings;
pub use returns::Returns;
pub use schedule::{Progress, Schedule};
pub use seats::Seats;
pub use tenants::Tenants;
pub use used::Used;
pub use vendor::{
    ActivationFilter, Answers, ApiToken, CaseFilter, Catalog, CatalogProduct, Closed, Desk, KeptAnswer,
    ListedActivation, ListedCase, ListedFile, SeatState, Tokens,
};
pub use webhooks::Webhooks;

use crate::sql::Sql;

/// What a unit of work can do, inside one transaction. The calls are those of the areas, which need not be
/// named to use them.
///
/// Work goes on after [`crate::StoreError::Taken`] and after what a call found by reading. After another
/// error it ends: its transaction may be over, and is not committed then.
pub trait Tx:
    Tenants
    + Products
    + Licenses
    + Accounts
    + Activations
    + Documents
    + Cases
    + Log
    + Claimants
    + Periods
    + Policies
    + Pool
    + Returns
    + Schedule
    + Messages
    + Webhooks
    + Deliveries
    + Tokens
    + Answers
    + Catalog
    + Desk
    + Customers
    + Seats
    + Used
    + Readings
    + Upgrades
    + Sessions
{
}

impl Tx for SqlTx<'_> {}

/// The areas over a transaction of any engine.
pub(crate) struct SqlTx<'a> {
    pub(crate) sql: &'a mut dyn Sql,
}
