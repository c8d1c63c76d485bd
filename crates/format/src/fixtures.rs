//! One small world for tests and the test kit: a vendor, its keys, one device, and the files of one story.
//!
//! Every secret is derived from a published name, so nothing here may ever protect anything. Only with the
//! feature `fixtures`, which tests, examples and other crates' dev-dependencies switch on.

mod pool;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::*;

pub use pool::least as least_grant;

/// Address of the portal in preambles.
pub const PORTAL: &str = "https://offline.acme.example";

/// A document and its file.
#[derive(Clone, Debug)]
pub struct Made<D> {
    /// The content.
    pub document: D,
    /// The file.
    pub sealed: Sealed,
}

/// The files of one story, in the order in which they were made.
#[derive(Clone, Debug)]
pub struct World {
    /// Version 3 of the vendor's keyring; every issuing key of [`key`] is in it.
    pub keyring: Made<Keyring>,
    /// The device asks.
    pub request: Made<ActivationRequest>,
    /// It gets its first license, generation 1.
    pub license: Made<License>,
    /// It reports its use, number 1, and asks for a refresh.
    pub report: Made<UsageReport>,
    /// The report is booked.
    pub report_receipt: Made<Receipt>,
    /// The refresh, generation 2.
    pub refresh: Made<License>,
    /// The device gives it back, usage number 2.
    pub deactivation: Made<Deactivation>,
    /// The return is booked.
    pub return_receipt: Made<Receipt>,
    /// A site asks about its licenses.
    pub pool_request: Made<PoolRequest>,
    /// The authority answers.
    pub pool: Made<PoolFile>,
}

/// The secret key of this name: its seed is SHA-256 of `handcarry testkit ` and the name.
///
/// Names in the story: `root`, `issuing` (valid), `retired` (until 2026), `future` (from 2027), `stolen`
/// (revoked from 2026-02-01), `viewer` (another product only), `device`, `other device`, `other root`, `site` (of a
/// customer; only in the keyring of the pool documents).
pub fn key(name: &str) -> SecretKey {
    let seed: [u8; 32] = Sha256::digest(["handcarry testkit ", name].concat()).into();
    SecretKey::from_seed(&seed)
}

/// Trust in the story's vendor and its root key.
pub fn trust() -> Trust {
    Trust::new(id("acme"), key("root").public())
}

/// An id that is known to be one.
pub fn id(text: &str) -> Id {
    Id::new(text).expect("fixtures hold valid ids")
}

/// An instant that is known to be one.
pub fn at(text: &str) -> Instant {
    Instant::parse(text).expect("fixtures hold valid instants")
}

/// Signs any payload at all under any type: for files that a writer would never write.
pub fn sign(media_type: &str, payload: &[u8], signer: &SecretKey) -> Envelope {
    let bytes = signer.sign(&[&pae(media_type, payload)]);
    let signatures = vec![SignatureLine { key: signer.public().id(), bytes }];
    Envelope { media_type: media_type.to_string(), payload: payload.to_vec(), signatures }
}

/// The vendor.
pub fn vendor() -> Vendor {
    Vendor { id: id("acme"), name: "Acme Software".to_string() }
}

/// The product.
pub fn product() -> Product {
    Product { id: id("cad"), name: "Acme CAD Pro".to_string(), version: Some("2026.2".to_string()) }
}

/// The device.
pub fn device() -> Device {
    Device { key: key("device").public(), name: "WS-17".to_string() }
}

/// The device's fingerprint.
pub fn fingerprint() -> Fingerprint {
    let part = |name: &str, source, weight| {
        let hash = Digest::of(name.as_bytes()).hex()[..32].to_string();
        FingerprintPart { name: id(name), source, hash, weight }
    };
    let parts = vec![
        part("board", Source::Hardware, 40),
        part("processor", Source::Hardware, 20),
        part("disk", Source::Hardware, 20),
        part("machine-id", Source::System, 20),
    ];
    Fingerprint { parts }
}

/// A keyring of this version with the story's keys; `revoked` as in the newest.
pub fn keyring(version: u32) -> Keyring {
    let valid = |name: &str, product: Option<&str>, from: &str, until: Option<&str>| IssuingKey {
        key: key(name).public(),
        product: product.map(id),
        not_before: at(from),
        not_after: until.map(at),
    };
    Keyring {
        id: id(["keyring-", &version.to_string()].concat().as_str()),
        vendor: vendor(),
        version,
        issued_at: at("2026-01-01T00:00:00Z").plus_days(i64::from(version)),
        keys: vec![
            valid("issuing", None, "2026-01-01T00:00:00Z", None),
            valid("retired", None, "2025-01-01T00:00:00Z", Some("2026-01-01T00:00:00Z")),
            valid("future", None, "2027-01-01T00:00:00Z", None),
            valid("stolen", None, "2025-01-01T00:00:00Z", None),
            valid("viewer", Some("viewer"), "2026-01-01T00:00:00Z", None),
        ],
        revoked: vec![Revocation { key: key("stolen").public().id(), since: at("2026-02-01T00:00:00Z") }],
    }
}

