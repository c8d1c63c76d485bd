//! A portal with one tenant, whose clock is set by hand.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use handcarry_format::{Customer, Id, Instant, LicenseKey, Product, Vendor};
use handcarry_rules::{Entitlement, TenantRules};
use handcarry_server::app::App;
use handcarry_server::clock::ManualClock;
use handcarry_server::keys::KeyStore;
use handcarry_server::notice::address::Addressing;
use handcarry_server::notice::deliver::Delivering;
use handcarry_server::portal::Portal;
use handcarry_server::random;
use handcarry_server::schedule::Errand as _;
use handcarry_server::settings::{Given, Settings};
use handcarry_store::{
    Channel, Delivery, DeliveryFilter, NewMessage, Options, Page, Store, StoreError, Tenant, TenantId,
    Webhook,
};

pub(crate) const ACME: TenantId = TenantId(1);

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    pub(crate) fn open(path: &Path, given: &Given) -> World {
        let store = Store::open(path.to_str().unwrap(), Options::default()).unwrap();
        let clock = Arc::new(ManualClock::at(at("2027-01-01T12:00:00Z")));
        let settings = Settings { call: Duration::from_secs(3), ..Settings::of(given) };
        let keys = KeyStore::of(path.parent().unwrap());
        World { app: App::new(store, clock.clone(), keys, Portal::of(&[]), settings), clock }
    }

    pub(crate) fn new(given: &Given) -> World {
        World::open(Path::new("sqlite::memory:"), given).with_tenant()
    }

    pub(crate) fn with_tenant(self) -> World {
        let rules = TenantRules {
            administrator: Some("admin@acme.example".to_owned()),
            vendor_contact: Some("vendor@acme.example".to_owned()),
            ..TenantRules::default()
        };
        self.tenant(rules);
        self
    }

    pub(crate) fn tenant(&self, rules: TenantRules) {
        self.tenant_named("Acme Software", rules);
    }

    pub(crate) fn tenant_named(&self, name: &str, rules: TenantRules) {
        let tenant = Tenant {
            id: ACME,
            slug: id("acme"),
            name: name.to_owned(),
            host: None,
            portal: "https://offline.acme.example/".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            root: random::secret_key().public(),
            keyring: None,
            theme: "{}".to_owned(),
            rules,
            created_at: self.now(),
        };
        let write = self.app.store.write_blocking(move |tx| match tx.tenants()?.is_empty() {
            true => tx.insert_tenant(&tenant),
            false => tx.update_tenant(&tenant),
        });
        write.unwrap_or_else(|error: StoreError| panic!("{error}"));
    }

    pub(crate) fn now(&self) -> Instant {
        self.app.clock.now()
    }

    pub(crate) fn later(&self, seconds: i64) {
        self.clock.set(self.now().plus_seconds(seconds));
    }

    pub(crate) fn post(&self, message: &NewMessage) {
        let message = message.clone();
        let posted = self.app.store.write_blocking(move |tx| tx.post_message(ACME, &message));
        posted.unwrap_or_else(|error: StoreError| panic!("{error}"));
        while Addressing.round(&self.app).unwrap() > 0 {}
    }

    pub(crate) fn webhook(&self, name: &str, url: &str) -> Webhook {
        let secret = handcarry_server::notice::webhook::new_secret();
        let webhook =
            Webhook { id: id(name), url: url.to_owned(), secret, codes: None, created_at: self.now() };
        let new = webhook.clone();
        let added = self.app.store.write_blocking(move |tx| tx.insert_webhook(ACME, &new));
        added.unwrap_or_else(|error: StoreError| panic!("{error}"));
        webhook
    }

    /// Delivers what is due, and says how many attempts that were.
    pub(crate) fn deliver(&self, channel: Channel) -> usize {
        let mut attempts = 0;
        while Delivering(channel).round(&self.app).unwrap() > 0 {
            attempts += 1;
        }
        attempts
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        let all = Page { after: None, limit: 1_000 };
        let listed =
            self.app.store.read_blocking(move |tx| tx.deliveries(ACME, &DeliveryFilter::default(), &all));
        listed.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }
}

pub(crate) fn license(customer: &str) -> Entitlement {
    let vendor = Vendor { id: id("acme"), name: "Acme Software".to_owned() };
    let product = Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None };
    let mut license =
        Entitlement::new(id("l-1"), LicenseKey::from_random([7; 10]), vendor, product, Tz::Europe__Berlin);
    license.customer = Some(Customer { name: customer.to_owned(), order: Some("4711".to_owned()) });
    license.maintenance_end = "2027-01-15".parse().ok();
    license
}
