use chrono::NaiveDate;
use chrono_tz::Tz;
use handcarry_format::{
    Block, Customer, Device, Digest, Feature, Fingerprint, Id, Instant, LicenseKey, Model, Product, Totals,
    Vendor,
};

use crate::holder::Holding;
use crate::period::PeriodTotals;
use crate::pool::PoolStatus;
use crate::retirement::Retirement;
use crate::upgrade::Upgrades;

/// What a decision about one license needs to know. Loaded in one transaction, and written back in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The license.
    pub entitlement: Entitlement,
    /// Activations of the license whose seat is taken, and retired ones whose seat waits for the device's proof.
    pub seats_used: u32,
    /// Activations that the license has ever had, without the retired ones. Those above [`SeatPolicy::total`] took
    /// over a seat of another.
    pub made: u32,
    /// Further seats, of retired activations: each is free from its instant on (D-26).
    pub releases: Vec<Instant>,
    /// Lifetime usage of the license, over all its activations (LSP-13).
    pub totals: Totals,
    /// Usage of the license in the periods that the document's usage touches: those of [`crate::periods`] (LSP-27).
    pub periods: PeriodTotals,
    /// The activation that the document is about: by id, or for a request by the device's key, a taken one before
    /// one that was given back, and never a retired one.
    pub activation: Option<Activation>,
    /// Other activations of the license that are not retired, at most a hundred: candidates for D-10, HEX-03, D-40.
    /// Where there are more, those that share a hardware part with the request come first, then those that were given back, then the newest.
    pub others: Vec<Activation>,
    /// The digest of a document of this activation that was received with the same report number before: accepted,
    /// whatever became of its usage. Where there are several, one that differs from the document's.
    pub same_number: Option<Digest>,
    /// What extends what, and how often the license has moved (ICE-02, ICE-25).
    pub holding: Holding,
    /// The license's upgrades. They are in what is counted and issued, never in the entitlement itself (LMX-07).
    pub upgrades: Upgrades,
}

impl Account {
    /// What devices see of the license at an instant: its model and its seats, with the upgrades in them (LMX-16).
    pub fn raised(&self, now: Instant) -> (Model, u32) {
        self.upgrades.raised(&self.entitlement, now)
    }

    /// Seats that are not free now.
    pub fn seats_in_use(&self, now: Instant) -> u32 {
        let waiting = self.releases.iter().filter(|from| now < **from).count();
        self.seats_used.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX))
    }
}

/// A license as the vendor sold it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entitlement {
    /// Its id.
    pub id: Id,
    /// Its key.
    pub key: LicenseKey,
    /// Who issues.
    pub vendor: Vendor,
    /// What is licensed.
    pub product: Product,
    /// The edition, such as `Professional` (ALT-23).
    pub edition: Option<String>,
    /// Who bought it, as files name them.
    pub customer: Option<Customer>,
    /// The customer's record, with address and e-mail (ICE-01).
    pub customer_id: Option<Id>,
    /// The order that this license extends: it activates only on top of that order's license (ICE-02).
    pub previous_order: Option<String>,
    /// The license that this one renews and disables (ALT-20).
    pub replaces: Option<Id>,
    /// Who may claim it with a request (LSP-03).
    pub claim: ClaimedBy,
    /// A subscription is refused here: it lives on an online check (LSP-04).
    pub subscription: bool,
    /// A pool that upgrades raise, or one of its own (LMX-02).
    pub pooling: Pooling,
    /// What may be used.
    pub features: Vec<Feature>,
    /// Bound to one device, or one of many seats.
    pub model: Model,
    /// How many activations there may be, and how they may move.
    pub seats: SeatPolicy,
    /// First day.
    pub start: Option<NaiveDate>,
    /// Last usable day.
    pub end: Option<NaiveDate>,
    /// Whose midnights the dates mean: the tenant's zone.
    pub zone: Tz,
    /// For trying only.
    pub evaluation: bool,
    /// Last day of maintenance.
    pub maintenance_end: Option<NaiveDate>,
    /// Percent of the fingerprint that must match, 0 = off (LMX-25).
    pub match_rate: u32,
    /// How often a device must refresh; none = never.
    pub lease: Option<LeasePolicy>,
    /// How often this portal asks its authority about the license; none = only once (ICE-17).
    pub revalidation: Option<Revalidation>,
    /// More users than seats get a trial seat each (ICE-07).
    pub trial_seats: bool,
    /// The policy it was made under.
    pub policy: Policy,
    /// Its own word on offline activation; none = the policy's (LSP-17).
    pub allow_offline: Option<bool>,
    /// Its status in the pool as it was last written down; what the clock alone changes is derived (ALT).
    pub status: PoolStatus,
    /// Rises with every change; a device's file of an older revision is due for a refresh (LSP-10).
    pub revision: u32,
    /// Devices that may no longer be trusted.
    pub blocked: Vec<Block>,
}

impl Entitlement {
    /// A perpetual, node-locked license of one seat with no features, active at once. Whoever sells one changes
    /// what differs.
    pub fn new(id: Id, key: LicenseKey, vendor: Vendor, product: Product, zone: Tz) -> Entitlement {
        Entitlement {
            id,
            key,
            vendor,
            product,
            edition: None,
            customer: None,
            customer_id: None,
            previous_order: None,
            replaces: None,
            claim: ClaimedBy::Key,
            subscription: false,
            pooling: Pooling::Exclusive,
            features: Vec::new(),
            model: Model::NodeLocked,
            seats: SeatPolicy { total: 1, transfer_limit: None, transfers: 0, repair_limit: 12 },
            start: None,
            end: None,
            zone,
            evaluation: false,
            maintenance_end: None,
            match_rate: 60,
            lease: None,
            revalidation: None,
            trial_seats: false,
            policy: Policy::default(),
            allow_offline: None,
            status: PoolStatus::Active,
            revision: 1,
            blocked: Vec::new(),
        }
    }

