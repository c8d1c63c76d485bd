//! A device of the test vendor, by the library, on a machine whose parts the test chooses.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by several test binaries, each of which uses a part"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use handcarry_device::{Claimed, Device, Error, FingerprintSource, Loaded, MeasuredPart, system_randomness};
use handcarry_format::{Document, Instant, License, Receipt, Source};

use crate::vendor::{TestVendor, directory, id, key, start};

#[derive(Clone)]
pub struct Parts(pub Arc<Mutex<Vec<Part>>>);

/// Name, value, weight.
type Part = (&'static str, String, u32);

impl FingerprintSource for Parts {
    fn measure(&self) -> Vec<MeasuredPart> {
        let parts = self.0.lock().unwrap();
        let part = |(name, value, weight): &Part| MeasuredPart {
            name: id(name),
            source: Source::Hardware,
            value: value.clone(),
            weight: *weight,
        };
        parts.iter().map(part).collect()
    }
}

pub struct Bench {
    pub dir: tempfile::TempDir,
    pub vendor: TestVendor,
    pub parts: Parts,
    pub now: Instant,
}

impl Bench {
    pub fn new() -> Bench {
        let parts = [("board", "SN-1", 50), ("disk", "WD-1", 30), ("network", "00:11", 20)];
        let parts = parts.map(|(name, value, weight)| (name, value.to_owned(), weight)).to_vec();
        Bench {
            dir: directory(),
            vendor: TestVendor::new("acme"),
            parts: Parts(Arc::new(Mutex::new(parts))),
            now: start(),
        }
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn open(&self) -> Device {
        self.open_at("home")
    }

    pub fn open_at(&self, name: &str) -> Device {
        let home = self.dir.path().join(name);
        let source = Box::new(self.parts.clone());
        Device::set_up(&home, &self.vendor.file(), source, system_randomness, self.now).unwrap()
    }

    /// Opens what is there, if it lets itself be opened.
    pub fn try_open(&self) -> Result<Device, Error> {
        Device::open(&self.home(), Box::new(self.parts.clone()), system_randomness)
    }

    pub fn request(&self) -> String {
        self.open().request(Claimed::LicenseKey(key().as_str()), "WS-17", &BTreeMap::new(), self.now).unwrap()
    }

    pub fn load<D: Document>(&self, document: &D) -> Result<Loaded, Error> {
        self.open().load(self.vendor.issue(document).as_bytes(), self.now)
    }

    /// Asks for a license and loads it, changed as the test wants it.
    pub fn activate(&self, change: impl FnOnce(&mut License)) -> License {
        let mut license = self.vendor.license_for(&self.request(), self.now);
        change(&mut license);
        assert!(matches!(self.load(&license), Ok(Loaded::License { .. })));
        license
    }

    pub fn check(&self, feature: &str) -> Result<&'static str, Error> {
        self.open().check(&id(feature), self.now).map(|standing| standing.code())
    }

    /// The code of a check: what stands in the way, or how the license stands.
    pub fn code(&self) -> &'static str {
        self.check("base").unwrap_or_else(|error| error.code())
    }

    pub fn consume(&self, amount: i64) -> Result<(), Error> {
        self.open().consume(&id("renders"), amount, self.now)
    }

    pub fn report(&self) -> String {
        self.open().report(true, false, self.now).unwrap()
    }

    pub fn deactivate(&self) -> String {
        self.open().deactivate(false, self.now).unwrap().file
    }

    pub fn receipt(&self, file: &str) -> Receipt {
        self.vendor.receipt_for(file, self.now)
    }
}

/// The code of what was refused.
pub fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    outcome.unwrap_err().code()
}
