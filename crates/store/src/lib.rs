//! Repositories: the only place with SQL.
//!
//! A unit of work is a closure over [`Tx`]; [`Store::write`] runs it in a transaction and answers only when
//! that transaction is durable. The closure may run more than once (a serialization failure, a batch that
//! had to be taken apart), so it has no effects of its own. Work that fails or panics leaves nothing behind.
//!
//! ```
//! use handcarry_store::{Options, Store, StoreError};
//!
//! let store = Store::open("sqlite::memory:", Options::default())?;
//! // In a server: `store.read(…).await`. The error is any that `?` turns a `StoreError` into.
//! let tenants = store.read_blocking(|tx| tx.tenants())?;
//! assert!(tenants.is_empty());
//! # Ok::<(), StoreError>(())
//! ```
//!
//! Every call takes the tenant: no row of one is ever seen with the id of another.

mod chain;
mod job;
mod message;
mod model;
mod queue;
mod sqlite;
mod store;

pub use chain::{LogCheck, verify_log};
pub use message::{Audience, NewMessage};
pub use model::{
    Case, Filed, IssuedFile, LogEntry, LogHead, NewCase, NewDocument, NewLogEntry, Page, SeatDifference,
    StoreError, Tenant, TenantId,
};
pub use store::{Options, Store};

use handcarry_format::{Digest, Fingerprint, Id, KeyId, LicenseKey, Product, Totals};
use handcarry_rules::{Account, Activation, Entitlement};

/// What a unit of work can do, inside one transaction.
pub trait Tx {
    /// Adds a tenant; refuses a slug or host that is taken.
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError>;
    /// Replaces everything of a tenant but its id.
    fn update_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError>;
    /// All tenants, by slug.
    fn tenants(&mut self) -> Result<Vec<Tenant>, StoreError>;

    /// Adds or renames a product.
    fn put_product(&mut self, tenant: TenantId, product: &Product) -> Result<(), StoreError>;
    /// All products, by id.
    fn products(&mut self, tenant: TenantId) -> Result<Vec<Product>, StoreError>;

    /// Adds a license; refuses an id or key that is taken.
    fn insert_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError>;
    /// Replaces a license. The caller has raised its revision; if the stored one is as high, somebody else
    /// has changed the license meanwhile ([`StoreError::Stale`]).
    fn update_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError>;
    /// One license.
    fn license(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Entitlement>, StoreError>;
    /// The license with this key.
    fn license_by_key(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
    ) -> Result<Option<Entitlement>, StoreError>;
    /// Licenses by id; the cursor is the last one's id.
    fn licenses(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Entitlement>, StoreError>;

    /// What a decision about a request needs: by license key, and the activation that this device has.
    ///
    /// [`Account::others`] holds at most a hundred, newest first. Of more than that, and of a license of more
    /// than a hundred seats, these: however old, those that share parts of the request's hardware (D-10);
    /// some that were given back (HEX-03); the newest whose seat is taken (D-40).
    fn account_for_request(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
        device: KeyId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Account>, StoreError>;
    /// What a decision about an activation needs. `report` is the number of the report in the document, if
    /// it has one; [`Account::same_number`] is looked up by it. [`Account::others`] is empty: only requests
    /// choose among activations.
    fn account_for_activation(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        report: Option<u32>,
    ) -> Result<Option<Account>, StoreError>;
    /// Adds or replaces an activation of a license, and keeps the license's number of taken seats.
    fn save_activation(
        &mut self,
        tenant: TenantId,
        license: &Id,
        activation: &Activation,
    ) -> Result<(), StoreError>;
    /// Activations of a license, newest first; the cursor is the last one's id.
    fn activations(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<Activation>, StoreError>;
    /// Adds to the license's lifetime usage.
    fn add_totals(&mut self, tenant: TenantId, license: &Id, added: &Totals) -> Result<(), StoreError>;
    /// The license's lifetime usage.
    fn totals(&mut self, tenant: TenantId, license: &Id) -> Result<Totals, StoreError>;
    /// Counts one transfer of the license (LSP-24).
    fn add_transfer(&mut self, tenant: TenantId, license: &Id) -> Result<(), StoreError>;
    /// Licenses whose kept number of taken seats is wrong. Counts them all: for `doctor` and tests.
    fn seat_differences(&mut self, tenant: TenantId) -> Result<Vec<SeatDifference>, StoreError>;

    /// The document with this id, whatever its digest (D-14).
    fn filed_by_id(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Filed>, StoreError>;
    /// The document with this digest.
    fn filed(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<Filed>, StoreError>;
    /// Files a document with its answer; refuses an id that is taken ([`StoreError::Taken`]).
    fn file(&mut self, tenant: TenantId, document: &NewDocument) -> Result<(), StoreError>;

    /// Keeps a signed file that the portal issued. Keeping it again changes nothing.
    fn keep_issued(&mut self, tenant: TenantId, file: &IssuedFile) -> Result<(), StoreError>;
    /// A signed file that the portal issued.
    fn issued(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<IssuedFile>, StoreError>;

    /// Opens a case for the desk. The same document opens a case of one kind once: again changes nothing.
    fn open_case(&mut self, tenant: TenantId, case: &NewCase) -> Result<(), StoreError>;
    /// Open cases, oldest first; the cursor is the last one's `seq`.
    fn cases(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Case>, StoreError>;

    /// Appends to the tenant's log; the entry is chained to the one before by its hash (D-28).
    fn append_log(&mut self, tenant: TenantId, entry: &NewLogEntry) -> Result<LogEntry, StoreError>;
    /// Log entries, oldest first; the cursor is the last one's `seq`.
    fn log(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<LogEntry>, StoreError>;
    /// The end of the log, which is kept apart from it.
    fn log_head(&mut self, tenant: TenantId) -> Result<Option<LogHead>, StoreError>;
}
