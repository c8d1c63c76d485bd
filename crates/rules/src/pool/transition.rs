use core::fmt;

use super::event::{Event, EventKind};
use super::reason::Reason;
use super::status::PoolStatus;
use super::table::{Effect, effect};

/// What an event did to a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its status now; none once it has left the pool.
    pub to: Option<PoolStatus>,
    /// ALT-19: the one message of an entry into `Inactive` or `Blocked`.
    pub message: Option<Entered>,
}

/// ALT-19: a license became inactive or blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// `Inactive` or `Blocked`.
    pub status: PoolStatus,
    /// Why.
    pub reason: Reason,
}

/// The table has no such transition. Nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAllowed {
    /// What the license is.
    pub status: PoolStatus,
    /// What was asked for.
    pub event: EventKind,
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotAllowed { status, event } = self;
        write!(f, "{event} is not possible while the license is {status}")
    }
}

impl core::error::Error for NotAllowed {}

/// Moves a license by the table. The same arguments always give the same answer.
pub fn transition(from: PoolStatus, event: &Event) -> Result<Moved, NotAllowed> {
    let to = match effect(from, event.kind()) {
        Some(Effect::Become(status)) => Some(status),
        Some(Effect::Stay) => Some(from),
        Some(Effect::Remove) => None,
        None => return Err(NotAllowed { status: from, event: event.kind() }),
    };
    let entered = to.filter(|to| *to != from && matches!(to, PoolStatus::Inactive | PoolStatus::Blocked));
    let message = entered.and_then(|status| Reason::of(event).map(|reason| Entered { status, reason }));
    Ok(Moved { to, message })
}

/// ALT-24: what an administrator may do with a license in this status.
pub fn actions(status: PoolStatus) -> impl Iterator<Item = EventKind> {
    EventKind::ACTIONS.into_iter().filter(move |action| effect(status, *action).is_some())
}
