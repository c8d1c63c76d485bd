use super::event::EventKind;
use super::status::PoolStatus;

/// What an event does to a license in a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It gets another status.
    Become(PoolStatus),
    /// It stays what it is; the event is noted.
    Stay,
    /// It leaves the pool. It can be uploaded again (ALT-18).
    Remove,
}

/// A status, an event, and what the event does.
pub type Row = (PoolStatus, EventKind, Effect);

/// The transition table. What is not in it is refused.
pub const TABLE: &[Row] = {
    use Effect::{Become, Remove, Stay};
    use EventKind as E;
    use PoolStatus::{Activating, Active, Blocked, FailedVerification, Inactive, Pending};
    &[
        (Activating, E::Verified, Become(Active)),
        (Activating, E::VerifiedAhead, Become(Pending)),
        (Activating, E::HeldElsewhere, Become(Inactive)),
        (Activating, E::Refused, Become(Blocked)),
        (Activating, E::Unreachable, Become(FailedVerification)),
        (Activating, E::EndPassed, Become(Blocked)),
        (FailedVerification, E::Unreachable, Stay),
        (FailedVerification, E::EndPassed, Become(Blocked)),
        (FailedVerification, E::Activate, Become(Activating)),
        (FailedVerification, E::Delete, Remove),
        (Active, E::Refused, Become(Blocked)),
        (Active, E::Unreachable, Stay),
        (Active, E::EndPassed, Become(Blocked)),
        (Active, E::Deactivate, Become(Inactive)),
        (Active, E::Replaced, Become(Inactive)),
        (Pending, E::Refused, Become(Blocked)),
        (Pending, E::Unreachable, Stay),
        (Pending, E::StartReached, Become(Active)),
        (Pending, E::Deactivate, Become(Inactive)),
        (Pending, E::Replaced, Become(Inactive)),
        (Inactive, E::StartReached, Stay),
        (Inactive, E::EndPassed, Become(Blocked)),
        (Inactive, E::Activate, Become(Activating)),
        (Inactive, E::Delete, Remove),
        (Blocked, E::Refused, Stay),
        (Blocked, E::Unreachable, Stay),
        (Blocked, E::Recheck, Become(Activating)),
        (Blocked, E::Delete, Remove),
    ]
};

/// What the table says; none where it refuses.
pub fn effect(from: PoolStatus, event: EventKind) -> Option<Effect> {
    TABLE.iter().find(|(status, kind, _)| (*status, *kind) == (from, event)).map(|(_, _, effect)| *effect)
}
