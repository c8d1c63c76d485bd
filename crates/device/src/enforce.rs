use handcarry_format::{Feature, Id, Instant, License, UsageEntry, Verified, json::MAX_SAFE};
use handcarry_rules::holder::{Machine, Mismatch, machine};
use handcarry_rules::{match_percent, next_midnight};

use crate::Result;
use crate::cap::most;
use crate::device::Device;
use crate::error::Error;
use crate::home::state::Entry;
use crate::lease::{LeaseState, lease_state, zone};

/// How far the clock may be behind the latest time that was seen, in seconds: a day, for clocks that were set
/// right and zones that were set wrong (D-08). The license is judged by the later of the two all the same.
pub const CLOCK_TOLERANCE: i64 = 24 * 3600;
/// Seconds that the clock floor may be behind the clock before a check writes it down.
pub const FLOOR_STEP: i64 = 60;
/// Most uses that wait for a report.
const LEDGER_ENTRIES: usize = 1_000_000;

/// A license that may be used now, and how it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The license.
    pub license: Verified<License>,
    /// The lease, if there is one. Never [`LeaseState::Stopped`].
    pub lease: Option<LeaseState>,
    /// Percent of the fingerprint that matches (LMX-25).
    pub match_percent: u32,
    /// The machine is another one; the license runs until then (ICE-03).
    pub mismatch_until: Option<Instant>,
}

impl Device {
    /// Whether a feature may be used now. The error says why not.
    pub fn check(&mut self, feature: &Id, now: Instant) -> Result<Standing> {
        let standing = self.standing(now)?;
        named(&standing.license, feature)?;
        Ok(standing)
    }

    /// Books the use of a feature. What this has returned is in the ledger for good; what it refuses is not.
    pub fn consume(&mut self, feature: &Id, amount: i64, now: Instant) -> Result<()> {
        let standing = self.standing(now)?;
        let license = &standing.license;
        let feature = named(license, feature)?;
        let name = || feature.id.to_string();
        let counter = feature.counter.as_ref().ok_or_else(|| Error::NotCounted { feature: name() })?;
        if !(1..=MAX_SAFE).contains(&amount) {
            return Err(Error::Amount);
        }
        if self.contents.ledger.after(self.state().settled).len() >= LEDGER_ENTRIES {
            return Err(Error::LedgerFull);
        }
        let at = self.floor;
        let used = self.used(license, feature, at)?;
        if let Some(most) = most(counter)
            && used.saturating_add(amount) > most
        {
            return Err(Error::Exhausted { feature: name(), left: most.saturating_sub(used).max(0) });
        }
        // A lifetime total must stay an integer that every reader of the file keeps exactly.
        if self.lifetime(license, &feature.id)?.saturating_add(amount) > MAX_SAFE {
            return Err(Error::Amount);
        }
        let entry = Entry { at, feature: feature.id.clone(), amount };
        let written = self.home.append(&self.contents.ledger, &entry, &self.contents.frame);
        self.guard(written)?;
        self.contents.ledger.push(entry, &self.contents.frame);
        self.write_mark(self.contents.mark.mismatch_since)
    }

    /// Whether the license may be used now, apart from what it names.
    pub fn standing(&mut self, now: Instant) -> Result<Standing> {
        self.begin(now)?;
        let license = self.license()?;
        if now.plus_seconds(CLOCK_TOLERANCE) < self.floor {
            return Err(Error::ClockRolledBack { now, floor: self.floor });
        }
        // A clock that was set back a little gains nothing.
        let at = self.floor;
        let mismatch = self.note_mismatch(&license)?;

        let own = self.contents.key.public();
        if license.device.key != own {
            return Err(Error::OtherDevice {
                name: license.device.name.clone(),
                kind: handcarry_format::Kind::License,
            });
        }
        let chain = self.state().activations.get(&license.activation_id);
        if chain.is_some_and(|chain| chain.returned) {
            return Err(Error::Returned);
        }
        if let Some(block) =
            license.blocked.iter().find(|block| block.device == own.id() && at >= block.since)
        {
            return Err(Error::Blocked { since: block.since });
        }
        if let Some(since) = self.state().blocked {
            return Err(Error::Blocked { since });
        }
        if at < license.term.not_before {
            return Err(Error::NotYet { from: license.term.not_before });
        }
        if let Some(end) = license.term.not_after.filter(|end| at >= *end) {
            return Err(Error::Expired { at: end });
        }
        let matching = match_percent(&license.fingerprint, self.present_fingerprint());
        // ICE-16: a backup that was restored elsewhere gets no seven days.
        let another = self.machine(&license) == Machine::Another;
        if another || mismatch.is_some_and(|mismatch| mismatch.has_stopped(at)) {
            return Err(Error::OtherMachine { percent: matching, needed: license.match_rate });
        }
        let mut lease = lease_state(&license, at);
        if let Some(LeaseState::Stopped { due }) = lease {
            let until = self.by_hand_until(&license).filter(|until| at < *until);
            let Some(until) = until else { return Err(Error::LeaseStopped { due }) };
            lease = Some(LeaseState::ByHand { until });
        }
        let mismatch_until = mismatch.map(Mismatch::until);
        Ok(Standing { license, lease, match_percent: matching, mismatch_until })
    }

    /// Starts by hand what the lease has stopped (ICE-22): it works until the next midnight, and settings stay locked. If
    /// nothing has stopped, nothing is changed; what has stopped for another reason is refused for that.
    pub fn start(&mut self, now: Instant) -> Result<Standing> {
        if let Err(Error::LeaseStopped { .. }) = self.standing(now) {
            let mut next = self.state().clone();
            next.started = Some(self.floor);
            self.commit(next)?;
        }
        self.standing(now)
    }

    /// The midnight that ends a start by hand.
    fn by_hand_until(&self, license: &License) -> Option<Instant> {
        self.state().started.map(|started| next_midnight(started, zone(&license.term.zone)))
    }

    fn machine(&self, license: &License) -> Machine {
        machine(&license.fingerprint, self.present_fingerprint(), license.match_rate)
    }

    /// Since when this machine has not been the licensed one, written down so that it is said the same from then on.
    pub(crate) fn note_mismatch(&mut self, license: &License) -> Result<Option<Mismatch>> {
        let (at, mark) = (self.floor, &self.contents.mark);
        let mismatch = (self.machine(license) != Machine::Same).then(|| mark.mismatch_since.unwrap_or(at));
        if at.seconds_since(mark.floor) >= FLOOR_STEP || mismatch != mark.mismatch_since {
            self.write_mark(mismatch)?;
        }
        Ok(mismatch.map(|since| Mismatch { since }))
    }
}

fn named<'a>(license: &'a License, id: &Id) -> Result<&'a Feature> {
    let found = license.features.iter().find(|feature| feature.id == *id);
    found.ok_or_else(|| Error::NoFeature { feature: id.to_string() })
}

impl From<&Entry> for UsageEntry {
    fn from(entry: &Entry) -> UsageEntry {
        UsageEntry { at: entry.at, feature: entry.feature.clone(), amount: entry.amount }
    }
}
