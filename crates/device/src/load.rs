use handcarry_format::{
    Acknowledged, AnyVerified, Envelope, Instant, Keyring, Kind, License, Outcome, Receipt, Verified,
};

use crate::Result;
use crate::cap::settle;
use crate::device::{Device, accepted};
use crate::enforce::CLOCK_TOLERANCE;
use crate::error::Error;
use crate::home::state::{Activation, State, Tombstone};

/// Most generations that a license may be ahead of the one before: far more than a portal issues between two
/// trips, and far too few to lock a device out for good (threat: fast-forwarded generation).
pub const GENERATION_STEP: u32 = 1000;
/// Days that a clock may be from a newer license's date for that license to set the clock floor anew.
const RECOVERY_DAYS: i64 = 7;

/// What a loaded file has done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Loaded {
    /// A license is in use that was not before.
    License {
        /// The license.
        license: Box<Verified<License>>,
        /// It follows another one of the same activation.
        refreshed: bool,
    },
    /// This device has the file already, or a later one: nothing was changed.
    Known(Kind),
    /// Usage is booked up to a report, and the next one continues there.
    Booked {
        /// The receipt.
        receipt: Box<Verified<Receipt>>,
    },
    /// The portal has the report, but a person there must look at the usage. It is kept here (D-38).
    Held {
        /// The receipt.
        receipt: Box<Verified<Receipt>>,
    },
    /// A receipt that changes nothing on the device, such as that of the activation.
    Kept {
        /// The receipt.
        receipt: Box<Verified<Receipt>>,
    },
    /// A return is confirmed: the seat is free.
    Returned {
        /// The receipt.
        receipt: Box<Verified<Receipt>>,
    },
    /// The file is another device's, and says that the vendor trusts this one no more: its license stops here. It can
    /// still be given back (re-host).
    Blocked {
        /// Since when.
        since: Instant,
    },
    /// A newer list of the vendor's keys.
    Keyring(Box<Verified<Keyring>>),
}

impl Device {
    /// Takes a file that was carried here: a license, a refresh, a receipt or a keyring, in armor or as DSSE JSON.
    ///
    /// The same file again is harmless. A file that is refused changes nothing.
    pub fn load(&mut self, file: &[u8], now: Instant) -> Result<Loaded> {
        self.begin(now)?;
        match self.open_any(file)? {
            AnyVerified::License(license) => self.load_license(license, now),
            AnyVerified::Receipt(receipt) => self.load_receipt(receipt),
            AnyVerified::Keyring(keyring) => self.load_keyring(keyring),
            other => Err(Error::ForThePortal(other.kind())),
        }
    }

