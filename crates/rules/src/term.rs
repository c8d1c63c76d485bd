use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeZone as _};
use chrono_tz::Tz;
use handcarry_format::{Instant, LicenseStatus, MAX_INSTANT, Term};

use crate::account::Entitlement;
use crate::pool::PoolStatus;

/// D-08: a license can be used this long before it was issued, for devices whose clock is behind.
const BEFORE_ISSUE: i64 = 48 * 3600;

const DAY: i64 = 86_400;

/// The first moment of a day in a zone: 00:00, or the end of the gap where a clock change skips it. Where
/// 00:00 comes twice, the first one.
pub fn midnight(day: NaiveDate, zone: Tz) -> Instant {
    // Far from any date that a document can hold, and near to where calendars end.
    if !(0..=10_000).contains(&day.year()) {
        return held(if day.year() < 0 { i64::MIN } else { i64::MAX });
    }
    let local = day.and_time(NaiveTime::MIN);
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return held(at.timestamp());
    }
    // In a gap: the first instant whose local date is this day, or later where the whole day is skipped.
    let reached = |at: i64| {
        DateTime::from_timestamp(at, 0).is_some_and(|at| at.with_timezone(&zone).date_naive() >= day)
    };
    let (mut before, mut after) = (local.and_utc().timestamp() - DAY, local.and_utc().timestamp() + 2 * DAY);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if reached(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    held(after)
}

/// The first moment of the day after a day: when what lasts to its end is over.
pub fn end_of(day: NaiveDate, zone: Tz) -> Instant {
    day.succ_opt().map_or(MAX_INSTANT, |day| midnight(day, zone))
}

/// The first midnight strictly after an instant.
pub fn next_midnight(after: Instant, zone: Tz) -> Instant {
    let Some(at) = DateTime::from_timestamp(after.unix(), 0) else { return MAX_INSTANT };
    let mut day = at.with_timezone(&zone).date_naive();
    // More than once only where a day is missing from the calendar.
    loop {
        let Some(next) = day.succ_opt() else { return MAX_INSTANT };
        let begins = midnight(next, zone);
        if begins > after || begins == MAX_INSTANT {
            return begins;
        }
        day = next;
    }
}

/// An instant, held inside the years that can be written.
fn held(seconds: i64) -> Instant {
    MAX_INSTANT.plus_seconds(seconds.saturating_sub(MAX_INSTANT.unix()))
}

/// D-07, the one rule: a license ends at the midnight that follows its last day.
fn end(entitlement: &Entitlement) -> Option<Instant> {
    entitlement.end.map(|day| end_of(day, entitlement.zone))
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

/// What a license is now, in the words of a receipt. Of a license in the pool that is not assignable only its end is
/// told apart; whether it is pending or active, the dates say.
pub fn status(entitlement: &Entitlement, now: Instant) -> LicenseStatus {
    if end(entitlement).is_some_and(|end| now >= end) {
        // One that was switched off stays so for its holder, whatever its dates.
        match entitlement.status {
            PoolStatus::Inactive => LicenseStatus::Inactive,
            _ => LicenseStatus::Expired,
        }
    } else if !matches!(entitlement.status, PoolStatus::Active | PoolStatus::Pending) {
        LicenseStatus::Inactive
    } else if entitlement.start.is_some_and(|day| now < midnight(day, entitlement.zone)) {
        LicenseStatus::Pending
    } else {
        LicenseStatus::Active
    }
}
