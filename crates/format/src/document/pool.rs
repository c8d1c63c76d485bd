use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::digest::Digest;
#[cfg(feature = "pool")]
use crate::document::Grant;
use crate::document::{Document, DocumentFields, Kind, Vendor};
use crate::envelope::Envelope;
use crate::error::{PayloadCause, PayloadError};
use crate::fields::{Fields, MANY, NAME, VALUE};
use crate::id::Id;
use crate::instant::Instant;
use crate::json::repeats;
use crate::keys::KeyId;

type Result<T> = core::result::Result<T, PayloadError>;

/// A site's portal asks the authority for licenses, or gives them up (spec §5.8). Signed by the site's own issuing
/// key, which the vendor's keyring lists: its id, [`crate::Verified::signer`], is who the site is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PoolRequest {
    /// The document's id.
    pub id: Id,
    /// The vendor whose licenses these are.
    pub vendor: Vendor,
    /// The site, as people know it.
    pub site: Site,
    /// What is asked about: 1 to 1,000 licenses, each once.
    pub licenses: Vec<PoolAsk>,
    /// The last pool file that the site has loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<Digest>,
    /// By the site's clock. The site's key must have been valid then.
    pub created_at: Instant,
    /// The root key's word for the site's key.
    pub keyring: Envelope,
}

/// Where a site's portal is. For people; the key that signs decides who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Its name, 1 to 120 characters.
    pub name: String,
    /// The address of its portal, 1 to 400 characters.
    pub portal: String,
}

/// A question about one license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PoolAsk {
    /// Which license.
    pub license_id: Id,
    /// What is asked.
    pub ask: Ask,
    /// The revision that the site knows; 0 = none.
    pub revision: u32,
    /// Seats of it that are taken at the site.
    pub seats_used: u32,
    /// Its status in the site's pool.
    pub status: SiteStatus,
}

/// What a site asks about a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To hold it: it becomes active at this site (ALT-03).
    Hold,
    /// Whether it is still good, and its newest terms (ICE-17).
    Check,
    /// To hold it no longer.
    Release,
}

impl Ask {
    /// Every question.
    pub const ALL: [Ask; 3] = [Ask::Hold, Ask::Check, Ask::Release];

    /// Its name in documents.
    pub fn name(self) -> &'static str {
        ["hold", "check", "release"][self as usize]
    }
}

/// The status of a license in the pool of a site (ALT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteStatus {
    /// This question is its verification.
    Activating,
    /// The authority could not be asked before.
    FailedVerification,
    /// In use.
    Active,
    /// Its first day is yet to come.
    Pending,
    /// Switched off, replaced, or held elsewhere.
    Inactive,
    /// Past its end, or refused.
    Blocked,
}

impl SiteStatus {
    /// Every status.
    pub const ALL: [SiteStatus; 6] = [
        SiteStatus::Activating,
        SiteStatus::FailedVerification,
        SiteStatus::Active,
        SiteStatus::Pending,
        SiteStatus::Inactive,
        SiteStatus::Blocked,
    ];

    /// Its name in documents.
    pub fn name(self) -> &'static str {
        STATUSES[self as usize]
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<SiteStatus> {
        SiteStatus::ALL.into_iter().find(|status| status.name() == name)
    }
}

const STATUSES: [&str; 6] = ["activating", "failed_verification", "active", "pending", "inactive", "blocked"];

/// Licenses with their full terms, from the authority for a site's portal (spec §5.9). Signed by an issuing key that
/// may sign for every product.
///
/// It answers a [`PoolRequest`], or is a bare file of licenses to upload (ALT-02).
///
/// Without the feature `pool` what it says of licenses is neither read nor kept: enough to prove whose file it is and
/// to hand it on, and not enough to make one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PoolFile {
    /// The document's id.
    pub id: Id,
    /// Who issued it.
    pub vendor: Vendor,
    /// Counts the files for one site, from 1: a later one replaces those before it. 0 if it is for no one site.
    pub number: u32,
    /// The pool request that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<Digest>,
    /// The key of the one site that may load it; none = every site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<KeyId>,
    /// The licenses, each once; at most 1,000.
    #[cfg(feature = "pool")]
    pub licenses: Vec<Grant>,
    /// Licenses that were asked about and that the authority does not know; at most 1,000.
    #[cfg(feature = "pool")]
    pub unknown: Vec<Id>,
    /// When it was issued, by the authority's clock.
    pub issued_at: Instant,
    /// The root key's word for the issuing key.
    pub keyring: Envelope,
}

impl Document for PoolRequest {
    const KIND: Kind = Kind::PoolRequest;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.created_at
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let request = PoolRequest {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            site: read_site(fields.object("site")),
            licenses: fields.list("licenses", MANY, |license| PoolAsk {
                license_id: license.id("license_id"),
                ask: Ask::ALL[license.choice("ask", &["hold", "check", "release"])],
                revision: license.count("revision", 0),
                seats_used: license.count("seats_used", 0),
                status: SiteStatus::ALL[license.choice("status", &STATUSES)],
            }),
            applied: fields.digest_maybe("applied"),
            created_at: fields.instant("created_at"),
            keyring: fields.envelope("keyring"),
        };
        let ids = request.licenses.iter().map(|license| license.license_id.as_str().as_bytes());
        if request.licenses.is_empty() || repeats(ids.collect()) {
            fields.wrong(PayloadCause::OutOfRange, "licenses");
        }
        fields.finish_document()?;
        Ok(request)
    }
}

fn read_site(mut fields: Fields<'_>) -> Site {
    let site = Site { name: fields.text("name", NAME), portal: fields.text("portal", VALUE) };
    fields.finish();
    site
}

impl Document for PoolFile {
    const KIND: Kind = Kind::Pool;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.issued_at
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let file = PoolFile {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            number: fields.count("number", 0),
            answers: fields.digest_maybe("answers"),
            site: fields.parsed_maybe("site", KeyId::parse),
            #[cfg(feature = "pool")]
            licenses: fields.list("licenses", MANY, Grant::read),
            #[cfg(feature = "pool")]
            unknown: fields.parsed_list("unknown", MANY, Id::new),
            issued_at: fields.instant("issued_at"),
            keyring: fields.envelope("keyring"),
        };
        #[cfg(not(feature = "pool"))]
        fields.pass_over(&["licenses", "unknown"]);
        #[cfg(feature = "pool")]
        let named = file.licenses.iter().map(|grant| &grant.license_id).chain(&file.unknown);
        #[cfg(feature = "pool")]
        if repeats(named.map(|id| id.as_str().as_bytes()).collect()) {
            fields.wrong(PayloadCause::OutOfRange, "licenses");
        }
        match file.site {
            None if file.answers.is_some() => fields.wrong(PayloadCause::MissingField, "site"),
            site if site.is_some() != (file.number > 0) => fields.wrong(PayloadCause::OutOfRange, "number"),
            _ => {}
        }
        fields.finish_document()?;
        Ok(file)
    }
}
