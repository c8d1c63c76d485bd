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
mod copy;
mod delivery;
#[cfg(feature = "bench-no-store")]
mod dry;
#[cfg(feature = "test-faults")]
mod faults;
mod holder;
mod job;
mod message;
mod migrations;
mod model;
mod pool;
mod postgresql;
mod queue;
mod sql;
mod sqlite;
mod staff;
mod store;
pub mod tx;
#[cfg(test)]
mod upgrade;

pub use chain::{LogCheck, verify_log};
#[cfg(feature = "test-faults")]
pub use copy::Look;
pub use copy::{TableContents, contents, copy};
pub use delivery::{Channel, Claim, Delivery, DeliveryFilter, DeliveryState, DueDelivery, Settled, Webhook};
#[cfg(feature = "test-faults")]
pub use faults::{Fault, Faults};
pub use holder::{
    Customer, CustomerFilter, DeviceWord, ReadingState, SeatCounts, SeatFigures, SeatReading, SeatSource,
    SeatUser, Transfer,
};
pub use message::{Audience, Message, MessageFilter, NewMessage};
pub use model::{
    AnsweredFile, Case, Filed, IssuedFile, LogEntry, LogHead, NewCase, NewDocument, NewLogEntry, Page,
    SeatDifference, StoreError, Tenant, TenantId,
};
pub use pool::{Days, PoolColumn, PoolEntry, PoolFilter, PoolQuery, PoolSite, Pooled, TakenFile};
pub use staff::{Decided, StaffEntry, StaffRecord, StaffState};
pub use store::{Options, Store};
pub use tx::{
    ActivationFilter, ApiToken, CaseFilter, CatalogProduct, Claimant, Closed, KeptAnswer, ListedActivation,
    ListedCase, ListedFile, SeatState, Tx,
};
