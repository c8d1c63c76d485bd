//! The lease's timeline (ICE-17 to ICE-22), from the license file alone.

use chrono_tz::Tz;
use handcarry_format::{Instant, License};
use handcarry_rules::next_midnight;

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
    /// Stopped, and started by hand: it works as in emergency mode, and stops again at the next midnight (ICE-22).
    ByHand {
        /// That midnight.
        until: Instant,
    },
    /// Nothing works until a refresh has come, or somebody starts it by hand for the rest of the day.
    Stopped {
        /// When the refresh was due.
        due: Instant,
    },
}

impl LeaseState {
    /// Settings cannot be changed (ICE-21).
    pub fn locks_settings(self) -> bool {
        matches!(self, LeaseState::Emergency { .. } | LeaseState::ByHand { .. } | LeaseState::Stopped { .. })
    }
}

/// Where a license stands with its lease by the file alone, so never [`LeaseState::ByHand`]; `None` if it has none.
pub fn lease_state(license: &License, now: Instant) -> Option<LeaseState> {
    let lease = license.lease.as_ref()?;
    let due = lease.refresh_by;
    let grace_end = due.plus_days(i64::from(lease.grace_days));
    let stop = next_midnight(grace_end.plus_days(EMERGENCY_DAYS), zone(&license.term.zone));
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
