//! What server and page say to each other: wire types, problem codes and routes.
//!
//! Data with serde on it and nothing else. Instants, digests, ids and dates are strings here, in the one spelling of
//! `handcarry-format`; whoever needs more parses them. Unknown fields are ignored, so that a page that is still open
//! while the server is upgraded goes on working.
//!
//! - [`Outcome`]: a document was accepted; what was done
//! - [`Problem`]: it was not, or something else went wrong (RFC 9457)
//! - [`BatchRequest`], [`BatchAnswer`]: many documents, each with its own result
//! - [`TenantInfo`]: whose portal this is
//! - [`code`]: every code that the server adds to those of format and rules
//! - [`route`]: where all of it is

mod batch;
pub mod code;
mod explain;
mod license_facts;
mod lmx;
mod outcome;
mod problem;
pub mod route;
mod tenant;

pub use batch::{BatchAnswer, BatchDocument, BatchRequest, BatchResult};
pub use explain::{Explained, explain};
pub use license_facts::{LicenseFacts, UsedLine};
pub use outcome::{
    DocumentFacts, LicenseFile, Named, Note, Outcome, PoolFileOffer, ReceiptFile, Seat, UsageRow,
};
pub use problem::{FileOffer, Problem, SeatHolder};
pub use tenant::{TenantInfo, TenantLink, TenantTheme};
