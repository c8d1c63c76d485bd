use handcarry_format::{Feature, Id, Instant, License, UsageEntry, Verified, json::MAX_SAFE};
use handcarry_rules::match_percent;

use crate::Result;
use crate::cap::most;
use crate::device::Device;
use crate::error::Error;
use crate::home::state::Entry;
use crate::lease::{LeaseState, lease_state};

/// How far the clock may be behind the latest time that was seen, in seconds: a day, for clocks that were set
/// right and zones that were set wrong (D-08). The license is judged by the later of the two all the same.
pub const CLOCK_TOLERANCE: i64 = 24 * 3600;
/// Seconds that the clock floor may be behind the clock before a check writes it down.
pub const FLOOR_STEP: i64 = 60;
/// Days that a license runs on a machine that is no longer the one it was issued for (ICE-03).
pub const MISMATCH_DAYS: i64 = 7;
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
        let matching = match_percent(&license.fingerprint, self.present_fingerprint());
        let mismatch =
            (license.match_rate > matching).then(|| self.contents.mark.mismatch_since.unwrap_or(at));
        let late = at.seconds_since(self.contents.mark.floor) >= FLOOR_STEP;
        if late || mismatch != self.contents.mark.mismatch_since {
            self.write_mark(mismatch)?;
        }

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
        if at < license.term.not_before {
            return Err(Error::NotYet { from: license.term.not_before });
        }
        if let Some(end) = license.term.not_after.filter(|end| at >= *end) {
            return Err(Error::Expired { at: end });
        }
        let mismatch_until = mismatch.map(|since| since.plus_days(MISMATCH_DAYS));
        if mismatch_until.is_some_and(|until| at >= until) {
            return Err(Error::OtherMachine { percent: matching, needed: license.match_rate });
        }
        let lease = lease_state(&license, at);
        if let Some(LeaseState::Stopped { due }) = lease {
            return Err(Error::LeaseStopped { due });
        }
        Ok(Standing { license, lease, match_percent: matching, mismatch_until })
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
