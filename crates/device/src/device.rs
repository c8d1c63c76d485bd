use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::sync::Arc;

use handcarry_format::{
    Acknowledged, AnyVerified, Envelope, Examination, Fingerprint, Id, Instant, License, Limits, Receipt,
    SecretKey, Trust, Verified, examine, open, open_any,
};

use crate::Result;
use crate::error::Error;
use crate::fingerprint::{FingerprintSource, fingerprint};
use crate::home::disk::{Disk, RealDisk};
use crate::home::state::{Mark, State};
use crate::home::{Contents, Home};
use crate::vendor_file::VendorFile;

/// Fills a buffer from a secure source.
pub type Randomness = fn(&mut [u8]) -> io::Result<()>;

/// The operating system's randomness.
pub fn system_randomness(buffer: &mut [u8]) -> io::Result<()> {
    getrandom::fill(buffer).map_err(io::Error::other)
}

/// A licensed device: one directory, held exclusively as long as this lives.
///
/// - What a call has returned as done is on the medium; a crash at any moment leaves the state before or
///   after a call, never between. A license is destroyed before its deactivation file exists (HEX-02).
/// - State that is missing, damaged or older than its neighbours is refused with a code. Nothing is ever
///   begun anew silently.
/// - The license is verified from the pinned root key at every check; the directory proves nothing.
/// - The caller gives the time, at every call.
pub struct Device {
    pub(crate) home: Home,
    pub(crate) contents: Contents,
    pub(crate) trust: Trust,
    pub(crate) limits: Limits,
    pub(crate) fingerprint: Box<dyn FingerprintSource>,
    pub(crate) random: Randomness,
    /// This machine's fingerprint, measured once.
    present: OnceCell<Fingerprint>,
    /// Latest time that was seen, written or not.
    pub(crate) floor: Instant,
    /// A write has failed: what is on the disk must be read again before anything else is done.
    stale: bool,
}

impl Device {
    /// Opens the device in this directory.
    pub fn open(home: &Path, fingerprint: Box<dyn FingerprintSource>, random: Randomness) -> Result<Device> {
        Device::open_on(home, Arc::new(RealDisk), fingerprint, random)
    }

    /// Opens the device in this directory, or makes one if there is none yet.
    ///
    /// A vendor file with another portal address or other names replaces the one that is there; one of another
    /// vendor, product or root key is refused.
    pub fn set_up(
        home: &Path,
        vendor: &VendorFile,
        fingerprint: Box<dyn FingerprintSource>,
        random: Randomness,
        now: Instant,
    ) -> Result<Device> {
        Device::set_up_on(home, Arc::new(RealDisk), vendor, fingerprint, random, now)
    }

    pub(crate) fn open_on(
        home: &Path,
        disk: Arc<dyn Disk>,
        fingerprint: Box<dyn FingerprintSource>,
        random: Randomness,
    ) -> Result<Device> {
        // A directory that is not there is not made just to look into it.
        if !Home::is_in(home)? {
            return Err(Error::NotSetUp);
        }
        let home = Home::lock(home, disk)?;
        Device::of(home, fingerprint, random)
    }

    pub(crate) fn set_up_on(
        home: &Path,
        disk: Arc<dyn Disk>,
        vendor: &VendorFile,
        fingerprint: Box<dyn FingerprintSource>,
        random: Randomness,
        now: Instant,
    ) -> Result<Device> {
        let home = Home::lock(home, disk)?;
        if !home.is_set_up()? {
            let mut seed = [0; 32];
            random(&mut seed).map_err(|_| Error::Randomness)?;
            home.set_up(&SecretKey::from_seed(&seed), vendor, now)?;
        }
        let mut device = Device::of(home, fingerprint, random)?;
        if !device.contents.vendor.stands_for_the_same(vendor) {
            return Err(Error::OtherVendor);
        }
        if device.contents.vendor != *vendor {
            device.home.write_vendor(vendor, &device.contents.frame)?;
            device.contents.vendor = vendor.clone();
        }
        Ok(device)
    }

    fn of(home: Home, fingerprint: Box<dyn FingerprintSource>, random: Randomness) -> Result<Device> {
        let contents = home.read()?;
        let (trust, floor) = derived(&contents)?;
        let limits = Limits::default();
        let present = OnceCell::new();
        Ok(Device { home, contents, trust, limits, fingerprint, random, present, floor, stale: false })
    }

    /// The application's vendor.
    pub fn vendor(&self) -> &VendorFile {
        &self.contents.vendor
    }

    /// What this device believes: the pinned root key and the newest keyring that it has seen.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Makes every check on any file, changes nothing.
    pub fn inspect(&self, file: &[u8]) -> Examination {
        examine(file, &self.trust, &self.limits)
    }

