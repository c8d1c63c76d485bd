//! Transfer files of Handcarry: the one reader and the one writer for browser, server and device.
//!
//! A transfer file is ASCII text: a preamble for people, then an armored, signed document. The
//! normative description is `docs/spec/`; section numbers in the code refer to it.
//!
//! Two calls are enough for most callers:
//!
//! - [`examine`] makes every check a person wants to see, in order, and says what the file is;
//! - [`open`] gives a [`Verified`] document or a coded [`Error`].
//!
//! [`seal`] writes. [`inspect`] shows what a file claims and promises nothing.
//!
//! The crate has no clock, no randomness and no I/O, and builds for wasm32. Signatures are Ed25519
//! with strict verification, over the DSSE pre-authentication encoding of type and payload
//! (spec §4); nothing is ever re-serialized before it is verified.
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

mod armor;
mod code;
mod digest;
mod document;
mod envelope;
mod error;
mod examine;
mod fields;
#[cfg(feature = "fixtures")]
pub mod fixtures;
mod foreign;
mod id;
mod instant;
pub mod json;
mod keys;
mod ledger;
mod limits;
mod map;
mod preamble;
mod prove;
mod seal;
mod text;
mod trust;
mod usage;
mod verify;

pub use armor::armor;
pub use code::{CodeError, GROUPS, LicenseKey};
pub use digest::Digest;
pub use document::{
    Acknowledged, ActivationRequest, Ask, Block, Booked, Claim, Counter, Customer, Deactivation, Device,
    Document, Feature, Fingerprint, FingerprintPart, Holder, IssuingKey, Keyring, Kind, Lease, License,
    LicenseStatus, Model, Outcome, Overage, Platform, PoolAsk, PoolFile, PoolRequest, Product, Receipt,
    ReceiptUsage, Reset, Revocation, Seat, SeatState, Site, SiteStatus, Source, Term, Totals, Usage,
    UsageEntry, UsageReport, Vendor,
};
#[cfg(feature = "pool")]
pub use document::{Grant, GrantClaim, GrantLease, GrantPooling, GrantRevalidation, GrantUpgrade, Verdict};
pub use envelope::{Envelope, SignatureLine, pae};
pub use error::{
    ArmorError, CODES, EnvelopeError, Error, KeyError, Part, PayloadCause, PayloadError, Stage, WrongDocument,
};
pub use examine::{Check, CheckKind, CheckState, Examination, examine};
pub use fields::is_text;
pub use foreign::Foreign;
pub use id::Id;
pub use instant::{Instant, MAX_INSTANT};
pub use keys::{KeyId, PublicKey, SecretKey, SignatureBytes};
pub use limits::Limits;
pub use map::{Entry, Map};
pub use preamble::preamble;
pub use seal::{SealError, Sealed, seal};
pub use trust::Trust;
pub use usage::{UsageFinding, findings};
pub use verify::{AnyVerified, Chain, Inspection, Verified, inspect, open, open_any};
