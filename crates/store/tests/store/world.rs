//! One small world for the tests: a store with two tenants, and values to put into it.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use handcarry_format::{
    Block, Counter, Customer, Device, Digest, Feature, Fingerprint, FingerprintPart, Id, Instant, Kind,
    LicenseKey, Model, Overage, Product, PublicKey, Reset, SecretKey, Source, Vendor,
};
use handcarry_rules::{
    Activation, ActivationState, ClaimedBy, Entitlement, LeasePolicy, Ledger, Policy, PoolStatus, Pooling,
    Received, Revalidation, SeatPolicy, TenantRules,
};
use handcarry_store::{
    Filed, IssuedFile, NewCase, NewDocument, NewLogEntry, Options, Page, Store, StoreError, Tenant, TenantId,
    Tx,
};

use crate::server;

pub(crate) const ACME: TenantId = TenantId(1);
pub(crate) const OTHER: TenantId = TenantId(2);

pub(crate) const ALL: Page = Page { after: None, limit: 1000 };

/// A directory that goes with the test.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("handcarry-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("portal.db")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store with two tenants.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) directory: Directory,
    pub(crate) schema: Option<server::Schema>,
    /// Opens one more, of the same kind and its own.
    again: fn(Options) -> World,
}

impl World {
    pub(crate) fn file() -> World {
        World::file_with(Options::default())
    }

    fn file_with(options: Options) -> World {
        let directory = Directory::new();
        let store = open(&directory.database(), options);
        World::found(store, directory, World::file_with)
    }

    pub(crate) fn memory() -> World {
        World::memory_with(Options::default())
    }

    fn memory_with(options: Options) -> World {
        let store = Store::open("sqlite::memory:", options).unwrap();
        World::found(store, Directory::new(), World::memory_with)
    }

    /// A schema of its own on the server that the environment names; none, and loudly, where it names none.
    pub(crate) fn server() -> Option<World> {
        server::address().map(|_| World::server_with(Options::default()))
    }

    fn server_with(options: Options) -> World {
        let schema = server::Schema::new();
        let store = Store::open(&schema.uri(), options).unwrap();
        let mut world = World::found(store, Directory::new(), World::server_with);
        world.schema = Some(schema);
        world
    }

    fn found(store: Store, directory: Directory, again: fn(Options) -> World) -> World {
        let world = World { store, directory, schema: None, again };
        world.does(|tx| {
            tx.insert_tenant(&tenant(ACME, "acme"))?;
            tx.insert_tenant(&tenant(OTHER, "other"))
        });
        world
    }

    /// Another empty one of the same engine.
    pub(crate) fn with(&self, options: Options) -> World {
        (self.again)(options)
    }

    /// Work that must succeed.
    pub(crate) fn does<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write_blocking(work).unwrap()
    }

    /// A read that must succeed.
    pub(crate) fn sees<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.read_blocking(work).unwrap()
    }
}

impl Deref for World {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.store.close_blocking();
    }
}

pub(crate) fn open(path: &Path, options: Options) -> Store {
    Store::open(&format!("sqlite:{}", path.display()), options).unwrap()
}