    /// Values that the application sends with every file.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.state().variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// This machine's fingerprint, as documents carry it. Measured once in the life of this value: it takes
    /// milliseconds, and a use is booked in less.
    pub(crate) fn present_fingerprint(&self) -> &Fingerprint {
        self.present.get_or_init(|| fingerprint(&self.vendor().vendor.id, &self.fingerprint.measure()))
    }

    pub(crate) fn state(&self) -> &State {
        &self.contents.state
    }

    /// Begins a call: reads the directory again if a write has failed before, and notes the time.
    pub(crate) fn begin(&mut self, now: Instant) -> Result<()> {
        if self.stale {
            self.contents = self.home.read()?;
            (self.trust, self.floor) = derived(&self.contents)?;
            self.stale = false;
        }
        self.floor = self.floor.max(now);
        Ok(())
    }

    /// Replaces the state: the point at which a change has happened.
    pub(crate) fn commit(&mut self, mut next: State) -> Result<()> {
        next.seq = self.contents.ledger.last();
        next.floor = if next.epoch == self.state().epoch { self.floor } else { next.floor };
        let written = self.home.write_state(&next, &self.contents.frame);
        self.guard(written)?;
        self.floor = next.floor;
        self.contents.state = next;
        Ok(())
    }

    /// Writes the mark with the present floor and ledger.
    pub(crate) fn write_mark(&mut self, mismatch_since: Option<Instant>) -> Result<()> {
        let Contents { ledger, state, frame, .. } = &self.contents;
        let mark = Mark {
            epoch: state.epoch,
            floor: self.floor,
            seq: ledger.last(),
            link: ledger.link().to_owned(),
            mismatch_since,
        };
        let written = self.home.write_mark(&mark, frame);
        self.guard(written)?;
        self.contents.mark = mark;
        Ok(())
    }

    /// Drops ledger records that are settled. The state says so already: whether this happens is a matter of
    /// room only.
    pub(crate) fn compact(&mut self) -> Result<()> {
        let settled = self.state().settled;
        if settled <= self.contents.ledger.base() {
            return Ok(());
        }
        self.write_mark(self.contents.mark.mismatch_since)?;
        let (ledger, file) = self.contents.ledger.without(settled, &self.contents.frame);
        let written = self.home.write_ledger(&file);
        self.guard(written)?;
        self.contents.ledger = ledger;
        Ok(())
    }

    /// Remembers that the disk may hold something else than the memory.
    pub(crate) fn guard<T>(&mut self, outcome: Result<T>) -> Result<T> {
        self.stale |= outcome.is_err();
        outcome
    }

    /// The license in use, verified anew.
    pub(crate) fn license(&self) -> Result<Verified<License>> {
        self.state().license.as_ref().map_or(Err(Error::NoLicense), |envelope| self.reopen(envelope))
    }

    /// The last receipt of the license's activation, verified anew.
    pub(crate) fn receipt(&self) -> Result<Option<Verified<Receipt>>> {
        self.state().receipt.as_ref().map(|envelope| self.reopen(envelope)).transpose()
    }

    fn reopen<D: handcarry_format::Document>(&self, envelope: &Envelope) -> Result<Verified<D>> {
        Ok(open(envelope.to_json().as_bytes(), &self.trust, &self.limits)?)
    }

    pub(crate) fn open_any(&self, file: &[u8]) -> Result<AnyVerified> {
        Ok(open_any(file, &self.trust, &self.limits)?)
    }

    /// For a document that is made now: portals keep documents by their ids.
    pub(crate) fn fresh_id(&self, now: Instant) -> Result<Id> {
        let mut bits = [0; 16];
        (self.random)(&mut bits).map_err(|_| Error::Randomness)?;
        Ok(Id::in_order(now, 0, bits))
    }
}

/// What the vendor has booked as far as these two can prove: the rule that every reader of our files uses.
pub(crate) fn accepted(license: &License, receipt: Option<&Receipt>) -> Acknowledged {
    match receipt {
        Some(receipt) if receipt.usage.report >= license.usage.report => {
            Acknowledged { report: receipt.usage.report, totals: receipt.usage.totals.clone() }
        }
        _ => license.usage.clone(),
    }
}

fn derived(contents: &Contents) -> Result<(Trust, Instant)> {
    let Contents { vendor, state, mark, ledger, .. } = contents;
    let mut trust = vendor.trust();
    if let Some(keyring) = &state.keyring {
        let known = trust.with_keyring(keyring.to_json().as_bytes(), &Limits::default());
        trust = known.map_err(|_| Error::Corrupt { file: "state".to_owned() })?;
    }
    let mut floor = state.floor;
    if mark.epoch == state.epoch {
        floor = ledger.latest().into_iter().fold(floor.max(mark.floor), Instant::max);
    }
    Ok((trust, floor))
}
