use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use handcarry_format::{Instant, LicenseStatus, MAX_INSTANT, Term};

use crate::account::Entitlement;

/// D-08: a license can be used this long before it was issued, for devices whose clock is behind.
const BEFORE_ISSUE: i64 = 48 * 3600;

/// The first moment of a day in a zone: 00:00, or the end of the gap where a clock change skips it.
pub fn midnight(day: NaiveDate, zone: Tz) -> Instant {
    let mut local = day.and_time(NaiveTime::MIN);
    // No zone has ever skipped more than a day.
    for _ in 0..=24 * 4 {
        if let Some(at) = zone.from_local_datetime(&local).earliest() {
            return Instant::from_unix(at.timestamp()).unwrap_or(MAX_INSTANT);
        }
        local += TimeDelta::minutes(15);
    }
    MAX_INSTANT
}

/// D-07, the one rule: a license ends at the midnight that follows its last day.
fn end(entitlement: &Entitlement) -> Option<Instant> {
    let day_after =
        |day: NaiveDate| day.succ_opt().map_or(MAX_INSTANT, |day| midnight(day, entitlement.zone));
    entitlement.end.map(day_after)
}

/// The term of a license file that is issued now.
pub fn term(entitlement: &Entitlement, now: Instant) -> Term {
    let start = entitlement.start.map(|day| midnight(day, entitlement.zone));
    let before = now.plus_seconds(-BEFORE_ISSUE);
    Term {
        start: entitlement.start,
        end: entitlement.end,
        zone: entitlement.zone.name().to_owned(),
        not_before: start.map_or(before, |start| start.max(before)),
        not_after: end(entitlement),
    }
}

/// What a license is now. A switched-off license is inactive whatever its dates.
pub fn status(entitlement: &Entitlement, now: Instant) -> LicenseStatus {
    if !entitlement.enabled {
        LicenseStatus::Inactive
    } else if end(entitlement).is_some_and(|end| now >= end) {
        LicenseStatus::Expired
    } else if entitlement.start.is_some_and(|day| now < midnight(day, entitlement.zone)) {
        LicenseStatus::Pending
    } else {
        LicenseStatus::Active
    }
}
