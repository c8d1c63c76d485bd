//! LMX-15: sessions of concurrent licenses. A session takes one place of a license's count from its check-out until it
//! is checked in or ends by itself; a borrowed one stays valid, with no connection, until the instant it was borrowed for.
//!
//! Only a check-out looks at the count. When an upgrade ends, open sessions go on and can be renewed above the count;
//! new ones wait until enough have ended.

mod candidates;
mod check_out;
mod refusal;
mod renew;
mod terms;

use handcarry_format::{Id, Instant, LicenseStatus, Model};

pub use candidates::candidates;
pub use check_out::check_out;
pub use refusal::{SESSION_CODES, SessionRefusal};
pub use renew::renew;
pub use terms::{SessionTerms, Shared};

use crate::account::{Entitlement, Pooling};
use crate::term::{status, term};
use crate::upgrade::Upgrades;

/// A session that is not renewed ends after so many seconds.
pub const HEARTBEAT: i64 = 600;

/// A question for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSession {
    /// A fresh id.
    pub id: Id,
    /// The feature.
    pub feature: Id,
    /// Who will use it.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// What the application says beside, for licenses that are shared by it.
    pub custom: Option<String>,
    /// Borrowed until then; none = kept by renewals.
    pub until: Option<Instant>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Id,
    /// The license whose place it takes.
    pub license: Id,
    /// The feature.
    pub feature: Id,
    /// Who uses it.
    pub user: String,
    /// On which machine.
    pub host: String,
    /// The place that it takes: sessions of one place count once ([`SessionTerms::place`]).
    pub place: String,
    /// When it was checked out.
    pub since: Instant,
    /// When it was renewed last.
    pub renewed_at: Instant,
    /// From this instant on it is over, unless renewed before.
    pub expires_at: Instant,
    /// It stays valid with no connection until it expires.
    pub borrowed: bool,
}

impl Session {
    /// It takes its place at this instant.
    pub fn is_open(&self, at: Instant) -> bool {
        at < self.expires_at
    }
}

/// A license that sessions are taken from, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPool {
    /// The license.
    pub license: Id,
    /// Exclusive or additive.
    pub pooling: Pooling,
    /// Its status.
    pub status: LicenseStatus,
    /// When it ends; none = never.
    pub ends: Option<Instant>,
    /// Its count now, with upgrades (LMX-07).
    pub count: u32,
    /// It is locked to other servers than this one.
    pub elsewhere: bool,
    /// What it says about sessions.
    pub terms: SessionTerms,
    /// Places that open sessions take.
    pub taken: u32,
    /// An open session has the very place that is asked for (SHARE).
    pub has_place: bool,
}

impl SessionPool {
    /// The pool that a concurrent license is, with `taken` places and with or without the one that is asked for; a
    /// node-locked one is none.
    pub fn of(
        license: &Entitlement,
        upgrades: &Upgrades,
        terms: SessionTerms,
        (taken, has_place): (u32, bool),
        now: Instant,
    ) -> Option<SessionPool> {
        matches!(license.model, Model::Concurrent(_)).then(|| SessionPool {
            license: license.id.clone(),
            pooling: license.pooling,
            status: status(license, now),
            ends: term(license, now).not_after,
            count: upgrades.count_at(license, now),
            elsewhere: !terms.open_for(&upgrades.server),
            terms,
            taken,
            has_place,
        })
    }
}
