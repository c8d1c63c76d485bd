//! The authority's side: which site holds a license.

use handcarry_format::{Instant, KeyId};

use super::status::PoolStatus;
use super::verdict::Verdict;

/// A portal that asks its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The issuing key that signed the question: it is what identifies the site.
    pub key: KeyId,
    /// Its name, for people.
    pub name: String,
}

/// Who holds a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The site.
    pub site: Site,
    /// Since when.
    pub since: Instant,
}

/// A license as its authority has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What it is at the authority, now.
    pub status: PoolStatus,
    /// Why it is inactive or blocked there: the name of the reason.
    pub reason: Option<String>,
    /// Only one site may hold it at a time. Not so for a license that is sold for all sites.
    pub site_bound: bool,
    /// The authority's own devices hold seats of it, as of this instant: it is in use at home.
    pub used_here: Option<Hold>,
}

/// The authority's answer: its verdict, and who holds the license from now on (none: as before).
///
/// One site holds a license at a time, unless it is not bound to a site. The holder is granted it again whenever it
/// asks, with the same date.
pub fn answer(
    license: Option<&Issued>,
    holder: Option<&Hold>,
    site: &Site,
    now: Instant,
) -> (Verdict, Option<Hold>) {
    let Some(license) = license else { return (Verdict::Unknown, None) };
    if !license.status.is_assignable() {
        let reason = license.reason.clone().unwrap_or_else(|| license.status.name().to_owned());
        return (Verdict::Refused { reason }, None);
    }
    if let Some(own) = holder.filter(|hold| hold.site.key == site.key) {
        return (Verdict::Granted { since: own.since }, None);
    }
    let other = holder.or(license.used_here.as_ref());
    match other.filter(|_| license.site_bound) {
        Some(other) => (Verdict::HeldElsewhere { site: other.site.name.clone(), since: other.since }, None),
        None => {
            let hold = Hold { site: site.clone(), since: now };
            (Verdict::Granted { since: now }, license.site_bound.then_some(hold))
        }
    }
}

/// Whether a release takes effect: only the holder can give a license back; for anybody else nothing changes.
pub fn release(holder: Option<&Hold>, site: &Site) -> bool {
    holder.is_some_and(|hold| hold.site.key == site.key)
}
