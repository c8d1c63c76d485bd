use std::collections::BTreeMap;

use handcarry_format::{
    Acknowledged, ActivationRequest, Claim, Deactivation, Digest, Fingerprint, Holder, Id, Instant, License,
    LicenseKey, Limits, Map, Platform, Product, Receipt, SecretKey, Source, Totals, Trust, Usage, UsageEntry,
    UsageReport, Vendor, Verified, open, seal,
};

use super::{Done, World, id, key, parts};

/// An honest device, as the file format asks it to behave. Cloned, it is a cloned machine.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) name: String,
    key: SecretKey,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) license: Option<Verified<License>>,
    receipt: Option<Verified<Receipt>>,
    /// Requests since the last return: only their answers are loaded.
    requests: Vec<Digest>,
    /// Last number and digest in each activation's chain.
    chains: BTreeMap<String, (u32, Digest)>,
    /// What the portal has settled, as far as this device knows.
    settled: Acknowledged,
    /// Uses that are not settled, with their activation and the number that first held them. They outlive a return:
    /// if the device comes back before its proof has arrived, they are still to be told.
    entries: Vec<(Id, Option<u32>, UsageEntry)>,
    serial: u32,
    /// A tag that keeps the documents of clones apart.
    /// What goes with its requests.
    pub(crate) variables: Map<String, String>,
    pub(crate) tag: String,
    trust: Trust,
    vendor: Vendor,
    product: Product,
    license_key: LicenseKey,
}

impl Device {
    pub(crate) fn new(world: &World, name: &str) -> Device {
        let entitlement = &world.store.entitlement;
        let value = |part: &str| format!("{part} of {name}");
        let fingerprint = parts(&[
            (Source::Hardware, "board", &value("board"), 40),
            (Source::Hardware, "disk", &value("disk"), 30),
            (Source::System, "machine-id", &value("machine-id"), 30),
        ]);
        Device {
            name: name.to_owned(),
            key: key(name),
            fingerprint,
            license: None,
            receipt: None,
            requests: vec![],
            chains: BTreeMap::new(),
            settled: Acknowledged::default(),
            entries: vec![],
            serial: 0,
            variables: Map::new(),
            tag: String::new(),
            trust: world.trust.clone(),
            vendor: entitlement.vendor.clone(),
            product: entitlement.product.clone(),
            license_key: entitlement.key.clone(),
        }
    }

    /// The same hardware with a new system: key, ledger and machine id are gone.
    pub(crate) fn reinstalled(&self, world: &World) -> Device {
        let mut fresh = Device::new(world, &format!("{}{} anew", self.name, self.tag));
        fresh.fingerprint.parts[..2].clone_from_slice(&self.fingerprint.parts[..2]);
        fresh
    }

    fn document_id(&mut self) -> Id {
        self.serial += 1;
        id(&format!("{}{}-{}", self.name.replace(' ', "-"), self.tag, self.serial))
    }

    pub(crate) fn request(&mut self, now: Instant) -> String {
        let request = ActivationRequest {
            id: self.document_id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            claim: Claim::LicenseKey(self.license_key.clone()),
            device: handcarry_format::Device { key: self.key.public(), name: self.name.clone() },
            fingerprint: self.fingerprint.clone(),
            platform: Platform { os: "linux".into(), arch: "x86_64".into(), client: "test".into() },
            variables: self.variables.clone(),
            created_at: now,
        };
        let sealed = seal(&request, &self.key, None).unwrap();
        self.requests.push(sealed.digest);
        sealed.text
    }

    pub(crate) fn use_up(&mut self, now: Instant, amount: i64) {
        let activation = self.held().activation_id.clone();
        self.entries.push((activation, None, UsageEntry { at: now, feature: id("renders"), amount }));
    }

    pub(crate) fn held(&self) -> &Verified<License> {
        self.license.as_ref().expect("licensed")
    }

    fn holder(&self) -> Holder {
        Holder {
            activation_id: self.held().activation_id.clone(),
            license: self.held().envelope().clone(),
            receipt: self.receipt.as_ref().map(|receipt| receipt.envelope().clone()),
        }
    }