    fn load_license(&mut self, license: Verified<License>, now: Instant) -> Result<Loaded> {
        if license.product.id != self.vendor().product.id {
            return Err(Error::OtherProduct { name: license.product.name.clone() });
        }
        if license.device.key != self.contents.key.public() {
            if let Some(since) = self.blocked_by(&license) {
                let mut next = self.state().clone();
                next.blocked = Some(since);
                self.commit(next)?;
                return Ok(Loaded::Blocked { since });
            }
            return Err(Error::OtherDevice { name: license.device.name.clone(), kind: Kind::License });
        }
        let known = self.state().activations.get(&license.activation_id);
        let newest = known.map_or(0, |known| known.generation);
        let returned = known.is_some_and(|known| known.returned);
        if license.generation < newest && !returned {
            return Err(Error::Outdated { generation: license.generation, newest });
        }
        if known.is_some_and(|known| known.license == license.digest()) && !returned {
            return Ok(Loaded::Known(Kind::License));
        }
        // HEX-03 and D-36: what was given back comes back by a request that was made after the return only.
        if returned && (license.generation <= newest || !self.state().requests.contains(&license.request)) {
            return Err(Error::Returned);
        }
        // What was used up to a return is in its file alone. A license that does not know of it would open below it.
        let unbooked = |tombstone: &Tombstone| {
            tombstone.activation_id == license.activation_id
                && tombstone.confirmed.is_none()
                && !tombstone.entries.is_empty()
                && tombstone.number > license.usage.report
        };
        if self.state().tombstones.iter().any(unbooked) {
            return Err(Error::ReturnNotBooked);
        }
        if license.generation == newest {
            return Err(Error::Altered { generation: newest });
        }
        let most = newest.saturating_add(GENERATION_STEP);
        if license.generation > most {
            return Err(Error::FastForward { generation: license.generation, most });
        }
        let held = self.state().license.as_ref().map(Envelope::digest);
        let same_activation = held.is_some() && known.map(|known| known.license) == held;
        if held.is_some() && !same_activation {
            return Err(Error::OtherActivation);
        }

        let mut next = self.state().clone();
        let chain = known.cloned();
        next.activations.insert(
            license.activation_id.clone(),
            Activation {
                generation: license.generation,
                license: license.digest(),
                number: chain.as_ref().map_or(0, |chain| chain.number),
                previous: chain.as_ref().and_then(|chain| chain.previous),
                returned: false,
            },
        );
        if chain.is_none() {
            next.periods.clear();
        }
        next.license = Some(license.envelope().clone());
        // Whoever gets a license of its own is trusted again.
        next.blocked = None;
        next.started = None;
        // D-34: the request that was answered closes the ones before it.
        if let Some(place) = next.requests.iter().position(|request| *request == license.request) {
            next.requests.drain(..=place);
        }
        // One that is no longer believed, because its key was revoked, does not stand in a new license's way.
        let receipt = if same_activation { self.receipt().ok().flatten() } else { None };
        next.receipt = receipt.as_ref().map(|receipt| receipt.envelope().clone());
        let reports = self.acknowledge(&mut next, &license, &accepted(&license, receipt.as_deref()));
        self.learn(&mut next, license.evidence());
        self.see_issue(&mut next, license.issued_at, now);
        self.commit(next)?;
        self.trust.learn(license.evidence());
        self.compact()?;
        self.drop_reports(&reports)?;
        Ok(Loaded::License { license: Box::new(license), refreshed: same_activation })
    }

    /// Since when a later file of the license that is in use here blocks this device.
    fn blocked_by(&self, other: &License) -> Option<Instant> {
        let held = self.license().ok()?;
        let own = self.contents.key.public().id();
        let later = other.license_id == held.license_id && other.issued_at > held.issued_at;
        other.blocked.iter().find(|block| later && block.device == own).map(|block| block.since)
    }

    fn load_receipt(&mut self, receipt: Verified<Receipt>) -> Result<Loaded> {
        if receipt.device.key != self.contents.key.public() {
            return Err(Error::OtherDevice { name: receipt.device.name.clone(), kind: Kind::Receipt });
        }
        let digest = receipt.acknowledges.digest;
        if let Some(place) = self.state().tombstones.iter().position(|tomb| tomb.digest == digest) {
            if self.state().tombstones[place].confirmed.is_some() {
                return Ok(Loaded::Known(Kind::Receipt));
            }
            let mut next = self.state().clone();
            next.tombstones[place].confirmed = Some(receipt.envelope().clone());
            self.finish_receipt(next, &receipt)?;
            return Ok(Loaded::Returned { receipt: Box::new(receipt) });
        }
        if !self.state().activations.contains_key(&receipt.activation_id) {
            return Err(Error::UnknownReceipt);
        }
        // A receipt of an activation that was given back since is out of date, and harmless.
        let license = match self.license() {
            Err(Error::NoLicense) => return Ok(Loaded::Known(Kind::Receipt)),
            other => other?,
        };
        if license.activation_id != receipt.activation_id {
            return Ok(Loaded::Known(Kind::Receipt));
        }
        // D-36: the license was given back by a copy of this directory, or before an older copy was restored.
        let by_another = receipt.acknowledges.kind == Kind::Deactivation
            && receipt.outcome == Outcome::Returned
            && receipt.generation >= license.generation;
        if by_another {
            let mut next = self.state().clone();
            if let Some(known) = next.activations.get_mut(&receipt.activation_id) {
                known.returned = true;
            }
            next.requests.clear();
            self.finish_receipt(next, &receipt)?;
            return Ok(Loaded::Returned { receipt: Box::new(receipt) });
        }
        // One that is no longer believed does not stand in a new one's way.
        let known = self.receipt().ok().flatten();
        let before = accepted(&license, known.as_deref());
        let place = |receipt: &Receipt| (receipt.usage.report, receipt.issued_at);
        let newer = receipt.usage.report >= before.report
            && known.as_ref().is_none_or(|known| place(&receipt) >= place(known));
        let answers = self.state().reports.iter().any(|report| report.digest == digest && !report.answered);
        let same = known.as_ref().is_some_and(|known| known.digest() == receipt.digest());
        if same || !newer && !answers {
            return Ok(Loaded::Known(Kind::Receipt));
        }
        let mut next = self.state().clone();
        for report in next.reports.iter_mut().filter(|report| report.digest == digest) {
            report.answered = true;
        }
        let mut reports = Vec::new();
        if newer {
            next.receipt = Some(receipt.envelope().clone());
            reports = self.acknowledge(&mut next, &license, &accepted(&license, Some(&receipt)));
            // The chain goes on from what the portal has, if that is more than this directory knows: a
            // directory restored from an older copy.
            let chain = next.activations.get_mut(&receipt.activation_id);
            if let Some(chain) = chain.filter(|chain| receipt.usage.report > chain.number) {
                chain.number = receipt.usage.report;
                chain.previous = (receipt.outcome == Outcome::Booked).then_some(digest);
            }
        }
        self.finish_receipt(next, &receipt)?;
        self.compact()?;
        self.drop_reports(&reports)?;
        let receipt = Box::new(receipt);
        Ok(match receipt.usage.held {
            true => Loaded::Held { receipt },
            false if receipt.acknowledges.kind == Kind::UsageReport => Loaded::Booked { receipt },
            false => Loaded::Kept { receipt },
        })
    }

