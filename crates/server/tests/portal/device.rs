//! A device as the tests need it: it makes genuine files with real keys, and keeps what it was given.

use handcarry_format::{
    ActivationRequest, Claim, Deactivation, Device as DeviceFacts, Envelope, Fingerprint, FingerprintPart,
    Holder, Id, Instant, LicenseKey, Limits, Map, Platform, Product, Receipt, Sealed, SecretKey, Source,
    Totals, Trust, Usage, UsageEntry, UsageReport, Vendor, open, seal,
};

pub(crate) struct Device {
    pub(crate) key: SecretKey,
    pub(crate) name: String,
    pub(crate) vendor: Vendor,
    pub(crate) product: Product,
    pub(crate) trust: Trust,
    pub(crate) license: Option<Envelope>,
    pub(crate) receipt: Option<Envelope>,
    pub(crate) activation: Option<Id>,
    /// What goes with its requests and reports.
    pub(crate) variables: Map<String, String>,
    used: i64,
    /// Reports that were booked before its first.
    booked: u32,
    accepted: Totals,
    last: Option<(u32, handcarry_format::Digest)>,
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

impl Device {
    pub(crate) fn new(name: &str, vendor: Vendor, trust: Trust) -> Device {
        Device {
            key: handcarry_server::random::secret_key(),
            name: name.to_owned(),
            vendor,
            product: Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None },
            trust,
            license: None,
            receipt: None,
            activation: None,
            variables: Map::new(),
            used: 0,
            booked: 0,
            accepted: Totals::new(),
            last: None,
        }
    }

    pub(crate) fn request_document(&self, key: &LicenseKey, at: Instant) -> ActivationRequest {
        let part = |name: &str, source, weight| FingerprintPart {
            name: id(name),
            source,
            hash: handcarry_format::Digest::of(format!("{name} {}", self.key.public()).as_bytes()).hex()
                [..32]
                .to_owned(),
            weight,
        };
        ActivationRequest {
            id: handcarry_server::random::id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            claim: Claim::LicenseKey(key.clone()),
            device: DeviceFacts { key: self.key.public(), name: self.name.clone() },
            fingerprint: Fingerprint {
                parts: vec![part("board", Source::Hardware, 60), part("system", Source::System, 40)],
            },
            platform: Platform { os: "linux".into(), arch: "x86_64".into(), client: "tests".into() },
            variables: self.variables.clone(),
            created_at: at,
        }
    }

    pub(crate) fn request(&self, key: &LicenseKey, at: Instant) -> String {
        self.sign(&self.request_document(key, at)).text
    }

    pub(crate) fn sign<D: handcarry_format::Document>(&self, document: &D) -> Sealed {
        seal(document, &self.key, Some("https://offline.acme.example/")).unwrap()
    }

    /// Loads the files of an answer.
    pub(crate) fn load(&mut self, outcome: &handcarry_api::Outcome) {
        let limits = Limits::default();
        if let Some(file) = &outcome.license {
            let license =
                open::<handcarry_format::License>(file.text.as_bytes(), &self.trust, &limits).unwrap();
            assert_eq!(license.device.key, self.key.public(), "a license for another device");
            self.accepted = license.usage.totals.clone();
            if self.activation.is_none() {
                // An id that was given back goes on where it was.
                self.used = self.accepted.get(&id("renders")).copied().unwrap_or(0);
                self.booked = license.usage.report;
            }
            self.activation = Some(license.activation_id.clone());
            self.license = Some(license.envelope().clone());
        }
        if let Some(file) = &outcome.receipt {
            let receipt = open::<Receipt>(file.text.as_bytes(), &self.trust, &limits).unwrap();
            self.accepted = receipt.usage.totals.clone();
            self.receipt = Some(receipt.envelope().clone());
        }
    }

    fn holder(&self) -> Holder {
        Holder {
            activation_id: self.activation.clone().unwrap(),
            license: self.license.clone().unwrap(),
            receipt: self.receipt.clone(),
        }
    }

    /// Usage since what was accepted, `more` units above what was ever used.
    fn usage(&mut self, more: i64, at: Instant) -> Usage {
        self.used += more;
        let opening = self.accepted.clone();
        let before = opening.get(&id("renders")).copied().unwrap_or(0);
        let amount = self.used - before;
        let entries =
            if amount == 0 { vec![] } else { vec![UsageEntry { at, feature: id("renders"), amount }] };
        let mut closing = opening.clone();
        if amount != 0 {
            closing.insert(id("renders"), self.used);
        }
        let (number, previous) =
            self.last.map_or((self.booked + 1, None), |(number, digest)| (number + 1, Some(digest)));
        Usage { number, previous, opening, entries, closing }
    }

    pub(crate) fn report(&mut self, more: i64, at: Instant) -> String {
        let document = UsageReport {
            id: handcarry_server::random::id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            holder: self.holder(),
            usage: self.usage(more, at),
            refresh: true,
            variables: self.variables.clone(),
            created_at: at,
        };
        let sealed = self.sign(&document);
        self.last = Some((document.usage.number, sealed.digest));
        sealed.text
    }

    pub(crate) fn deactivation(&mut self, more: i64, at: Instant) -> String {
        let document = Deactivation {
            id: handcarry_server::random::id(),
            vendor: self.vendor.clone(),
            product: self.product.clone(),
            holder: self.holder(),
            usage: self.usage(more, at),
            variables: Default::default(),
            destroyed_at: at,
        };
        let sealed = self.sign(&document);
        self.last = Some((document.usage.number, sealed.digest));
        sealed.text
    }
}
