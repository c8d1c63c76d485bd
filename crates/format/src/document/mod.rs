//! The eight documents (spec §5). Each is plain data; [`crate::Verified`] is the proof that it is genuine.

#[cfg(feature = "pool")]
mod grant;
mod keyring;
mod license;
mod parts;
mod pool;
mod receipt;
mod request;
mod usage;

#[cfg(feature = "pool")]
pub use grant::{Grant, GrantClaim, GrantLease, GrantPooling, GrantRevalidation, GrantUpgrade, Verdict};
pub use keyring::{IssuingKey, Keyring, Revocation};
pub use license::{
    Acknowledged, Block, Counter, Customer, Feature, Lease, License, Model, Overage, Reset, Term,
};
pub use parts::{Device, Fingerprint, FingerprintPart, Platform, Product, Source, Totals, Vendor};
pub use pool::{Ask, PoolAsk, PoolFile, PoolRequest, Site, SiteStatus};
pub use receipt::{Booked, LicenseStatus, Outcome, Receipt, ReceiptUsage, Seat, SeatState};
pub use request::{ActivationRequest, Claim};
pub use usage::{Deactivation, Holder, Usage, UsageEntry, UsageReport};

use alloc::string::String;

use serde::Serialize;

use crate::error::PayloadError;
use crate::fields::Fields;
use crate::id::Id;
use crate::instant::Instant;
use crate::keys::PublicKey;
use crate::prove::Prove;

/// The kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A device asks for a license.
    ActivationRequest,
    /// The vendor's license for one device; a refresh is the same kind in the next generation.
    License,
    /// A device gives its license back (R1).
    Deactivation,
    /// A device reports consumption and keeps its license.
    UsageReport,
    /// The portal's signed answer to a device's document.
    Receipt,
    /// The root key's list of issuing keys.
    Keyring,
    /// A site's portal asks its authority for licenses.
    PoolRequest,
    /// The authority's licenses for a site's portal.
    Pool,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 8] = [
        Kind::ActivationRequest,
        Kind::License,
        Kind::Deactivation,
        Kind::UsageReport,
        Kind::Receipt,
        Kind::Keyring,
        Kind::PoolRequest,
        Kind::Pool,
    ];

    /// The word in BEGIN and END, for people (spec §3.1).
    pub fn label(self) -> &'static str {
        match self {
            Kind::ActivationRequest => "LICENSE ACTIVATION REQUEST",
            Kind::License => "LICENSE",
            Kind::Deactivation => "LICENSE DEACTIVATION",
            Kind::UsageReport => "LICENSE USAGE REPORT",
            Kind::Receipt => "LICENSE RECEIPT",
            Kind::Keyring => "LICENSE KEYRING",
            Kind::PoolRequest => "LICENSE POOL REQUEST",
            Kind::Pool => "LICENSE POOL",
        }
    }

    /// The kind's name in types, URLs and logs.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ActivationRequest => "activation-request",
            Kind::License => "license",
            Kind::Deactivation => "deactivation",
            Kind::UsageReport => "usage-report",
            Kind::Receipt => "receipt",
            Kind::Keyring => "keyring",
            Kind::PoolRequest => "pool-request",
            Kind::Pool => "pool",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The media type that is signed: it decides what a file is, and in which version (spec §4.1).
    pub fn media_type(self) -> String {
        [TYPE_PREFIX, self.name(), TYPE_SUFFIX].concat()
    }
}

pub(crate) const TYPE_PREFIX: &str = "application/vnd.handcarry.";
pub(crate) const TYPE_SUFFIX: &str = ".v1+json";

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ActivationRequest {}
    impl Sealed for super::License {}
    impl Sealed for super::Deactivation {}
    impl Sealed for super::UsageReport {}
    impl Sealed for super::Receipt {}
    impl Sealed for super::Keyring {}
    impl Sealed for super::PoolRequest {}
    impl Sealed for super::PoolFile {}
}

/// One of the eight documents. Sealed: the set is the file format's.
pub trait Document: Prove + sealed::Sealed + Serialize + Clone + core::fmt::Debug + PartialEq {
    /// The kind.
    const KIND: Kind;

    /// The document's own id, unique for ever.
    fn id(&self) -> &Id;

    /// The vendor it is issued by or meant for.
    fn vendor(&self) -> &Vendor;

    /// When it was made, by the clock of whoever made it.
    fn made_at(&self) -> Instant;

    /// The key of the device that it is of, if it names one.
    #[doc(hidden)]
    fn device_key(&self) -> Option<PublicKey> {
        None
    }

    #[doc(hidden)]
    fn decode(fields: DocumentFields<'_>) -> Result<Self, PayloadError>;
}

/// The members of a payload, not yet read. Opaque outside of this crate.
#[doc(hidden)]
pub struct DocumentFields<'a>(pub(crate) Fields<'a>);