pub(crate) fn page(after: &str, limit: u32) -> Page {
    Page { after: Some(after.to_owned()), limit }
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub(crate) fn at(seconds: i64) -> Instant {
    Instant::from_unix(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn key(name: &str) -> PublicKey {
    SecretKey::from_seed(Digest::of(name.as_bytes()).as_bytes()).public()
}

pub(crate) fn license_key(number: u64) -> LicenseKey {
    let mut bits = [0; 10];
    // The lowest five bits are not used.
    bits[1..9].copy_from_slice(&number.to_be_bytes());
    LicenseKey::from_random(bits)
}

pub(crate) fn tenant(number: TenantId, slug: &str) -> Tenant {
    Tenant {
        id: number,
        slug: id(slug),
        name: format!("{slug} GmbH"),
        host: Some(format!("offline.{slug}.example")),
        portal: format!("https://offline.{slug}.example"),
        zone: "Europe/Berlin".to_owned(),
        root: key(slug),
        keyring: Some("-----BEGIN LICENSE KEYRING-----".to_owned()),
        theme: "{}".to_owned(),
        rules: TenantRules::default(),
        created_at: at(0),
    }
}

/// A license with a value in every field.
pub(crate) fn license(name: &str, number: u64) -> Entitlement {
    Entitlement {
        id: id(name),
        key: license_key(number),
        vendor: Vendor { id: id("acme"), name: "Acme".to_owned() },
        product: product("cad"),
        customer: Some(Customer { name: "Böhm & Söhne".to_owned(), order: Some("4711".to_owned()) }),
        features: vec![
            Feature { id: id("draw"), name: "Drawing".to_owned(), counter: None },
            Feature {
                id: id("render"),
                name: "Rendering".to_owned(),
                counter: Some(Counter {
                    maximum: Some(15),
                    overage: Overage::UpTo(5),
                    reset: Reset::Monthly,
                }),
            },
            Feature {
                id: id("export"),
                name: "Export".to_owned(),
                counter: Some(Counter { maximum: None, overage: Overage::Unlimited, reset: Reset::Never }),
            },
        ],
        model: Model::Concurrent(3),
        seats: SeatPolicy { total: 5, transfer_limit: Some(2), transfers: 1, repair_limit: 3 },
        start: "2026-01-01".parse().ok(),
        end: "2027-12-31".parse().ok(),
        zone: "Europe/Berlin".parse().unwrap(),
        evaluation: true,
        maintenance_end: "2027-06-30".parse().ok(),
        match_rate: 66,
        lease: Some(LeasePolicy { days: 30, grace_days: 7 }),
        policy: Policy { id: None, allow_offline: false },
        allow_offline: Some(true),
        edition: Some("Professional".to_owned()),
        customer_id: Some(id("customer")),
        previous_order: Some("A-1040".to_owned()),
        replaces: Some(id("before")),
        claim: ClaimedBy::User(id("ada")),
        subscription: true,
        pooling: Pooling::Additive,
        revalidation: Some(Revalidation { period_days: 30, grace_days: 5 }),
        trial_seats: true,
        status: PoolStatus::Pending,
        revision: 1,
        blocked: vec![Block { device: key("stolen").id(), since: at(5) }],
    }
}

/// A license with nothing in its optional fields.
pub(crate) fn bare_license(name: &str, number: u64) -> Entitlement {
    Entitlement {
        edition: None,
        customer: None,
        customer_id: None,
        previous_order: None,
        replaces: None,
        claim: ClaimedBy::Key,
        subscription: false,
        pooling: Pooling::Exclusive,
        revalidation: None,
        trial_seats: false,
        features: Vec::new(),
        model: Model::NodeLocked,
        seats: SeatPolicy { total: 1, transfer_limit: None, transfers: 0, repair_limit: 0 },
        start: None,
        end: None,
        zone: "UTC".parse().unwrap(),
        evaluation: false,
        maintenance_end: None,
        lease: None,
        policy: Policy::default(),
        allow_offline: None,
        status: PoolStatus::Inactive,
        blocked: Vec::new(),
        ..license(name, number)
    }
}

pub(crate) fn product(name: &str) -> Product {
    Product { id: id(name), name: format!("Acme {name}"), version: Some("12.1".to_owned()) }
}

pub(crate) fn part(name: &str, source: Source, value: &str) -> FingerprintPart {
    let hash = Digest::of(format!("{name}={value}").as_bytes()).hex()[..32].to_owned();
    FingerprintPart { name: id(name), source, hash, weight: 50 }
}

/// The same board and disk for the same name; the system is its own.
pub(crate) fn fingerprint(hardware: &str, system: &str) -> Fingerprint {
    Fingerprint {
        parts: vec![
            part("board", Source::Hardware, hardware),
            part("disk", Source::Hardware, hardware),
            part("cpu", Source::Hardware, "the same in all"),
            part("machine", Source::System, system),
        ],
    }
}

/// An activation with a value in every field, taken.
pub(crate) fn activation(name: &str, device: &str, seconds: i64) -> Activation {
    Activation {
        id: id(name),
        device: Device { key: key(device), name: format!("WS {device}") },
        fingerprint: fingerprint(device, device),
        state: ActivationState::Taken,
        activated_at: at(seconds),
        request: Digest::of(name.as_bytes()),
        requested_at: at(seconds - 100),
        generation: 4,
        newest: Some(Digest::of(b"newest")),
        revision: 2,
        acknowledged: 6,
        issued_at: at(seconds + 1),
        repairs: vec![at(1), at(2)],
        usage: Ledger {
            booked: 6,
            totals: [(id("render"), 17), (id("export"), -2)].into(),
            received: Some(Received { number: 7, digest: Digest::of(b"seven") }),
        },
        clone_suspected: true,
    }
}

pub(crate) fn returned(activation: Activation, seconds: i64) -> Activation {
    Activation { state: ActivationState::Returned { at: at(seconds) }, ..activation }
}

pub(crate) fn document(name: &str, report: Option<u32>) -> NewDocument {
    NewDocument {
        filed: Filed {
            id: id(name),
            digest: Digest::of(name.as_bytes()),
            kind: Kind::UsageReport,
            at: at(9),
            answer: b"the answer \x00\xff".to_vec(),
        },
        activation: id("a-1"),
        report,
        envelope: "{\"payload\":\"\"}".to_owned(),
    }
}

pub(crate) fn entry(event: &str) -> NewLogEntry {
    NewLogEntry { at: at(3), event: event.to_owned(), data: "{\"a\":1}".to_owned() }
}

pub(crate) fn issued(text: &str) -> IssuedFile {
    IssuedFile {
        digest: Digest::of(text.as_bytes()),
        kind: Kind::License,
        activation: id("a-1"),
        at: at(7),
        text: text.to_owned(),
    }
}

pub(crate) fn case(name: &str, kind: &str, document: &str) -> NewCase {
    NewCase {
        id: id(name),
        kind: kind.to_owned(),
        activation: id("a-1"),
        envelope: "{\"payload\":\"\"}".to_owned(),
        digest: Digest::of(document.as_bytes()),
        findings: "[]".to_owned(),
        at: at(8),
    }
}
