use handcarry_format::Instant;

use crate::account::{Activation, Entitlement};
use crate::retirement::Retired;
use crate::tenant::TenantRules;

/// What staff ask for, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffCommand {
    /// What.
    pub action: StaffAction,
    /// Why. Only what the device gave back itself can be retired without (HEX-10).
    pub reason: Option<Reason>,
}

/// What staff do to an activation without its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffAction {
    /// R2: retires the activation's id. Concurrent licenses only (HEX-05, HEX-06).
    Retire,
    /// The device is out of reach: its seat goes to another one, and it is blocked.
    Rehost,
    /// The device is lost, stolen or dead: after a while, or with a second person's word, as a re-host (D-11).
    DeclareLost,
}

impl StaffAction {
    const ALL: [StaffAction; 3] = [StaffAction::Retire, StaffAction::Rehost, StaffAction::DeclareLost];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            StaffAction::Retire => "retire",
            StaffAction::Rehost => "rehost",
            StaffAction::DeclareLost => "declare_lost",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<StaffAction> {
        StaffAction::ALL.into_iter().find(|it| it.name() == name)
    }

    pub(crate) fn retired(self) -> Retired {
        match self {
            StaffAction::Retire => Retired::Returned,
            StaffAction::Rehost => Retired::Rehosted,
            StaffAction::DeclareLost => Retired::Lost,
        }
    }
}

/// Why staff act (D-28): a code to count by, and words for whoever reads the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// In the person's own words; may be empty.
    pub text: String,
}

/// The reasons that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonCode {
    /// HEX-08: the number of seats is to change.
    ChangeSeats,
    /// HEX-09: the device cannot be reached.
    OutOfReach,
    /// HEX-09: the device could not give the license back.
    R1Failed,
    /// The device is broken.
    Broken,
    /// The device is lost.
    Lost,
    /// The device was stolen.
    Stolen,
}

impl ReasonCode {
    /// All of them.
    pub const ALL: [ReasonCode; 6] = [
        ReasonCode::ChangeSeats,
        ReasonCode::OutOfReach,
        ReasonCode::R1Failed,
        ReasonCode::Broken,
        ReasonCode::Lost,
        ReasonCode::Stolen,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            ReasonCode::ChangeSeats => "change_seats",
            ReasonCode::OutOfReach => "out_of_reach",
            ReasonCode::R1Failed => "r1_failed",
            ReasonCode::Broken => "broken",
            ReasonCode::Lost => "lost",
            ReasonCode::Stolen => "stolen",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<ReasonCode> {
        ReasonCode::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether it can be the reason of an action.
    pub fn fits(self, action: StaffAction) -> bool {
        match action {
            StaffAction::Retire => {
                matches!(self, ReasonCode::ChangeSeats | ReasonCode::OutOfReach | ReasonCode::R1Failed)
            }
            StaffAction::Rehost => {
                matches!(self, ReasonCode::OutOfReach | ReasonCode::R1Failed | ReasonCode::Broken)
            }
            StaffAction::DeclareLost => {
                matches!(self, ReasonCode::Lost | ReasonCode::Stolen | ReasonCode::Broken)
            }
        }
    }
}

/// Somebody who acts: a person, or a vendor's system by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The name that the log keeps, such as `token:desk` or `cli:mara`. Two of one name are one.
    pub name: String,
    /// Has the support role.
    pub support: bool,
}

/// When a thing that waits was asked for, and how the activation stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub at: Instant,
    /// [`Activation::trace`] at that time.
    pub trace: String,
}

/// What a decision about staff takes from outside.
#[derive(Clone, Copy, Debug)]
pub struct StaffContext<'a> {
    /// The portal's clock.
    pub now: Instant,
    /// What the tenant has decided.
    pub rules: &'a TenantRules,
    /// Re-hosts and losses of the tenant in the 365 days before now that no late proof has given back.
    pub made: u32,
    /// Who asks.
    pub by: &'a Actor,
    /// The second person, if one has agreed.
    pub approved_by: Option<&'a Actor>,
    /// Set when this was asked for before and has waited.
    pub asked: Option<&'a Asked>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum StaffDecision {
    /// This changes.
    Done(Box<StaffAccepted>),
    /// Nothing changes yet.
    Waits {
        /// What for.
        waits: WaitsFor,
        /// For the person who asked.
        warnings: Vec<StaffWarning>,
    },
}

/// What changes.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffAccepted {
    /// The activation, retired.
    pub activation: Activation,
    /// The license with its longer block list and raised revision; none if that did not change.
    pub entitlement: Option<Entitlement>,
    /// A seat is free that was not.
    pub freed: bool,
    /// For the person who asked.
    pub warnings: Vec<StaffWarning>,
}

/// What must come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// The tenant's quota for a year is used up.
    SecondPerson {
        /// Re-hosts and losses in the last 365 days.
        made: u32,
        /// How many one person may make alone.
        limit: u32,
    },
    /// D-11: the waiting period of a loss, or a second person.
    Time {
        /// When it is over.
        until: Instant,
    },
    /// D-11: the device that is said to be lost was heard from; a second person must look.
    HeardFrom,
}

impl WaitsFor {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            WaitsFor::SecondPerson { .. } => "approval.quota",
            WaitsFor::Time { .. } => "approval.loss",
            WaitsFor::HeardFrom => "approval.heard_from",
        }
    }
}

/// What whoever acts should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffWarning {
    /// HEX-10: the device has not given the license back; it should, if it can.
    ReturnNotSeen,
    /// HEX-07: the device keeps a license that the portal does not count any more.
    OrphanOnDevice,
}

impl StaffWarning {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            StaffWarning::ReturnNotSeen => "return.not_seen",
            StaffWarning::OrphanOnDevice => "orphan.on_device",
        }
    }
}

impl Activation {
    /// Differs from what it was as soon as the device has been heard from.
    pub fn trace(&self) -> String {
        let head = self.usage.received.map_or(0, |head| head.number);
        let (at, generation, booked) = (self.requested_at.unix(), self.generation, self.usage.booked);
        format!("{}/{at}/{generation}/{booked}/{head}", self.device.key.id())
    }
}
