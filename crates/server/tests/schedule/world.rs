//! A store with tenants, and a job that writes into the log what it does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use handcarry_format::{Id, Instant};
use handcarry_rules::TenantRules;
use handcarry_server::app::App;
use handcarry_server::clock::ManualClock;
use handcarry_server::keys::KeyStore;
use handcarry_server::portal::Portal;
use handcarry_server::random;
use handcarry_server::schedule::{Job, JobError, Jobs, Passed, Progress, Visit, pass};
use handcarry_server::settings::{Given, Settings};
use handcarry_store::{NewLogEntry, Options, Page, Store, StoreError, Tenant, TenantId, Tx};

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn app(path: &Path) -> App {
    let store = Store::open(path.to_str().unwrap(), Options::default()).unwrap();
    let clock = Arc::new(ManualClock::at(at("2027-01-01T00:00:00Z")));
    let settings = Settings { tenants_max_age: Duration::ZERO, ..Settings::of(&Given::default()) };
    App::new(store, clock, KeyStore::of(path.parent().unwrap()), Portal::of(&[]), settings)
}

/// Adds a tenant.
pub(crate) async fn tenant(app: &App, number: i64, zone: &str, created_at: Instant) {
    let tenant = Tenant {
        id: TenantId(number),
        slug: Id::new(&format!("t-{number}")).unwrap(),
        name: "Acme".to_owned(),
        host: None,
        portal: "https://offline.acme.example/".to_owned(),
        zone: zone.to_owned(),
        root: random::secret_key().public(),
        keyring: None,
        theme: "{}".to_owned(),
        rules: TenantRules::default(),
        created_at,
    };
    let done = app.store.write(move |tx| tx.insert_tenant(&tenant)).await;
    done.unwrap_or_else(|error: StoreError| panic!("{error}"));
}

pub(crate) async fn run(app: &App, jobs: Jobs, now: Instant) -> Passed {
    loop {
        let passed = pass(app, jobs, now).await.unwrap();
        if !passed.more {
            return passed;
        }
    }
}

/// What a tenant's log says: the event, and the instant whose work was done.
pub(crate) async fn done(app: &App, number: i64) -> Vec<(String, Instant)> {
    let page = Page { after: None, limit: 100_000 };
    let entries = app.store.read(move |tx| tx.log(TenantId(number), &page)).await;
    let entries = entries.unwrap_or_else(|error: StoreError| panic!("{error}"));
    entries.into_iter().map(|it| (it.entry.event, it.entry.at)).collect()
}

pub(crate) async fn midnights_done(app: &App, number: i64) -> Vec<String> {
    done(app, number).await.into_iter().map(|(_, at)| at.to_string()).collect()
}

/// Writes down each midnight.
pub(crate) struct Midnight;

impl Job for Midnight {
    fn name(&self) -> &'static str {
        "midnight"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        note(tx, visit, "midnight")?;
        Ok(Progress::Done)
    }
}

pub(crate) fn note(tx: &mut dyn Tx, visit: &Visit<'_>, event: &str) -> Result<(), StoreError> {
    let entry = NewLogEntry { at: visit.at, event: event.to_owned(), data: "{}".to_owned() };
    tx.append_log(visit.site.id(), &entry).map(drop)
}
