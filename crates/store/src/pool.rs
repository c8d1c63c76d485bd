//! The pool: what is known of a license beside its terms.

use chrono::NaiveDate;
use handcarry_format::{Digest, Id, Instant, KeyId};
use handcarry_rules::pool::{Hold, Reason};
use handcarry_rules::timeline::Failure;
use handcarry_rules::{Entitlement, PoolStatus};

/// What is known of a license in the pool beside its terms and its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolEntry {
    /// It is in the pool. One that was deleted stays as evidence.
    pub in_pool: bool,
    /// Since when it has its status.
    pub since: Instant,
    /// Why it is inactive or blocked.
    pub reason: Option<Reason>,
    /// Only one site may hold it at a time.
    pub site_bound: bool,
    /// This site holds it at its authority.
    pub held: bool,
    /// The authority is still to be told that this site no longer holds it.
    pub releasing: bool,
    /// When the authority is to be asked about it next.
    pub ask_at: Option<Instant>,
    /// When the authority last confirmed it.
    pub verified_at: Option<Instant>,
    /// Attempts that failed since then.
    pub failure: Option<Failure>,
    /// When services were last started by hand (ICE-22).
    pub started_at: Option<Instant>,
    /// Notices of the revalidation timeline have been posted up to then.
    pub told_until: Option<Instant>,
    /// When the next one is due.
    pub notice_at: Option<Instant>,
}

impl PoolEntry {
    /// Of a license that is in the pool since then.
    pub fn new(since: Instant) -> PoolEntry {
        PoolEntry {
            in_pool: true,
            since,
            reason: None,
            site_bound: true,
            held: false,
            releasing: false,
            ask_at: None,
            verified_at: None,
            failure: None,
            started_at: None,
            told_until: None,
            notice_at: None,
        }
    }
}

/// A license with what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pooled {
    /// Its terms and its stored status.
    pub license: Entitlement,
    /// What else is known; none = nothing beyond that it is in the pool.
    pub entry: Option<PoolEntry>,
    /// Activations whose seat is taken.
    pub seats_used: u32,
    /// The site that holds it, where this portal is the authority.
    pub hold: Option<Hold>,
    /// The customer's company: of the customer's record, or the name that files have.
    pub company: Option<String>,
}

/// A site that has asked this authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSite {
    /// Its key.
    pub site: KeyId,
    /// Its name.
    pub name: String,
    /// The address of its portal.
    pub portal: String,
    /// Number of the last file that it was given.
    pub number: u32,
    /// When it last asked.
    pub seen_at: Instant,
}

/// A pool file that this site has taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenFile {
    /// Its digest.
    pub digest: Digest,
    /// The site's key that it is for; none = every site.
    pub site: Option<KeyId>,
    /// Its number, 0 if it is for no one site.
    pub number: u32,
    /// When.
    pub at: Instant,
}

/// A column of the pool (ALT-23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PoolColumn {
    /// The license's id.
    #[default]
    Id,
    /// Its status now.
    Status,
    /// The customer.
    Customer,
    /// The customer's company.
    Company,
    /// The product's name.
    Product,
    /// The edition.
    Edition,
    /// The product's version.
    Version,
    /// The license key.
    Key,
    /// First day, or days until it.
    Start,
    /// Last day, or days left. Perpetual licenses come last.
    End,
    /// Last day of maintenance, or days of it left. Licenses without come last.
    Maintenance,
}

impl PoolColumn {
    /// Every column.
    pub const ALL: [PoolColumn; 11] = [
        PoolColumn::Id,
        PoolColumn::Status,
        PoolColumn::Customer,
        PoolColumn::Company,
        PoolColumn::Product,
        PoolColumn::Edition,
        PoolColumn::Version,
        PoolColumn::Key,
        PoolColumn::Start,
        PoolColumn::End,
        PoolColumn::Maintenance,
    ];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            PoolColumn::Id => "id",
            PoolColumn::Status => "status",
            PoolColumn::Customer => "customer",
            PoolColumn::Company => "company",
            PoolColumn::Product => "product",
            PoolColumn::Edition => "edition",
            PoolColumn::Version => "version",
            PoolColumn::Key => "key",
            PoolColumn::Start => "start",
            PoolColumn::End => "end",
            PoolColumn::Maintenance => "maintenance",
        }
    }

    /// The column with this name.
    pub fn from_name(name: &str) -> Option<PoolColumn> {
        PoolColumn::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// Days from and to, both included; a license without that day is outside of any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// Not before.
    pub from: Option<NaiveDate>,
    /// Not after.
    pub to: Option<NaiveDate>,
}

/// Which licenses of the pool to list. Texts match a part, whatever the case of ASCII letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolFilter {
    /// One of these, as of now; empty = any.
    pub statuses: Vec<PoolStatus>,
    /// Part of the customer's name.
    pub customer: Option<String>,
    /// Part of the company's name.
    pub company: Option<String>,
    /// Part of the product's name, or its id.
    pub product: Option<String>,
    /// Part of the edition.
    pub edition: Option<String>,
    /// Part of the version.
    pub version: Option<String>,
    /// Part of the license key.
    pub key: Option<String>,
    /// Exactly this order.
    pub order: Option<String>,
    /// First day.
    pub start: Days,
    /// Last day.
    pub end: Days,
    /// Last day of maintenance.
    pub maintenance: Days,
}

/// A page of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolQuery {
    /// Which licenses.
    pub filter: PoolFilter,
    /// Ordered by; equal ones by id.
    pub sort: PoolColumn,
    /// The other way round.
    pub descending: bool,
    /// After the license with this id.
    pub after: Option<Id>,
    /// At most so many.
    pub limit: u32,
    /// The clock: a status is as of now, never stale (ALT-22).
    pub now: Instant,
}