fn made<D: Document>(document: D, signer: &str) -> Made<D> {
    let sealed = seal(&document, &key(signer), Some(PORTAL)).expect("fixtures keep their limits");
    Made { document, sealed }
}

fn totals(renders: i64, exports: i64) -> Totals {
    [(id("renders"), renders), (id("exports"), exports)].into()
}

fn entry(when: &str, feature: &str, amount: i64) -> UsageEntry {
    UsageEntry { at: at(when), feature: id(feature), amount }
}

fn features() -> Vec<Feature> {
    let counted = |maximum, overage, reset| Some(Counter { maximum, overage, reset });
    let feature =
        |name: &str, title: &str, counter| Feature { id: id(name), name: title.to_string(), counter };
    vec![
        feature("modeling", "Modeling", None),
        feature("renders", "Renders", counted(Some(15_000), Overage::UpTo(500), Reset::Monthly)),
        feature("exports", "Exports", counted(Some(2_147_483_647), Overage::None, Reset::Never)),
    ]
}

fn license(
    request: Digest,
    keyring: &Sealed,
    generation: u32,
    before: Option<Digest>,
    usage: Acknowledged,
) -> License {
    let issued_at = at("2026-03-03T09:00:00Z").plus_days(60 * i64::from(generation - 1));
    License {
        id: id(["license-file-", &generation.to_string()].concat().as_str()),
        vendor: vendor(),
        product: product(),
        activation_id: id("activation-1"),
        license_id: id("license-1"),
        license_key: LicenseKey::from_random([7, 77, 177, 27, 207, 37, 137, 237, 47, 147]),
        generation,
        supersedes: before,
        customer: Some(Customer { name: "Northline".to_string(), order: Some("PO 4711".to_string()) }),
        features: features(),
        model: Model::Concurrent(3),
        term: Term {
            start: crate::instant::parse_date("2026-03-01"),
            end: crate::instant::parse_date("2028-02-29"),
            zone: "Europe/Vienna".to_string(),
            not_before: issued_at.plus_days(-2),
            not_after: Some(at("2028-02-29T23:00:00Z")),
        },
        evaluation: false,
        maintenance_end: crate::instant::parse_date("2027-02-28"),
        device: device(),
        fingerprint: fingerprint(),
        match_rate: 60,
        lease: Some(Lease { refresh_by: issued_at.plus_days(90), grace_days: 14 }),
        usage,
        blocked: vec![Block { device: key("other device").public().id(), since: at("2026-02-02T00:00:00Z") }],
        request,
        issued_at,
        keyring: keyring.envelope.clone(),
    }
}

fn receipt(
    number: &str,
    acknowledges: Booked,
    outcome: Outcome,
    report: u32,
    totals: [Totals; 2],
    keyring: &Sealed,
) -> Receipt {
    let [added, totals] = totals;
    let returned = outcome == Outcome::Returned;
    Receipt {
        id: id(["receipt-", &report.to_string()].concat().as_str()),
        number: number.to_string(),
        vendor: vendor(),
        product: product(),
        acknowledges,
        outcome,
        activation_id: id("activation-1"),
        license_id: id("license-1"),
        generation: 2,
        device: device(),
        seat: Seat {
            state: if returned { SeatState::Free } else { SeatState::Taken },
            used: if returned { 1 } else { 2 },
            total: 5,
        },
        usage: ReceiptUsage { report, added, totals, over: vec!["exports".to_string()], held: false },
        license_status: LicenseStatus::Active,
        issued_at: at("2026-05-02T10:00:00Z").plus_days(60 * i64::from(report)),
        keyring: keyring.envelope.clone(),
    }
}

/// Makes the story; always the same bytes.
pub fn world() -> World {
    world_with(keyring(3))
}

