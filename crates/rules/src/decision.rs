use chrono::NaiveDate;
use handcarry_format::{
    ActivationRequest, Deactivation, Digest, Envelope, Id, Instant, License, Receipt, UsageFinding,
    UsageReport, Verified,
};

use crate::account::Activation;
use crate::period::PeriodTotals;

/// What a verified document asks for.
#[derive(Clone, Copy, Debug)]
pub enum Command<'a> {
    /// A device asks for a license.
    Activate(&'a Verified<ActivationRequest>),
    /// A device has destroyed its license (R1).
    Return(&'a Verified<Deactivation>),
    /// A device reports consumption.
    Report(&'a Verified<UsageReport>),
    /// The holder of a license file wants the newest one (LSP-09).
    Refresh(&'a Verified<License>),
}

/// What a decision takes from outside: the clock, fresh ids, and the keyring that answers carry.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The portal's clock.
    pub now: Instant,
    /// Ids for what may be made; unused ones are thrown away.
    pub fresh: &'a Fresh,
    /// The root key's word for the issuing key.
    pub keyring: &'a Envelope,
    /// The user who signed in at the portal to bring the file, if one did (LSP-03).
    pub user: Option<&'a Id>,
}

/// Ids for what may be made.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// For a new activation.
    pub activation: Id,
    /// For a license document.
    pub license: Id,
    /// For a receipt.
    pub receipt: Id,
    /// For a receipt, for people: `R-8M2K-4XTP`.
    pub receipt_number: String,
}

/// What changes, and what answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// What was done.
    pub done: Done,
    /// The activation as it is now; none if it did not change. With [`Answer::Issue`], `newest` is to be set.
    pub activation: Option<Activation>,
    /// The license's lifetime usage grows by this.
    pub added: handcarry_format::Totals,
    /// Its usage in these periods grows by this (LSP-27).
    pub periods: PeriodTotals,
    /// Transfers of the license grow by one (LSP-24).
    pub transfer: bool,
    /// The license file that answers.
    pub answer: Answer,
    /// The receipt to sign, if one is due.
    pub receipt: Option<Receipt>,
    /// Work for the desk.
    pub cases: Vec<Case>,
    /// For the person who brought the file.
    pub notes: Vec<Note>,
}

/// The license file that answers.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "lives for the length of one transaction")]
pub enum Answer {
    /// None.
    None,
    /// This one, to be signed; its digest becomes the activation's newest.
    Issue(License),
    /// The newest one, as it was signed before.
    Newest(Digest),
}

/// What was done, in a word for outcomes and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A seat was taken.
    Activated,
    /// The same device was licensed again, with no further seat (D-09, D-10).
    Repaired,
    /// The seat is free.
    Returned,
    /// The usage is booked.
    Booked,
    /// The usage waits for a person.
    Held,
    /// Newer usage was there before.
    Outdated,
    /// A newer license file was made.
    Refreshed,
    /// The license file is the newest.
    Current,
}

impl Done {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Done::Activated => "activated",
            Done::Repaired => "repaired",
            Done::Returned => "returned",
            Done::Booked => "booked",
            Done::Held => "held",
            Done::Outdated => "outdated",
            Done::Refreshed => "refreshed",
            Done::Current => "current",
        }
    }
}

/// Work for the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Why.
    pub kind: CaseKind,
    /// The activation.
    pub activation: Id,
    /// What was found in the usage, if that is it.
    pub findings: Vec<UsageFinding>,
}

/// Why a person must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseKind {
    /// The usage does not continue, does not add up, falls or is negative (D-38). Held.
    Usage,
    /// The usage, or the report's number, jumps absurdly (D-38). Held.
    Jump,
    /// A report in between never arrived; its usage is in this one. Booked.
    Gap,
    /// Two reports claim the same place in the chain (threat: cloned device). Held.
    Fork,
    /// A file from an activation that was given back or moved on (D-36).
    Zombie,
    /// A file from a device that still uses what staff took back (HEX-07).
    Orphan,
    /// The file proves that the portal signed what it does not know: its store is older than its word. Taken over.
    Restored,
}

impl CaseKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            CaseKind::Usage => "usage",
            CaseKind::Jump => "jump",
            CaseKind::Gap => "gap",
            CaseKind::Fork => "fork",
            CaseKind::Zombie => "zombie",
            CaseKind::Orphan => "orphan",
            CaseKind::Restored => "restored",
        }
    }

    /// A second device seems to use the activation (D-36). Whoever stores such a case sets
    /// [`Activation::clone_suspected`] in the same transaction: a refusal has no other way to say it.
    pub fn suspects_clone(self) -> bool {
        matches!(self, CaseKind::Fork | CaseKind::Zombie)
    }
}

/// Something the person who brought the file should know; it changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// D-08: the device's clock is off by more than a day.
    ClockAway {
        /// By the device's clock.
        made_at: Instant,
        /// By the portal's.
        now: Instant,
    },
    /// D-08: the device's clock is off by more than a week.
    ClockImplausible {
        /// By the device's clock.
        made_at: Instant,
        /// By the portal's.
        now: Instant,
    },
    /// D-09: parts of the fingerprint that differ from the last request.
    FingerprintDiffers {
        /// Names of the parts.
        parts: Vec<Id>,
    },
    /// D-37: counters above their maximum.
    OverUse {
        /// Names of the features.
        features: Vec<String>,
    },
    /// Late proof: staff had taken the license back before, and its seat was free already.
    FreedBefore {
        /// Since when.
        at: Instant,
    },
}