    /// The next usage statement of an honest device.
    pub(crate) fn usage(&mut self) -> Usage {
        let chain = self.chains.get(self.held().activation_id.as_str()).copied();
        let number = chain.map_or(0, |(number, _)| number).max(self.settled.report) + 1;
        let mut closing = self.settled.totals.clone();
        let activation = self.held().activation_id.clone();
        for (_, first, entry) in self.entries.iter_mut().filter(|(of, ..)| *of == activation) {
            first.get_or_insert(number);
            *closing.entry(entry.feature.clone()).or_default() += entry.amount;
        }
        Usage {
            number,
            previous: chain.map(|(_, digest)| digest),
            opening: self.settled.totals.clone(),
            entries: self.own().cloned().collect(),
            closing,
        }
    }

    fn own(&self) -> impl Iterator<Item = &UsageEntry> {
        let activation = &self.held().activation_id;
        self.entries.iter().filter(move |(of, ..)| of == activation).map(|(_, _, entry)| entry)
    }

    fn chained(&mut self, number: u32, digest: Digest) {
        self.chains.insert(self.held().activation_id.as_str().to_owned(), (number, digest));
    }

    pub(crate) fn report(&mut self, now: Instant) -> String {
        let usage = self.usage();
        self.report_of(now, usage)
    }

    /// A report that says whatever it is told to.
    pub(crate) fn report_of(&mut self, now: Instant, usage: Usage) -> String {
        let report = UsageReport {
            id: self.document_id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            holder: self.holder(),
            usage,
            refresh: true,
            variables: Default::default(),
            created_at: now,
        };
        let sealed = seal(&report, &self.key, None).unwrap();
        self.chained(report.usage.number, sealed.digest);
        sealed.text
    }

    /// HEX-02: the license is gone before the file is there.
    pub(crate) fn deactivate(&mut self, now: Instant) -> String {
        let usage = self.usage();
        self.deactivate_with(now, usage)
    }

    pub(crate) fn deactivate_with(&mut self, now: Instant, usage: Usage) -> String {
        let file = self.deactivation(now, usage);
        let sealed = seal(&file, &self.key, None).unwrap();
        self.chained(file.usage.number, sealed.digest);
        (self.license, self.receipt, self.requests) = (None, None, vec![]);
        sealed.text
    }

    fn deactivation(&mut self, now: Instant, usage: Usage) -> Deactivation {
        Deactivation {
            id: self.document_id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            holder: self.holder(),
            usage,
            variables: Default::default(),
            destroyed_at: now,
        }
    }

    /// Loads an answer; what is not newer is left aside.
    pub(crate) fn load(&mut self, done: &Done) {
        if let Some(file) = &done.license {
            self.load_license(file);
        }
        if let Some(receipt) = &done.receipt {
            let receipt: Verified<Receipt> =
                open(receipt.as_bytes(), &self.trust, &Limits::default()).unwrap();
            let ours = self.license.as_ref().is_some_and(|held| {
                held.activation_id == receipt.activation_id && held.device.key == receipt.device.key
            });
            if ours && receipt.usage.report >= self.settled.report {
                self.settle(receipt.usage.report, &receipt.usage.totals.clone());
                self.receipt = Some(receipt);
            }
        }
    }

    /// Whether it was newer.
    pub(crate) fn load_license(&mut self, file: &str) -> bool {
        let license: Verified<License> = open(file.as_bytes(), &self.trust, &Limits::default()).unwrap();
        // LSP-18: for this device only.
        if license.device.key != self.key.public() || !self.requests.contains(&license.request) {
            return false;
        }
        let same = self.license.as_ref().filter(|held| held.activation_id == license.activation_id);
        if same.is_some_and(|held| held.generation >= license.generation) {
            return false;
        }
        let (report, totals) = (license.usage.report, license.usage.totals.clone());
        let settles = same.is_none() || report >= self.settled.report;
        if same.is_none() {
            self.receipt = None;
        }
        self.license = Some(license);
        if settles {
            self.settle(report, &totals);
        }
        true
    }

    fn settle(&mut self, report: u32, totals: &Totals) {
        self.settled = Acknowledged { report, totals: totals.clone() };
        let activation = self.held().activation_id.clone();
        self.entries.retain(|(of, first, _)| *of != activation || first.is_none_or(|first| first > report));
    }

    /// Everything that this device has used under its activation, as its next report would say.
    pub(crate) fn consumed(&self) -> i64 {
        let settled = self.settled.totals.get(&id("renders")).copied().unwrap_or(0);
        settled + self.own().map(|entry| entry.amount).sum::<i64>()
    }
}

/// Asks, carries, loads.
pub(crate) fn licensed(world: &mut World, name: &str) -> Device {
    let mut device = Device::new(world, name);
    let request = device.request(world.now);
    let done = world.send(&request).expect("a seat");
    device.load(&done);
    device
}
