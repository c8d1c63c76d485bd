use handcarry_format::{Id, Instant};

use super::event::Event;

/// Why a license is inactive or blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An administrator switched it off (ALT-10).
    Deactivated,
    /// Another portal of the same authority holds it (ALT-09).
    HeldElsewhere {
        /// The other portal's name.
        site: String,
        /// Since when.
        since: Instant,
    },
    /// Its last day is over (ALT-12).
    Ended,
    /// The authority refuses it (ALT-13).
    Refused {
        /// Why: a stable code.
        reason: String,
    },
    /// A renewal took its place (ALT-20).
    ReplacedBy {
        /// The renewal.
        license: Id,
    },
}

impl Reason {
    /// Its stable name, in the store and on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Reason::Deactivated => "deactivated",
            Reason::HeldElsewhere { .. } => "held_elsewhere",
            Reason::Ended => "ended",
            Reason::Refused { .. } => "refused",
            Reason::ReplacedBy { .. } => "replaced_by",
        }
    }

    /// Why an event makes a license inactive or blocked; none for events that never do.
    pub(super) fn of(event: &Event) -> Option<Reason> {
        match event {
            Event::Deactivate => Some(Reason::Deactivated),
            Event::HeldElsewhere { site, since } => {
                Some(Reason::HeldElsewhere { site: site.clone(), since: *since })
            }
            Event::EndPassed => Some(Reason::Ended),
            Event::Refused { reason } => Some(Reason::Refused { reason: reason.clone() }),
            Event::Replaced { by } => Some(Reason::ReplacedBy { license: by.clone() }),
            Event::Verified
            | Event::VerifiedAhead
            | Event::Unreachable
            | Event::StartReached
            | Event::Activate
            | Event::Delete
            | Event::Recheck => None,
        }
    }
}