/// The story with another keyring of the same vendor, which must list the key `issuing`.
pub fn world_with(keyring: Keyring) -> World {
    let keyring = made(keyring, "root");
    let request = made(
        ActivationRequest {
            id: id("request-1"),
            vendor: vendor(),
            product: product(),
            claim: Claim::LicenseKey(LicenseKey::from_random([7, 77, 177, 27, 207, 37, 137, 237, 47, 147])),
            device: device(),
            fingerprint: fingerprint(),
            platform: Platform {
                os: "linux".to_string(),
                arch: "x86_64".to_string(),
                client: "acme-cad 2026.2".to_string(),
            },
            variables: [("site".to_string(), "Hall 4, Z\u{fc}rich".to_string())].into(),
            created_at: at("2026-03-02T16:20:00Z"),
        },
        "device",
    );
    let asked = request.sealed.digest;
    let first = made(license(asked, &keyring.sealed, 1, None, Acknowledged::default()), "issuing");
    let entries = vec![
        entry("2026-03-05T08:00:00Z", "renders", 700),
        entry("2026-03-29T01:30:00Z", "renders", 540),
        entry("2026-04-30T23:59:59Z", "exports", 3),
    ];
    let report = made(
        UsageReport {
            id: id("report-1"),
            vendor: vendor(),
            product: product(),
            holder: Holder {
                activation_id: id("activation-1"),
                license: first.sealed.envelope.clone(),
                receipt: None,
            },
            usage: Usage {
                number: 1,
                previous: None,
                opening: Totals::new(),
                entries,
                closing: totals(1_240, 3),
            },
            refresh: true,
            variables: [("site".to_string(), "Hall 4".to_string())].into(),
            created_at: at("2026-05-01T12:00:00Z"),
        },
        "device",
    );
    let booked = Booked { kind: Kind::UsageReport, id: id("report-1"), digest: report.sealed.digest };
    let sums = [totals(1_240, 3), totals(1_240, 3)];
    let report_receipt =
        made(receipt("R-8M2K-4XTP", booked, Outcome::Booked, 1, sums, &keyring.sealed), "issuing");
    let usage = Acknowledged { report: 1, totals: totals(1_240, 3) };
    let refresh = made(license(asked, &keyring.sealed, 2, Some(first.sealed.digest), usage), "issuing");
    let deactivation = made(
        Deactivation {
            id: id("deactivation-1"),
            vendor: vendor(),
            product: product(),
            holder: Holder {
                activation_id: id("activation-1"),
                license: refresh.sealed.envelope.clone(),
                receipt: Some(report_receipt.sealed.envelope.clone()),
            },
            usage: Usage {
                number: 2,
                previous: Some(report.sealed.digest),
                opening: totals(1_240, 3),
                entries: vec![entry("2026-06-01T07:00:00Z", "renders", 60)],
                closing: totals(1_300, 3),
            },
            variables: [("reason".to_string(), "replaced by WS-18".to_string())].into(),
            destroyed_at: at("2026-07-01T15:00:00Z"),
        },
        "device",
    );
    let booked =
        Booked { kind: Kind::Deactivation, id: id("deactivation-1"), digest: deactivation.sealed.digest };
    let sums = [totals(60, 0), totals(1_300, 3)];
    let return_receipt =
        made(receipt("R-5QWE-7T1Z", booked, Outcome::Returned, 2, sums, &keyring.sealed), "issuing");
    let pool_request = pool::request(&keyring.document);
    let pool = pool::file(&keyring.document, pool_request.sealed.digest);
    World {
        keyring,
        request,
        license: first,
        report,
        report_receipt,
        refresh,
        deactivation,
        return_receipt,
        pool_request,
        pool,
    }
}

impl World {
    /// The files of the story with their kinds and the names of the keys that sign them.
    pub fn files(&self) -> [(Kind, &'static str, &'static str, &Sealed); 10] {
        [
            (Kind::Keyring, "keyring", "root", &self.keyring.sealed),
            (Kind::ActivationRequest, "activation-request", "device", &self.request.sealed),
            (Kind::License, "license", "issuing", &self.license.sealed),
            (Kind::UsageReport, "usage-report", "device", &self.report.sealed),
            (Kind::Receipt, "receipt", "issuing", &self.report_receipt.sealed),
            (Kind::License, "license-refresh", "issuing", &self.refresh.sealed),
            (Kind::Deactivation, "deactivation", "device", &self.deactivation.sealed),
            (Kind::Receipt, "receipt-return", "issuing", &self.return_receipt.sealed),
            (Kind::PoolRequest, "pool-request", "site", &self.pool_request.sealed),
            (Kind::Pool, "pool", "issuing", &self.pool.sealed),
        ]
    }
}

/// The payload of an envelope as text.
pub fn payload(envelope: &Envelope) -> String {
    String::from_utf8_lossy(&envelope.payload).into_owned()
}