    /// LSP-15, LSP-17: on by default, the license's word before the policy's.
    pub fn offline_allowed(&self) -> bool {
        self.allow_offline.unwrap_or(self.policy.allow_offline)
    }
}

/// Who may claim a license with a request (LSP-03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimedBy {
    /// Whoever has its key.
    Key,
    /// One user, who signs in at the portal.
    User(Id),
}

/// How the count of a license stands to others of the same feature (LMX-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The one base of its feature: upgrades raise its count.
    Exclusive,
    /// A pool of its own beside others; no upgrade applies.
    Additive,
}

impl Pooling {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Pooling::Exclusive => "exclusive",
            Pooling::Additive => "additive",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<Pooling> {
        [Pooling::Exclusive, Pooling::Additive].into_iter().find(|it| it.name() == name)
    }
}

/// How often a portal asks its authority about a license (ICE-17, ICE-20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revalidation {
    /// Days from one success to the next question.
    pub period_days: u32,
    /// Days from the first failure in which everything still works, 2 to 7.
    pub grace_days: u32,
}

/// What licenses are made under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its id; none = no policy, and what is usual.
    pub id: Option<Id>,
    /// Offline activation is allowed (LSP-15: by default).
    pub allow_offline: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { id: None, allow_offline: true }
    }
}

/// How many activations there may be, and how they may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatPolicy {
    /// Most activations at a time (LSP-24).
    pub total: u32,
    /// Most transfers to another device, ever; none = unlimited (LSP-24).
    pub transfer_limit: Option<u32>,
    /// Transfers so far.
    pub transfers: u32,
    /// Repairs of one activation in 365 days: new fingerprint, or system installed anew (D-09, D-10).
    pub repair_limit: u32,
}

/// How often a device must refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeasePolicy {
    /// Days from issue until a refresh is due.
    pub days: u32,
    /// Days after that in which everything still works.
    pub grace_days: u32,
}

/// One seat of a license and the device that holds or held it. Its id outlives a return (HEX-03).
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    /// Its id.
    pub id: Id,
    /// The device that holds it, or held it last.
    pub device: Device,
    /// The device's identity at the last request.
    pub fingerprint: Fingerprint,
    /// Taken, given back, or retired.
    pub state: ActivationState,
    /// When the device was activated.
    pub activated_at: Instant,
    /// Digest of the newest request.
    pub request: Digest,
    /// When the newest request was made, by the device's clock but never a day beyond the portal's: the newest wins
    /// (D-34). After a return, when the license was destroyed, if that is later.
    pub requested_at: Instant,
    /// Generation of the newest license file.
    pub generation: u32,
    /// Digest of the newest license file. Set by whoever signs it.
    pub newest: Option<Digest>,
    /// The license's revision in the newest file.
    pub revision: u32,
    /// Report number up to which the newest file settles usage.
    pub acknowledged: u32,
    /// When the newest file was issued.
    pub issued_at: Instant,
    /// When it was repaired: only the last 365 days count.
    pub repairs: Vec<Instant>,
    /// Its usage.
    pub usage: Ledger,
    /// A second device seems to use the same activation (D-36). It decides nothing; only the desk clears it.
    pub clone_suspected: bool,
}

/// Whether a seat is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivationState {
    /// The device holds it.
    Taken,
    /// The device proved that it gave it back (LSP-11).
    Returned {
        /// When the portal accepted the proof.
        at: Instant,
    },
    /// Staff took it back; its id is never used again (HEX-06, re-host).
    Retired(Retirement),
}

/// Usage of one activation.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Number of the last report that is booked; 0 = none. When another device takes the activation over, also
    /// that of a held one before it: its numbers are settled, so that none is given out again.
    pub booked: u32,
    /// Totals after it.
    pub totals: Totals,
    /// The head of the device's chain: the last report that continued it, booked or held. None until the device
    /// that has the activation now has reported.
    pub received: Option<Received>,
}

/// The head of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub number: u32,
    /// Its digest: the next one names it.
    pub digest: Digest,
}

impl Activation {
    /// The seat is taken.
    pub fn is_taken(&self) -> bool {
        self.state == ActivationState::Taken
    }

    /// HEX-06, re-host: its id is never used again.
    pub fn is_retired(&self) -> bool {
        self.retirement().is_some()
    }

    /// What staff took back.
    pub fn retirement(&self) -> Option<Retirement> {
        match self.state {
            ActivationState::Retired(retirement) => Some(retirement),
            ActivationState::Taken | ActivationState::Returned { .. } => None,
        }
    }

    /// Its seat is not free for another: taken, or released and waiting (D-26).
    pub fn holds_seat(&self, now: Instant) -> bool {
        match self.state {
            ActivationState::Taken => true,
            ActivationState::Returned { .. } => false,
            ActivationState::Retired(retirement) => retirement.holds_seat(now),
        }
    }

    /// HEX-07: staff took it back, and the device may use it still.
    pub fn orphan_on_device(&self) -> bool {
        self.retirement().is_some_and(|retirement| retirement.orphan_on_device())
    }

    /// Begins a chain of its own for another device, which continues from the booked totals.
    pub(crate) fn new_chain(&mut self) {
        if let Some(head) = self.usage.received.take() {
            self.usage.booked = self.usage.booked.max(head.number);
        }
    }

    pub(crate) fn repairs_since(&self, since: Instant) -> u32 {
        u32::try_from(self.repairs.iter().filter(|at| **at > since).count()).unwrap_or(u32::MAX)
    }
}
