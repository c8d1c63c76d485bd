//! The real router over an in-memory store, with a clock that is set by hand.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use handcarry_api::{Outcome, Problem, TenantInfo};
use handcarry_format::{
    Counter, Feature, Instant, IssuingKey, Keyring, LicenseKey, Overage, Product, Reset, SecretKey, Trust,
    Vendor, seal,
};
use handcarry_rules::{Entitlement, SeatPolicy, TenantRules};
use handcarry_server::app::App;
use handcarry_server::clock::ManualClock;
use handcarry_server::keys::KeyStore;
use handcarry_server::portal::{Embedded, Portal};
use handcarry_server::random;
use handcarry_server::settings::{Given, Settings};
use handcarry_store::{Options, Page, Store, StoreError, Tenant, TenantId};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::device::{Device, id};

/// A page small enough to be read here.
pub(crate) static PAGE: &[Embedded] = &[
    Embedded {
        name: "index.html",
        plain: b"<!doctype html><script type=\"module\">import './x.js';</script>",
        brotli: Some(b"BR-index"),
        gzip: Some(b"GZ-index"),
    },
    Embedded {
        name: "portal-0123456789abcdef.js",
        plain: b"js",
        brotli: Some(b"BR-js"),
        gzip: Some(b"GZ-js"),
    },
    Embedded { name: "portal-0123456789abcdef_bg.wasm", plain: b"\0asm", brotli: None, gzip: None },
    Embedded { name: "de.toml", plain: b"# de", brotli: None, gzip: None },
];

pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) root: SecretKey,
    pub(crate) vendor: Vendor,
    pub(crate) keys: KeyStore,
    /// To make it takes longer than most requests.
    router: axum::Router,
    _directory: tempfile::TempDir,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn outcome(&self) -> Outcome {
        assert!(self.status.is_success(), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    pub(crate) fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert!(!problem.changed);
        assert_eq!(problem.reference.len(), 9);
        problem
    }
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn now() -> Instant {
    at("2026-11-21T14:00:00Z")
}

/// In memory; or a schema of its own in the PostgreSQL database that `HANDCARRY_TEST_PORTAL` names.
fn store() -> Store {
    let database = std::env::var("HANDCARRY_TEST_PORTAL").ok().filter(|it| !it.is_empty());
    let address = database.map_or_else(
        || "sqlite::memory:".to_owned(),
        |database| {
            let name = handcarry_format::Digest::of(&handcarry_server::random::secret_key().seed()).hex();
            format!("{database}?schema=portal_{}", &name[..20])
        },
    );
    Store::open(&address, Options::default()).unwrap()
}

impl Desk {
    pub(crate) async fn new() -> Desk {
        Desk::with(PAGE, Given::default()).await
    }

    pub(crate) async fn with(page: &'static [Embedded], given: Given) -> Desk {
        Desk::over(store(), page, given).await
    }

    pub(crate) async fn over(store: Store, page: &'static [Embedded], given: Given) -> Desk {
        let directory = tempfile::tempdir().unwrap();
        let keys = KeyStore::of(directory.path());
        let clock = Arc::new(ManualClock::at(now()));
        let settings = Settings { tenants_max_age: Duration::ZERO, ..Settings::of(&given) };
        let app = App::new(store, clock.clone(), keys.clone(), Portal::of(page), settings);
        let root = random::secret_key();
        let vendor = Vendor { id: id("acme"), name: "Acme Software".to_owned() };
        let router = handcarry_server::http::router(app.clone());
        let desk = Desk { app, clock, root, vendor, keys, router, _directory: directory };
        desk.tenant(1, &desk.vendor.clone(), &desk.root, None).await;
        desk
    }

    /// Adds a tenant with keys and a product.
    pub(crate) async fn tenant(&self, number: i64, vendor: &Vendor, root: &SecretKey, host: Option<&str>) {
        let issuing = random::secret_key();
        self.keys.keep_issuing(&vendor.id, &issuing).unwrap();
        let tenant = Tenant {
            id: TenantId(number),
            slug: vendor.id.clone(),
            name: vendor.name.clone(),
            host: host.map(str::to_owned),
            portal: format!("https://offline.{}.example/", vendor.id),
            zone: "Europe/Berlin".to_owned(),
            root: root.public(),
            keyring: Some(keyring(vendor, root, 1, &[(&issuing, None)])),
            theme: "{}".to_owned(),
            rules: TenantRules::default(),
            created_at: now(),
        };
        let product = Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None };
        let done = self.app.store.write(move |tx| {
            tx.insert_tenant(&tenant)?;
            tx.put_product(tenant.id, &product)
        });
        done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    }

    pub(crate) async fn change_tenant(&self, change: impl Fn(&mut Tenant) + Send + 'static) {
        let done = self.app.store.write(move |tx| {
            let mut tenant = tx.tenants()?.remove(0);
            change(&mut tenant);
            tx.update_tenant(&tenant)
        });
        done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    }

    pub(crate) async fn license(&self, seats: u32) -> LicenseKey {
        self.license_of(1, &self.vendor, seats).await
    }

    pub(crate) async fn license_of(&self, tenant: i64, vendor: &Vendor, seats: u32) -> LicenseKey {
        let product = Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None };
        let (new, zone) = (random::license_key(), chrono_tz::Tz::Europe__Berlin);
        let license = Entitlement {
            features: vec![Feature {
                id: id("renders"),
                name: "Renders".to_owned(),
                counter: Some(Counter { maximum: Some(100), overage: Overage::None, reset: Reset::Never }),
            }],
            seats: SeatPolicy { total: seats, transfer_limit: None, transfers: 0, repair_limit: 3 },
            ..Entitlement::new(random::id(), new, vendor.clone(), product, zone)
        };
        let key = license.key.clone();
        let done = self.app.store.write(move |tx| tx.insert_license(TenantId(tenant), &license));
        done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
        key
    }

    pub(crate) async fn change_license(
        &self,
        key: &LicenseKey,
        change: impl Fn(&mut Entitlement) + Send + 'static,
    ) {
        let key = key.clone();
        let done = self.app.store.write(move |tx| {
            let mut license = tx.license_by_key(TenantId(1), &key)?.unwrap();
            change(&mut license);
            license.revision += 1;
            tx.update_license(TenantId(1), &license)
        });
        done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::new(self.vendor.id.clone(), self.root.public())
    }

    pub(crate) fn device(&self, name: &str) -> Device {
        Device::new(name, self.vendor.clone(), self.trust())
    }

    /// A device that has its license.
    pub(crate) async fn activated(&self, name: &str, key: &LicenseKey) -> Device {
        let mut device = self.device(name);
        let got = self.post(device.request(key, now())).await;
        assert_eq!(got.status, 201, "{}", got.text());
        device.load(&got.outcome());
        device
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Got { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn post(&self, file: impl Into<Body>) -> Got {
        self.post_to("/api/v1/documents", file).await
    }

    pub(crate) async fn post_to(&self, path: &str, file: impl Into<Body>) -> Got {
        self.send(Request::post(path).body(file.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get_from(&self, host: &str, path: &str) -> Got {
        self.send(Request::get(path).header(header::HOST, host).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn info(&self, path: &str) -> TenantInfo {
        let got = self.get(path).await;
        assert_eq!(got.status, 200, "{}", got.text());
        serde_json::from_slice(&got.body).unwrap()
    }

    /// Events of the log with their facts.
    pub(crate) async fn events(&self) -> Vec<(String, serde_json::Value)> {
        let page = Page { after: None, limit: 1_000 };
        let entries = self.app.store.read(move |tx| tx.log(TenantId(1), &page)).await;
        let entries = entries.unwrap_or_else(|error: StoreError| panic!("{error}"));
        entries
            .into_iter()
            .map(|it| (it.entry.event, serde_json::from_str(&it.entry.data).unwrap()))
            .collect()
    }

    pub(crate) async fn cases(&self) -> Vec<String> {
        let page = Page { after: None, limit: 1_000 };
        let cases = self.app.store.read(move |tx| tx.cases(TenantId(1), &page)).await;
        cases
            .unwrap_or_else(|error: StoreError| panic!("{error}"))
            .into_iter()
            .map(|it| it.case.kind)
            .collect()
    }

    /// How many activations of a license a second device seems to use.
    pub(crate) async fn suspected(&self, key: &LicenseKey) -> usize {
        let key = key.clone();
        let page = Page { after: None, limit: 1_000 };
        let suspected = self.app.store.read(move |tx| {
            let license = tx.license_by_key(TenantId(1), &key)?.ok_or(StoreError::Missing("license"))?;
            let all = tx.activations(TenantId(1), &license.id, &page)?;
            Ok(all.into_iter().filter(|it| it.clone_suspected).count())
        });
        suspected.await.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }

    /// Seats that are taken: by counting, and as kept.
    pub(crate) async fn seats_used(&self, key: &LicenseKey) -> usize {
        let key = key.clone();
        let found = self.app.store.read(move |tx| {
            let license = tx.license_by_key(TenantId(1), &key)?.unwrap();
            assert!(tx.seat_differences(TenantId(1))?.is_empty());
            let all = tx.activations(TenantId(1), &license.id, &Page { after: None, limit: 1_000 })?;
            Ok(all.iter().filter(|it| it.is_taken()).count())
        });
        found.await.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }
}

/// A keyring with these keys; each may have an end.
pub(crate) fn keyring(
    vendor: &Vendor,
    root: &SecretKey,
    version: u32,
    keys: &[(&SecretKey, Option<Instant>)],
) -> String {
    let from = now().plus_days(-100);
    let entry = |(key, end): &(&SecretKey, Option<Instant>)| IssuingKey {
        key: key.public(),
        product: None,
        not_before: from.plus_seconds(i64::from(version)),
        not_after: *end,
    };
    let keyring = Keyring {
        id: random::id(),
        vendor: vendor.clone(),
        version,
        issued_at: from,
        keys: keys.iter().map(entry).collect(),
        revoked: Vec::new(),
    };
    seal(&keyring, root, None).unwrap().text
}
