use chrono_tz::Tz;
use handcarry_format::Instant;

use super::validation::Validation;
use crate::term::next_midnight;

/// What administrator, holder and vendor are told, each at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// Validation has failed for so many hours: 12, 24 or 36 (ICE-19).
    Failing {
        /// Since the first failure.
        hours: u8,
    },
    /// Emergency mode has begun (ICE-21).
    Emergency,
    /// Emergency mode is over (ICE-22).
    Ended,
    /// Services stop (ICE-22).
    Stopped,
}

impl Notice {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Notice::Failing { hours: ..=12 } => "failing_12h",
            Notice::Failing { hours: 13..=24 } => "failing_24h",
            Notice::Failing { .. } => "failing_36h",
            Notice::Emergency => "emergency",
            Notice::Ended => "ended",
            Notice::Stopped => "stopped",
        }
    }
}

/// The notices of `(after, until]`, in their order. Services that were started by hand stop again at the next
/// midnight, with a notice of its own; only the last such start is known, so whoever starts them first writes down
/// what is due.
pub fn notices(clock: &Validation, zone: Tz, after: Instant, until: Instant) -> Vec<(Instant, Notice)> {
    let (Some(failure), Some(emergency), Some(ended)) =
        (clock.failure, clock.emergency_at(), clock.ended_at())
    else {
        return Vec::new();
    };
    let hours = |hours: u8| (failure.first.plus_seconds(i64::from(hours) * 3_600), Notice::Failing { hours });
    let first_stop = next_midnight(ended, zone);
    let mut list = vec![
        hours(12),
        hours(24),
        hours(36),
        (emergency, Notice::Emergency),
        (ended, Notice::Ended),
        (first_stop, Notice::Stopped),
    ];
    let again = clock.stops_at(zone).filter(|at| *at > first_stop);
    list.extend(again.map(|at| (at, Notice::Stopped)));
    list.retain(|(at, _)| after < *at && *at <= until);
    list
}
