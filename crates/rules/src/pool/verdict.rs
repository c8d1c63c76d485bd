use handcarry_format::Instant;

use super::bounds::Bounds;
use super::event::Event;

/// The authority's word on one license, for one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The site holds it.
    Granted {
        /// Since when.
        since: Instant,
    },
    /// Another portal holds it (ALT-09).
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
    /// The authority does not know it.
    Unknown,
}

/// The reason of a license that its authority does not know.
const UNKNOWN: &str = "unknown";

/// What a verdict does to a license that is being verified (ALT-06, ALT-07, ALT-09, ALT-12, ALT-13).
pub fn outcome(verdict: &Verdict, bounds: &Bounds, now: Instant) -> Event {
    match verdict {
        Verdict::Granted { .. } if bounds.has_ended(now) => Event::EndPassed,
        Verdict::Granted { .. } if bounds.has_started(now) => Event::Verified,
        Verdict::Granted { .. } => Event::VerifiedAhead,
        Verdict::HeldElsewhere { site, since } => Event::HeldElsewhere { site: site.clone(), since: *since },
        Verdict::Refused { reason } => Event::Refused { reason: reason.clone() },
        Verdict::Unknown => Event::Refused { reason: UNKNOWN.to_owned() },
    }
}