    fn finish_receipt(&mut self, mut next: State, receipt: &Verified<Receipt>) -> Result<()> {
        self.learn(&mut next, receipt.evidence());
        self.floor = self.floor.max(receipt.issued_at);
        self.commit(next)?;
        self.trust.learn(receipt.evidence());
        Ok(())
    }

    fn load_keyring(&mut self, keyring: Verified<Keyring>) -> Result<Loaded> {
        let mut next = self.state().clone();
        self.learn(&mut next, &keyring);
        if next.keyring == self.state().keyring {
            return Ok(Loaded::Known(Kind::Keyring));
        }
        self.commit(next)?;
        self.trust.learn(&keyring);
        Ok(Loaded::Keyring(Box::new(keyring)))
    }

    /// Keeps a keyring if it is newer: the vendor's older ones are not believed from then on.
    fn learn(&self, next: &mut State, keyring: &Verified<Keyring>) {
        if self.trust.keyring().is_none_or(|known| known.version < keyring.version) {
            next.keyring = Some(Envelope::clone(keyring.envelope()));
        }
    }

    /// Settles what is booked up to a report (LSP-28). Uses that came after that report stay for the next one.
    /// Gives the numbers of the reports that are done with.
    fn acknowledge(&self, next: &mut State, license: &License, booked: &Acknowledged) -> Vec<u32> {
        let covered: Vec<_> = next.reports.extract_if(.., |report| report.number <= booked.report).collect();
        let through = covered.iter().map(|report| report.through).max().unwrap_or(0);
        if through > next.settled {
            let ledger = &self.contents.ledger;
            let open = ledger.after(next.settled);
            let records = &open[..open.len() - ledger.after(through).len()];
            settle(next, records, through, license, self.floor);
        }
        covered.iter().map(|report| report.number).collect()
    }

    /// A newer license tells the time, by the portal's clock. If this clock was far ahead once and is right
    /// now, the floor begins anew there: the way back for a device whose clock had leapt.
    fn see_issue(&mut self, next: &mut State, issued_at: Instant, now: Instant) {
        let rolled_back = now.plus_seconds(CLOCK_TOLERANCE) < self.floor;
        let plausible = now.seconds_since(issued_at).abs() <= RECOVERY_DAYS * 86_400;
        if rolled_back && plausible {
            next.epoch += 1;
            next.floor = now.max(issued_at);
        } else {
            self.floor = self.floor.max(issued_at);
        }
    }
}
