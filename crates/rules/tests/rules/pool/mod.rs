//! ALT: the pool.

mod authority;
mod clock;
mod paths;
mod table;
mod upload;

use handcarry_rules::pool::{Event, EventKind};

use crate::world::{at, id};

/// An event of this kind, with facts.
fn event(kind: EventKind) -> Event {
    match kind {
        EventKind::Verified => Event::Verified,
        EventKind::VerifiedAhead => Event::VerifiedAhead,
        EventKind::HeldElsewhere => {
            Event::HeldElsewhere { site: "Plant 2".to_owned(), since: at("2026-01-01T00:00:00Z") }
        }
        EventKind::Refused => Event::Refused { reason: "over_use".to_owned() },
        EventKind::Unreachable => Event::Unreachable,
        EventKind::StartReached => Event::StartReached,
        EventKind::EndPassed => Event::EndPassed,
        EventKind::Activate => Event::Activate,
        EventKind::Deactivate => Event::Deactivate,
        EventKind::Delete => Event::Delete,
        EventKind::Replaced => Event::Replaced { by: id("renewal-1") },
        EventKind::Recheck => Event::Recheck,
    }
}
