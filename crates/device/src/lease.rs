//! The lease's timeline (ICE-17 to ICE-22), from the license file alone.

use chrono::{DateTime, Days};
use chrono_tz::Tz;
use handcarry_format::{Instant, License, MAX_INSTANT};
use handcarry_rules::midnight;

/// Days before the refresh is due on which the device says so.
pub const NOTICE_DAYS: i64 = 7;
/// Days of emergency mode after grace (ICE-22).
pub const EMERGENCY_DAYS: i64 = 7;

/// Where a license stands with its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// Nothing to do.
    Ok {
        /// When a refresh must have come.
        refresh_by: Instant,
    },
    /// A refresh is due within [`NOTICE_DAYS`].
    RefreshDue {
        /// When it must have come.
        refresh_by: Instant,
    },
    /// The refresh is late; everything still works (ICE-20).
    Grace {
        /// Until when.
        until: Instant,
    },
    /// Everything still works, but settings cannot be changed (ICE-21).
    Emergency {
        /// Until when: the first midnight after seven days of it (ICE-22).
        until: Instant,
    },
    /// Nothing works until a refresh has come.
    Stopped {
        /// When the refresh was due.
        due: Instant,
    },
}

/// Where a license stands with its lease; `None` if it has none.
pub fn lease_state(license: &License, now: Instant) -> Option<LeaseState> {
    let lease = license.lease.as_ref()?;
    let due = lease.refresh_by;
    let grace_end = due.plus_days(i64::from(lease.grace_days));
    let stop = midnight_after(grace_end.plus_days(EMERGENCY_DAYS), zone(&license.term.zone));
    Some(if now < due.plus_days(-NOTICE_DAYS) {
        LeaseState::Ok { refresh_by: due }
    } else if now < due {
        LeaseState::RefreshDue { refresh_by: due }
    } else if now < grace_end {
        LeaseState::Grace { until: grace_end }
    } else if now < stop {
        LeaseState::Emergency { until: stop }
    } else {
        LeaseState::Stopped { due }
    })
}

/// The zone of a license's midnights. One that this build does not know counts as UTC.
pub(crate) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The first midnight strictly after an instant.
fn midnight_after(at: Instant, zone: Tz) -> Instant {
    let Some(local) = DateTime::from_timestamp(at.unix(), 0).map(|utc| utc.with_timezone(&zone)) else {
        return MAX_INSTANT;
    };
    let days = (1..=2).filter_map(|ahead| local.date_naive().checked_add_days(Days::new(ahead)));
    days.map(|day| midnight(day, zone)).find(|midnight| *midnight > at).unwrap_or(MAX_INSTANT)
}
