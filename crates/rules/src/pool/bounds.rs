use chrono::NaiveDate;
use chrono_tz::Tz;
use handcarry_format::Instant;

use crate::term::{end_of, midnight};

/// The instants between which a license can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Bounds {
    /// 00:00 of its first day; none = always.
    pub starts: Option<Instant>,
    /// The midnight that follows its last day; none = never.
    pub ends: Option<Instant>,
}

impl Bounds {
    /// From a license's first and last day in the tenant's zone (D-07).
    pub fn of(start: Option<NaiveDate>, end: Option<NaiveDate>, zone: Tz) -> Bounds {
        Bounds { starts: start.map(|day| midnight(day, zone)), ends: end.map(|day| end_of(day, zone)) }
    }

    /// Its first day has begun.
    pub fn has_started(&self, now: Instant) -> bool {
        self.starts.is_none_or(|starts| starts <= now)
    }

    /// Its last day is over.
    pub fn has_ended(&self, now: Instant) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}
