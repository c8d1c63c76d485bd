//! A vendor for tests: root key, issuing key, and the books that a portal keeps. Only what these tests need.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "shared by several test binaries, each of which uses a part"
)]

use handcarry_device::VendorFile;
use handcarry_format::*;

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A directory for one test, in memory where there is such a place: these tests sync thousands of times.
pub fn directory() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::tempdir_in(place).unwrap()
}

pub const DAY: i64 = 86_400;

/// The time at which the tests begin.
pub fn start() -> Instant {
    at("2026-11-21T12:00:00Z")
}

pub fn key() -> LicenseKey {
    LicenseKey::from_random([0x9d, 0x3e, 0x41, 0xc8, 0x77, 0x02, 0xab, 0x5f, 0x10, 0xe6])
}

pub struct TestVendor {
    pub name: &'static str,
    pub root: SecretKey,
    pub issuing: SecretKey,
    pub keyring_version: u32,
    pub revoked: Vec<Revocation>,
    counter: std::cell::Cell<u32>,
}

impl TestVendor {
    pub fn new(name: &'static str) -> TestVendor {
        let seed = |last: u8| {
            let mut seed = [last; 32];
            seed[..name.len().min(31)].copy_from_slice(&name.as_bytes()[..name.len().min(31)]);
            SecretKey::from_seed(&seed)
        };
        TestVendor {
            name,
            root: seed(1),
            issuing: seed(2),
            keyring_version: 1,
            revoked: Vec::new(),
            counter: 0.into(),
        }
    }

    pub fn vendor(&self) -> Vendor {
        Vendor { id: id(self.name), name: format!("{} Software", self.name) }
    }

    pub fn product(&self) -> Product {
        Product { id: id("cad"), name: "CAD Pro".into(), version: None }
    }

    pub fn file(&self) -> VendorFile {
        VendorFile {
            vendor: self.vendor(),
            product: self.product(),
            portal: "https://offline.acme.example".into(),
            root_key: self.root.public(),
        }
    }

    pub fn trust(&self) -> Trust {
        self.file().trust()
    }

    fn next_id(&self, kind: &str) -> Id {
        self.counter.set(self.counter.get() + 1);
        id(&format!("{kind}-{}", self.counter.get()))
    }

    pub fn keyring(&self) -> Sealed {
        let keyring = Keyring {
            id: id(&format!("keyring-{}", self.keyring_version)),
            vendor: self.vendor(),
            version: self.keyring_version,
            issued_at: at("2020-01-01T00:00:00Z"),
            keys: vec![IssuingKey {
                key: self.issuing.public(),
                product: None,
                not_before: at("2020-01-01T00:00:00Z"),
                not_after: None,
            }],
            revoked: self.revoked.clone(),
        };
        seal(&keyring, &self.root, None).unwrap()
    }

    pub fn open<D: Document>(&self, file: &str) -> Verified<D> {
        open(file.as_bytes(), &self.trust(), &Limits::default()).unwrap()
    }

    /// The license that answers a request: perpetual, `renders` up to 100 and 10 over, `base` not counted.
    pub fn license_for(&self, request: &str, now: Instant) -> License {
        let request: Verified<ActivationRequest> = self.open(request);
        License {
            id: self.next_id("license"),
            vendor: self.vendor(),
            product: self.product(),
            activation_id: id("activation-1"),
            license_id: id("bought-1"),
            license_key: key(),
            generation: 1,
            supersedes: None,
            customer: None,
            features: vec![
                Feature { id: id("base"), name: "CAD".into(), counter: None },
                Feature {
                    id: id("renders"),
                    name: "Renders".into(),
                    counter: Some(Counter {
                        maximum: Some(100),
                        overage: Overage::UpTo(10),
                        reset: Reset::Never,
                    }),
                },
            ],
            model: Model::NodeLocked,
            term: Term {
                start: None,
                end: None,
                zone: "Europe/Berlin".into(),
                not_before: now.plus_days(-2),
                not_after: None,
            },
            evaluation: false,
            maintenance_end: None,
            device: request.device.clone(),
            fingerprint: request.fingerprint.clone(),
            match_rate: 60,
            lease: None,
            usage: Acknowledged::default(),
            blocked: Vec::new(),
            request: request.digest(),
            issued_at: now,
            keyring: self.keyring().envelope,
        }
    }

    /// The next generation of a license.
    pub fn next(&self, license: &License, now: Instant) -> License {
        License {
            id: self.next_id("license"),
            generation: license.generation + 1,
            issued_at: now,
            keyring: self.keyring().envelope,
            ..license.clone()
        }
    }

    pub fn issue<D: Document>(&self, document: &D) -> String {
        seal(document, &self.issuing, Some("https://offline.acme.example")).unwrap().text
    }

    /// The receipt for a report or deactivation whose usage is booked as it is.
    pub fn receipt_for(&self, file: &str, now: Instant) -> Receipt {
        let any = open_any(file.as_bytes(), &self.trust(), &Limits::default()).unwrap();
        let (license, usage, outcome, state) = match &any {
            AnyVerified::Deactivation(file) => {
                (&file.evidence().license, &file.usage, Outcome::Returned, SeatState::Free)
            }
            AnyVerified::UsageReport(file) => {
                (&file.evidence().license, &file.usage, Outcome::Booked, SeatState::Taken)
            }
            other => panic!("no receipt for {:?}", other.kind()),
        };
        Receipt {
            id: self.next_id("receipt"),
            number: format!("R-{}", self.counter.get()),
            vendor: self.vendor(),
            product: self.product(),
            acknowledges: Booked { kind: any.kind(), id: any.id().clone(), digest: any.digest() },
            outcome,
            activation_id: license.activation_id.clone(),
            license_id: license.license_id.clone(),
            generation: license.generation,
            device: license.device.clone(),
            seat: Seat { state, used: 1, total: 3 },
            usage: ReceiptUsage {
                report: usage.number,
                added: Totals::new(),
                totals: usage.closing.clone(),
                over: Vec::new(),
                held: false,
            },
            license_status: LicenseStatus::Active,
            issued_at: now,
            keyring: self.keyring().envelope,
        }
    }
}
