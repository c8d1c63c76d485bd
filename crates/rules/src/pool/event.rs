use core::fmt;

use handcarry_format::{Id, Instant};

/// What can happen to a license in the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The authority granted it, and its first day has begun (ALT-06).
    Verified,
    /// The authority granted it, and its first day is yet to come (ALT-07).
    VerifiedAhead,
    /// It is genuine, and another portal of the same authority holds it (ALT-09).
    HeldElsewhere {
        /// The other portal's name.
        site: String,
        /// Since when.
        since: Instant,
    },
    /// The authority refuses it (ALT-13).
    Refused {
        /// Why: a stable code.
        reason: String,
    },
    /// The authority could not be asked (ALT-04).
    Unreachable,
    /// Its first day has begun (ALT-08).
    StartReached,
    /// Its last day is over (ALT-12).
    EndPassed,
    /// An administrator, a restart or the hourly retry begins a verification (ALT-05, ALT-11).
    Activate,
    /// An administrator switches it off (ALT-10).
    Deactivate,
    /// An administrator takes it out of the pool (ALT-24).
    Delete,
    /// A renewal takes its place (ALT-20).
    Replaced {
        /// The renewal.
        by: Id,
    },
    /// An administrator begins a new verification of a blocked license (ALT-14).
    Recheck,
}

/// An event without its facts: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// See [`Event::Verified`].
    Verified,
    /// See [`Event::VerifiedAhead`].
    VerifiedAhead,
    /// See [`Event::HeldElsewhere`].
    HeldElsewhere,
    /// See [`Event::Refused`].
    Refused,
    /// See [`Event::Unreachable`].
    Unreachable,
    /// See [`Event::StartReached`].
    StartReached,
    /// See [`Event::EndPassed`].
    EndPassed,
    /// See [`Event::Activate`].
    Activate,
    /// See [`Event::Deactivate`].
    Deactivate,
    /// See [`Event::Delete`].
    Delete,
    /// See [`Event::Replaced`].
    Replaced,
    /// See [`Event::Recheck`].
    Recheck,
}

impl Event {
    /// The column of the table.
    pub fn kind(&self) -> EventKind {
        match self {
            Event::Verified => EventKind::Verified,
            Event::VerifiedAhead => EventKind::VerifiedAhead,
            Event::HeldElsewhere { .. } => EventKind::HeldElsewhere,
            Event::Refused { .. } => EventKind::Refused,
            Event::Unreachable => EventKind::Unreachable,
            Event::StartReached => EventKind::StartReached,
            Event::EndPassed => EventKind::EndPassed,
            Event::Activate => EventKind::Activate,
            Event::Deactivate => EventKind::Deactivate,
            Event::Delete => EventKind::Delete,
            Event::Replaced { .. } => EventKind::Replaced,
            Event::Recheck => EventKind::Recheck,
        }
    }
}

impl EventKind {
    /// Every column of the table.
    pub const ALL: [EventKind; 12] = [
        EventKind::Verified,
        EventKind::VerifiedAhead,
        EventKind::HeldElsewhere,
        EventKind::Refused,
        EventKind::Unreachable,
        EventKind::StartReached,
        EventKind::EndPassed,
        EventKind::Activate,
        EventKind::Deactivate,
        EventKind::Delete,
        EventKind::Replaced,
        EventKind::Recheck,
    ];

    /// What administrators ask for by name.
    pub const ACTIONS: [EventKind; 4] =
        [EventKind::Activate, EventKind::Deactivate, EventKind::Delete, EventKind::Recheck];

    /// Its stable name, in logs and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::Verified => "verified",
            EventKind::VerifiedAhead => "verified_ahead",
            EventKind::HeldElsewhere => "held_elsewhere",
            EventKind::Refused => "refused",
            EventKind::Unreachable => "unreachable",
            EventKind::StartReached => "start_reached",
            EventKind::EndPassed => "end_passed",
            EventKind::Activate => "activate",
            EventKind::Deactivate => "deactivate",
            EventKind::Delete => "delete",
            EventKind::Replaced => "replaced",
            EventKind::Recheck => "recheck",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
