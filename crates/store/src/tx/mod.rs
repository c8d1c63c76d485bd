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

use handcarry_format::Id;

use crate::sql::Sql;
use crate::{StoreError, TenantId};

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
    sql: &'a mut dyn Sql,
    known: Known,
}

/// What this unit of work has read and only it can change.
#[derive(Default)]
struct Known {
    /// The license that was looked up last.
    license: Option<KnownLicense>,
    /// Activations that were found.
    activations: Vec<Id>,
}

struct KnownLicense {
    tenant: TenantId,
    id: Id,
    /// Ids keep their rows for ever.
    row: i64,
    /// What there is of it in other tables; none = not looked up, or changed since.
    beside: Option<licenses::Beside>,
}

impl SqlTx<'_> {
    pub(crate) fn new(sql: &mut dyn Sql) -> SqlTx<'_> {
        SqlTx { sql, known: Known::default() }
    }

    /// The row of a license of this tenant.
    fn license_row(&mut self, tenant: TenantId, id: &Id) -> Result<i64, StoreError> {
        if let Some(known) = self.known.license.as_ref().filter(|it| it.tenant == tenant && it.id == *id) {
            return Ok(known.row);
        }
        let row = licenses::need_row(self.sql, tenant, id)?;
        self.known.license = Some(KnownLicense { tenant, id: id.clone(), row, beside: None });
        Ok(row)
    }

    /// What there is of a license in other tables, if this unit of work knows it.
    fn beside(&self, tenant: TenantId, id: &Id) -> Option<licenses::Beside> {
        let known = self.known.license.as_ref().filter(|it| it.tenant == tenant && it.id == *id)?;
        known.beside
    }

    /// Something is written beside a license.
    fn forget_beside(&mut self) {
        if let Some(known) = &mut self.known.license {
            known.beside = None;
        }
    }

    fn know_license(&mut self, tenant: TenantId, found: &licenses::Found) {
        let (id, row, beside) = (found.entitlement.id.clone(), found.row, Some(found.beside));
        self.known.license = Some(KnownLicense { tenant, id, row, beside });
    }
}