impl Note {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Note::ClockAway { .. } => "clock.away",
            Note::ClockImplausible { .. } => "clock.implausible",
            Note::FingerprintDiffers { .. } => "fingerprint.differs",
            Note::OverUse { .. } => "usage.over",
            Note::FreedBefore { .. } => "seat.freed_before",
        }
    }
}

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The cause.
    pub kind: RefusalKind,
    /// A newer license file that the person can have instead (D-15).
    pub offer: Option<Digest>,
    /// Work for the desk: the one thing that a refusal may leave behind.
    pub cases: Vec<Case>,
}

/// The causes of a refusal, with what the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The vendor has switched the license off.
    Inactive,
    /// The license has ended.
    Expired {
        /// Its last day.
        end: NaiveDate,
        /// The instant at which it ended.
        at: Instant,
        /// The zone of the midnight.
        zone: String,
    },
    /// LSP-15: offline activation is switched off.
    OfflineNotAllowed,
    /// LSP-04: a subscription lives on an online check, which a carried file cannot make.
    Subscription,
    /// LSP-03: the license is one user's, who must sign in to claim it.
    SignIn,
    /// The license is for another product.
    OtherProduct {
        /// Its name.
        licensed: String,
    },
    /// The activation is not known here.
    UnknownActivation,
    /// D-36: the activation was given back; the device should not have it any more.
    AlreadyReturned {
        /// When.
        at: Instant,
    },
    /// HEX-07: staff took the activation back, and the device has not proven yet that it has destroyed it.
    Retired {
        /// When.
        at: Instant,
    },
    /// D-36: the activation is on another device now.
    Moved {
        /// The present device's name.
        device: String,
    },
    /// The file is of a generation so far ahead that no restored backup explains it.
    Ahead,
    /// D-15: a newer request of the same device was answered before.
    OutdatedRequest {
        /// When the newer one was made, by the device's clock.
        newer: Instant,
    },
    /// The device may no longer be trusted.
    Blocked {
        /// Since when.
        since: Instant,
    },
    /// D-40: no seat is left; nothing was used up.
    NoSeat {
        /// Seats of the license.
        total: u32,
        /// The devices that hold them, at most twenty.
        holders: Vec<SeatHolder>,
        /// When the next seat that staff took back is free (D-26).
        free_from: Option<Instant>,
    },
    /// D-09, D-10: too many repairs of this activation in a year.
    RepairLimit {
        /// How many there may be.
        limit: u32,
    },
    /// ICE-02: the license extends one that is not here, or that was refused.
    OrderMissing {
        /// The order that is missing.
        order: String,
    },
    /// ICE-25: more transfers in the period than there may be without a justification.
    TransferJustification {
        /// How many there may be.
        limit: u32,
        /// In how many days.
        days: u32,
        /// When the next one needs no justification; none if that is never.
        free_from: Option<Instant>,
    },
    /// LSP-24: too many transfers.
    TransferLimit {
        /// How many there may be.
        limit: u32,
    },
}

/// A device that holds a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatHolder {
    /// Its name.
    pub device: String,
    /// Since when.
    pub since: Instant,
}

/// Every code that a refusal can have.
pub const REFUSAL_CODES: &[&str] = &[
    "license.inactive",
    "license.expired",
    "license.offline_not_allowed",
    "license.subscription",
    "claim.sign_in",
    "license.other_product",
    "activation.unknown",
    "activation.returned",
    "activation.retired",
    "activation.moved",
    "activation.ahead",
    "request.outdated",
    "device.blocked",
    "seat.none",
    "repair.limit",
    "transfer.limit",
    "transfer.justification",
    "order.missing",
];

impl RefusalKind {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            RefusalKind::Inactive => "license.inactive",
            RefusalKind::Expired { .. } => "license.expired",
            RefusalKind::OfflineNotAllowed => "license.offline_not_allowed",
            RefusalKind::Subscription => "license.subscription",
            RefusalKind::SignIn => "claim.sign_in",
            RefusalKind::OtherProduct { .. } => "license.other_product",
            RefusalKind::UnknownActivation => "activation.unknown",
            RefusalKind::AlreadyReturned { .. } => "activation.returned",
            RefusalKind::Retired { .. } => "activation.retired",
            RefusalKind::Moved { .. } => "activation.moved",
            RefusalKind::Ahead => "activation.ahead",
            RefusalKind::OutdatedRequest { .. } => "request.outdated",
            RefusalKind::Blocked { .. } => "device.blocked",
            RefusalKind::NoSeat { .. } => "seat.none",
            RefusalKind::RepairLimit { .. } => "repair.limit",
            RefusalKind::TransferLimit { .. } => "transfer.limit",
            RefusalKind::TransferJustification { .. } => "transfer.justification",
            RefusalKind::OrderMissing { .. } => "order.missing",
        }
    }
}

impl From<RefusalKind> for Refusal {
    fn from(kind: RefusalKind) -> Refusal {
        Refusal { kind, offer: None, cases: Vec::new() }
    }
}
