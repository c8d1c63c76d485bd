use core::ops::RangeInclusive;

use chrono_tz::Tz;
use handcarry_format::Instant;

use crate::account::Revalidation;
use crate::term::next_midnight;

/// ICE-20: how long the grace may be, in days.
pub const GRACE_DAYS: RangeInclusive<u32> = 2..=7;

/// ICE-18: seconds from an attempt that failed to the next one.
pub const RETRY_SECONDS: i64 = 3_600;

/// ICE-22: how long emergency mode is, in days.
const EMERGENCY_DAYS: i64 = 7;

/// Where a license is with its revalidation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    /// When it was issued, or validated last: I.
    pub validated_at: Instant,
    /// Days until it must be validated again, P (ICE-17), and days of grace after the first failure, G, held
    /// within [`GRACE_DAYS`].
    pub policy: Revalidation,
    /// Failures since then.
    pub failure: Option<Failure>,
    /// When an administrator last started the services by hand after they had stopped (ICE-22).
    pub started_at: Option<Instant>,
}

/// Attempts that failed, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The first one.
    pub first: Instant,
    /// The last one.
    pub last: Instant,
    /// How many.
    pub attempts: u32,
}

/// Where a license is with its revalidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Validated; the next time has not come.
    Ok,
    /// To be validated now (ICE-17).
    Due,
    /// A validation failed; the grace runs, and everything works (ICE-20).
    Failing,
    /// The grace is over: services work, settings cannot be changed (ICE-21).
    Emergency,
    /// Emergency mode is over; services go on until the next midnight (ICE-22).
    Ended,
    /// Services have stopped (ICE-22).
    Stopped,
}

impl State {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Due => "due",
            State::Failing => "failing",
            State::Emergency => "emergency",
            State::Ended => "ended",
            State::Stopped => "stopped",
        }
    }

    /// ICE-21: settings of the license can be changed.
    pub fn may_change_settings(self) -> bool {
        self < State::Emergency
    }

    /// ICE-22: devices are served: activations, refreshes, check-outs.
    pub fn serves(self) -> bool {
        self != State::Stopped
    }
}

impl Validation {
    /// When it must be validated again.
    pub fn due_at(&self) -> Instant {
        self.validated_at.plus_days(self.policy.period_days.into())
    }

    /// When the grace is over; none while nothing has failed.
    pub fn emergency_at(&self) -> Option<Instant> {
        let grace = self.policy.grace_days.clamp(*GRACE_DAYS.start(), *GRACE_DAYS.end());
        self.failure.map(|failure| failure.first.plus_days(grace.into()))
    }

    /// When emergency mode is over; none while nothing has failed.
    pub fn ended_at(&self) -> Option<Instant> {
        self.emergency_at().map(|at| at.plus_days(EMERGENCY_DAYS))
    }

    /// When services stop, or stopped last: the first midnight strictly after the end of emergency mode, or after
    /// they were started by hand later than that.
    pub fn stops_at(&self, zone: Tz) -> Option<Instant> {
        let first = next_midnight(self.ended_at()?, zone);
        match self.started_at {
            Some(by_hand) if by_hand >= first => Some(next_midnight(by_hand, zone)),
            _ => Some(first),
        }
    }

    /// What it is now.
    pub fn state(&self, zone: Tz, now: Instant) -> State {
        let reached = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if self.failure.is_none() {
            if self.due_at() <= now { State::Due } else { State::Ok }
        } else if reached(self.stops_at(zone)) {
            State::Stopped
        } else if reached(self.ended_at()) {
            State::Ended
        } else if reached(self.emergency_at()) {
            State::Emergency
        } else {
            State::Failing
        }
    }

    /// When to try next: when it is due, then an hour after each attempt (ICE-18). Retries never end.
    pub fn next_attempt(&self) -> Instant {
        self.failure.map_or_else(|| self.due_at(), |failure| failure.last.plus_seconds(RETRY_SECONDS))
    }

    /// An attempt failed.
    #[must_use]
    pub fn failed(&self, at: Instant) -> Validation {
        let failure = match self.failure {
            None => Failure { first: at, last: at, attempts: 1 },
            Some(before) => Failure { last: at, attempts: before.attempts.saturating_add(1), ..before },
        };
        Validation { failure: Some(failure), ..self.clone() }
    }

    /// An attempt, or the manual way out (ICE-23), brought a license issued at `issued_at`: counters are cleared.
    #[must_use]
    pub fn succeeded(&self, issued_at: Instant) -> Validation {
        Validation { validated_at: issued_at, failure: None, started_at: None, ..self.clone() }
    }

    /// Services are started by hand. It has an effect once they have stopped, and lasts to the next midnight.
    #[must_use]
    pub fn started_by_hand(&self, at: Instant) -> Validation {
        Validation { started_at: Some(at), ..self.clone() }
    }
}
