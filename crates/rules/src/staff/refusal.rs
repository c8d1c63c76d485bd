use handcarry_format::Instant;

use super::command::{ReasonCode, StaffAction};

/// Why nothing was done for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffRefusal {
    /// The activation is not known here.
    UnknownActivation,
    /// HEX-04: a node-locked license comes back by its device alone, or is re-hosted.
    NodeLocked,
    /// The device has given it back itself: there is nothing to take from it.
    NotHeld {
        /// When.
        at: Instant,
    },
    /// Staff took it back before; its id is never used again.
    AlreadyRetired {
        /// When.
        at: Instant,
    },
    /// HEX-10, re-host: a reason is required.
    ReasonRequired {
        /// Of what.
        action: StaffAction,
    },
    /// The reason is none of this action's.
    ReasonUnfit {
        /// Of what.
        action: StaffAction,
        /// The reason.
        reason: ReasonCode,
    },
    /// The support role is needed.
    NotSupport {
        /// Who has it not.
        name: String,
    },
    /// The second person is the first one.
    SamePerson,
    /// What waited was decided before.
    Decided {
        /// When.
        at: Instant,
    },
    /// The license's block list holds no more.
    BlockListFull {
        /// How many it holds.
        limit: usize,
    },
    /// The device is not on the block list.
    NotBlocked,
}

/// Every code that a refusal of staff can have, besides those that [`crate::REFUSAL_CODES`] has.
pub const STAFF_REFUSAL_CODES: &[&str] = &[
    "activation.node_locked",
    "activation.not_held",
    "reason.required",
    "reason.unfit",
    "staff.not_support",
    "approval.same_person",
    "approval.decided",
    "block_list.full",
    "device.not_blocked",
];

impl StaffRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            StaffRefusal::UnknownActivation => "activation.unknown",
            StaffRefusal::NodeLocked => "activation.node_locked",
            StaffRefusal::NotHeld { .. } => "activation.not_held",
            StaffRefusal::AlreadyRetired { .. } => "activation.retired",
            StaffRefusal::ReasonRequired { .. } => "reason.required",
            StaffRefusal::ReasonUnfit { .. } => "reason.unfit",
            StaffRefusal::NotSupport { .. } => "staff.not_support",
            StaffRefusal::SamePerson => "approval.same_person",
            StaffRefusal::Decided { .. } => "approval.decided",
            StaffRefusal::BlockListFull { .. } => "block_list.full",
            StaffRefusal::NotBlocked => "device.not_blocked",
        }
    }
}
