//! ALT-08, ALT-12: what the clock alone changes.

use handcarry_format::Instant;

use super::bounds::Bounds;
use super::event::Event;
use super::status::PoolStatus;
use super::table::{Effect, effect};

/// Something that the clock alone brought about, to be written down with its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it came about.
    pub at: Instant,
    /// `StartReached` or `EndPassed`.
    pub event: Event,
    /// What the license became.
    pub to: PoolStatus,
}

/// What has come about until `now` and is not in the stored status yet, in its order: a pending license that has
/// begun and ended meanwhile was active between.
pub fn due(stored: PoolStatus, bounds: &Bounds, now: Instant) -> Vec<Due> {
    // An end before the start comes about at the start: a license is pending until then, whatever its end.
    let end = match (bounds.ends, bounds.starts) {
        (Some(ends), Some(starts)) if stored == PoolStatus::Pending => Some(ends.max(starts)),
        (ends, _) => ends,
    };
    let mut status = stored;
    let mut list = Vec::new();
    for (at, event) in [(bounds.starts, Event::StartReached), (end, Event::EndPassed)] {
        let Some(at) = at.filter(|at| *at <= now) else { continue };
        if let Some(Effect::Become(to)) = effect(status, event.kind()) {
            status = to;
            list.push(Due { at, event, to });
        }
    }
    list
}

/// What a license is now, from what is stored of it. Never stale (ALT-22).
pub fn effective(stored: PoolStatus, bounds: &Bounds, now: Instant) -> PoolStatus {
    due(stored, bounds, now).last().map_or(stored, |due| due.to)
}
