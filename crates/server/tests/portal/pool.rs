//! The pool over time: what the clock does, and a site whose authority is gone.

use handcarry_format::fixtures::least_grant;
use handcarry_format::{
    Digest, Grant, GrantRevalidation, GrantUpgrade, Instant, LicenseKey, Limits, Model, PoolFile, Product,
    SecretKey, Verdict, open, seal,
};
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::EventKind;
use handcarry_server::failure::Failure;
use handcarry_server::random;
use handcarry_server::schedule::{JOBS, pass};
use handcarry_server::service::pool::{Keeper, VERIFY, may_change_settings, row};
use handcarry_store::{MessageFilter, Page, StoreError, TenantId, Tx};

use crate::desk::{Desk, at, keyring, now};
use crate::device::id;

const ACME: TenantId = TenantId(1);

impl Desk {
    /// A unit of work on the pool.
    async fn pool<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Keeper<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, String> {
        let tenants = self.app.tenants.all(&self.app.store).await.unwrap();
        let (site, now) = (tenants[0].clone(), self.app.clock.now());
        let done = self.app.store.write(move |tx| work(&mut Keeper { tx, site: &site, now, by: "test" }));
        done.await.map_err(|failure: Failure| failure.into_problem().code)
    }

    async fn status(&self, key: &LicenseKey) -> (PoolStatus, String) {
        let tenants = self.app.tenants.all(&self.app.store).await.unwrap();
        let (site, now, key) = (tenants[0].clone(), self.app.clock.now(), key.clone());
        let row = self.app.store.read(move |tx| {
            let license = tx.license_by_key(ACME, &key)?.unwrap();
            let pooled = tx.pooled(ACME, &license.id)?.unwrap();
            assert_eq!(pooled.license.status, license.status);
            Ok::<_, StoreError>((license.status, row(&site, &pooled, now)))
        });
        let (written, row) = row.await.unwrap();
        assert_eq!(row.status, written.name(), "all that was due has been written down");
        (written, row.revalidation.unwrap_or_default())
    }

    /// What people were told: code and instant.
    async fn told(&self) -> Vec<(String, Instant)> {
        let page = Page { after: None, limit: 1_000 };
        let all = self.app.store.read(move |tx| tx.messages(ACME, &MessageFilter::default(), &page)).await;
        let all = all.unwrap_or_else(|error: StoreError| panic!("{error}"));
        all.into_iter().map(|it| (it.message.code, it.message.at)).collect()
    }

    async fn runs_by_itself(&self, now: Instant) {
        self.clock.set(now);
        let app = self.app.clone();
        tokio::task::spawn_blocking(move || while VERIFY.round(&app).unwrap() > 0 {}).await.unwrap();
        while pass(&self.app, JOBS, now).await.unwrap().more {}
    }

    /// Makes this portal a site's, whose authority is at an address where nobody is. The authority's key.
    async fn as_site(&self) -> SecretKey {
        let authority = random::secret_key();
        let (_, own) = self.keys.issuing(&self.vendor.id).remove(0).unwrap();
        let ring = keyring(&self.vendor, &self.root, 2, &[(&authority, None), (&own, None)]);
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        self.change_tenant(move |tenant| {
            tenant.keyring = Some(ring.clone());
            tenant.rules.authority = Some(format!("http://{nobody}/"));
            tenant.rules.site = Some("Plant 1".to_owned());
        })
        .await;
        authority
    }

    /// A pool file of the authority's for this site, or for every site.
    async fn file(&self, authority: &SecretKey, number: u32, grants: Vec<Grant>) -> String {
        let (_, own) = self.keys.issuing(&self.vendor.id).remove(0).unwrap();
        let tenants = self.app.tenants.all(&self.app.store).await.unwrap();
        let file = PoolFile {
            id: random::id(),
            vendor: self.vendor.clone(),
            number,
            answers: (number > 0).then(|| Digest::of(b"some question")),
            site: (number > 0).then(|| own.public().id()),
            licenses: grants,
            unknown: Vec::new(),
            issued_at: self.app.clock.now(),
            keyring: tenants[0].trust.keyring().unwrap().envelope().clone(),
        };
        seal(&file, authority, None).unwrap().text
    }

    async fn load(&self, file: &str) -> Result<Vec<(String, &'static str)>, String> {
        let tenants = self.app.tenants.all(&self.app.store).await.unwrap();
        let file = open::<PoolFile>(file.as_bytes(), &tenants[0].trust, &Limits::default()).unwrap();
        let loaded = self.pool(move |keeper| keeper.load(&file)).await?;
        Ok(loaded.licenses.into_iter().map(|one| (one.upload.name().to_owned(), one.status.name())).collect())
    }
}

fn grant(key: &LicenseKey, verdict: Verdict) -> Grant {
    Grant {
        license_key: key.clone(),
        product: Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None },
        edition: Some("Professional".to_owned()),
        customer: Some(handcarry_format::Customer {
            name: "Zeta".to_owned(),
            order: Some("PO-77".to_owned()),
        }),
        seats: 3,
        zone: "Europe/Berlin".to_owned(),
        revalidation: Some(GrantRevalidation { period_days: 30, grace_days: 2 }),
        verdict,
        ..least_grant("license-1")
    }
}

#[tokio::test]
async fn ice_17_18_19_20_21_22_23_a_site_whose_authority_is_gone_goes_the_whole_way_and_comes_back() {
    let desk = Desk::new().await;
    let authority = desk.as_site().await;
    let key = random::license_key();
    let granted = desk.file(&authority, 1, vec![grant(&key, Verdict::Granted)]).await;
    assert_eq!(desk.load(&granted).await.unwrap(), [("new".to_owned(), "active")]);
    let mut device = desk.activated("WS-17", &key).await;

    // Nothing is asked before its time; a device's day goes by.
    let due = now().plus_days(30);
    desk.runs_by_itself(due.plus_seconds(-1)).await;
    assert_eq!(desk.status(&key).await, (PoolStatus::Active, "ok".to_owned()));
    assert!(desk.told().await.is_empty());

    // Hour by hour, with the authority gone. 2026-12-21T14:00Z is the first failure.
    let stops = at("2026-12-30T23:00:00Z");
    let mut hour = due;
    while hour < stops.plus_days(2) {
        desk.runs_by_itself(hour).await;
        let (status, state) = desk.status(&key).await;
        let hours = hour.seconds_since(due) / 3_600;
        let expected = match hours {
            ..48 => "failing",
            48..216 => "emergency",
            216.. if hour < stops => "ended",
            _ => "stopped",
        };
        assert_eq!((status, state.as_str()), (PoolStatus::Active, expected), "{hour}");
        hour = hour.plus_seconds(3_600);
    }
    let asked = desk.events().await.iter().filter(|(event, _)| event == "pool.unreachable").count();
    assert_eq!(asked as i64, hour.seconds_since(due) / 3_600, "an attempt each hour");
    let expected = [
        ("revalidation.failing", 12),
        ("revalidation.failing", 24),
        ("revalidation.failing", 36),
        ("emergency.begun", 48),
        ("emergency.ended", 216),
    ];
    let mut expected: Vec<_> =
        expected.map(|(code, hours)| (code.to_owned(), due.plus_seconds(hours * 3_600))).into();
    expected.push(("services.stopped".to_owned(), stops));
    assert_eq!(desk.told().await, expected, "each once, at its time");

    // ICE-21, ICE-22: settings stay as they are; no activation, no refresh; what is given back is taken (D-39).
    let tenants = desk.app.tenants.all(&desk.app.store).await.unwrap();
    let (site, clock) = (tenants[0].clone(), desk.app.clock.now());
    let settings =
        desk.app.store.read(move |tx: &mut dyn Tx| may_change_settings(tx, &site, &id("license-1"), clock));
    assert_eq!(settings.await.unwrap().unwrap_err().code, "pool.emergency");
    let master = desk.master().await;
    let source = serde_json::json!({"url": "http://127.0.0.1:9/seats"});
    let refused = desk.ask(&master, "PUT", "licenses/license-1/seats/source", Some(source)).await;
    assert_eq!(refused.refused(), (409, "pool.emergency".to_owned()), "{}", refused.text());
    let request = desk.device("WS-18").request(&key, clock);
    assert_eq!(desk.post(request.clone()).await.problem().code, "license.stopped");
    let returned = desk.post(device.deactivation(0, clock)).await;
    assert_eq!(returned.outcome().outcome, "returned");

    // Started by hand, they stop again at the next midnight.
    let started = desk.pool(|keeper| keeper.start(&id("license-1")).map(|_| ())).await;
    assert_eq!(started, Ok(()));
    assert_eq!(desk.post(request).await.outcome().outcome, "activated");
    assert_eq!(
        desk.pool(|keeper| keeper.start(&id("license-1")).map(|_| ())).await.unwrap_err(),
        "pool.not_allowed"
    );
    let midnight = at("2027-01-01T23:00:00Z");
    desk.runs_by_itself(midnight).await;
    assert_eq!(desk.status(&key).await.1, "stopped");
    assert_eq!(desk.told().await.last(), Some(&("services.stopped".to_owned(), midnight)));

    // ICE-23: a file brought by hand ends it; an old one does not.
    assert_eq!(desk.load(&granted).await.unwrap(), [("kept".to_owned(), "active")]);
    assert_eq!(desk.status(&key).await.1, "stopped", "that file was used before");
    let fresh = desk.file(&authority, 2, vec![grant(&key, Verdict::Granted)]).await;
    assert_eq!(desk.load(&fresh).await.unwrap(), [("kept".to_owned(), "active")]);
    assert_eq!(desk.status(&key).await.1, "ok");
    assert_eq!(desk.told().await.last().unwrap().0, "revalidation.ok");
    let request = desk.device("WS-19").request(&key, midnight);
    assert_eq!(desk.post(request).await.outcome().outcome, "activated");
    // Next due: thirty days after the new file's issue.
    desk.runs_by_itself(midnight.plus_days(30).plus_seconds(-1)).await;
    assert_eq!(desk.status(&key).await.1, "ok");
    desk.runs_by_itself(midnight.plus_days(30)).await;
    assert_eq!(desk.status(&key).await.1, "failing");

    // ICE-23: the order id asks at once.
    let before = desk.events().await.iter().filter(|(event, _)| event == "pool.unreachable").count();
    let ids = desk.pool(|keeper| keeper.by_order(" po-77 ")).await;
    assert_eq!(ids, Err("resource.unknown".to_owned()), "as it is written");
    assert_eq!(desk.pool(|keeper| keeper.by_order(" PO-77 ")).await, Ok(vec![id("license-1")]));
    desk.runs_by_itself(midnight.plus_days(30)).await;
    let after = desk.events().await.iter().filter(|(event, _)| event == "pool.unreachable").count();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn alt_04_13_14_19_what_the_authority_refuses_is_blocked_until_it_is_checked_again() {
    let desk = Desk::new().await;
    let authority = desk.as_site().await;
    let key = random::license_key();
    let bare = desk.file(&authority, 0, vec![grant(&key, Verdict::Granted)]).await;
    assert_eq!(desk.load(&bare).await.unwrap(), [("new".to_owned(), "activating")]);
    desk.runs_by_itself(now()).await;
    assert_eq!(desk.status(&key).await.0, PoolStatus::FailedVerification);
    // ALT-05, ICE-18: tried again by itself, an hour later.
    desk.runs_by_itself(now().plus_seconds(3_599)).await;
    desk.runs_by_itself(now().plus_seconds(3_600)).await;
    let asked = desk.events().await.iter().filter(|(event, _)| event == "pool.unreachable").count();
    assert_eq!(asked, 2);
    assert!(desk.told().await.is_empty(), "ALT-04: never blocked");

    let refused = Verdict::Refused { reason: id("over_use"), since: None };
    let file = desk.file(&authority, 1, vec![grant(&key, refused)]).await;
    assert_eq!(desk.load(&file).await.unwrap(), [("kept".to_owned(), "blocked")]);
    let act =
        |action| desk.pool(move |keeper| keeper.act(&id("license-1"), action).map(|it| it.license.status));
    assert_eq!(act(EventKind::Activate).await, Err("pool.not_allowed".to_owned()));
    assert_eq!(act(EventKind::Recheck).await, Ok(PoolStatus::Activating));
    let file = desk.file(&authority, 2, vec![grant(&key, Verdict::Granted)]).await;
    assert_eq!(desk.load(&file).await.unwrap(), [("kept".to_owned(), "active")]);

    // A site cannot grant itself anything.
    let (_, own) = desk.keys.issuing(&desk.vendor.id).remove(0).unwrap();
    let own = desk.file(&own, 3, vec![grant(&key, Verdict::Granted)]).await;
    assert_eq!(desk.load(&own).await, Err("pool.not_authority".to_owned()));

    // In use, and another site has it now: what runs here is not ours any more.
    let held = Verdict::Held { site: "Plant 2".to_owned(), since: now() };
    let file = desk.file(&authority, 3, vec![grant(&key, held)]).await;
    assert_eq!(desk.load(&file).await.unwrap(), [("kept".to_owned(), "blocked")]);
    let told: Vec<_> = desk.told().await.into_iter().map(|(code, _)| code).collect();
    assert_eq!(told, ["license.blocked", "license.blocked"], "one for each entry");
}

#[tokio::test]
async fn lmx_07_12_13_a_site_gets_the_upgrades_that_work_there_each_once_and_loses_those_that_are_withdrawn()
{
    let desk = Desk::new().await;
    let authority = desk.as_site().await;
    let key = random::license_key();
    let (_, own) = desk.keys.issuing(&desk.vendor.id).remove(0).unwrap();
    let upgrade = |name: &str, add, hosts| GrantUpgrade { id: id(name), add, start: None, end: None, hosts };
    let with = |upgrades: Vec<GrantUpgrade>| {
        let model = Model::Concurrent(10);
        vec![Grant { model, upgrades, ..grant(&key, Verdict::Granted) }]
    };
    let count = async || {
        let work = |tx: &mut dyn Tx| {
            let license = tx.license(ACME, &id("license-1"))?.unwrap();
            let upgrades = tx.upgrades_of(ACME, &license.id)?;
            Ok::<_, StoreError>(upgrades.count_at(&license, now()))
        };
        desk.app.store.read(work).await.unwrap()
    };
    let elsewhere = random::secret_key().public().id();
    let all = vec![
        upgrade("u-1", 5, vec![]),
        upgrade("u-2", 3, vec![own.public().id()]),
        upgrade("u-3", 100, vec![elsewhere]),
    ];
    let file = desk.file(&authority, 1, with(all.clone())).await;
    desk.load(&file).await.unwrap();
    assert_eq!(count().await, 18);
    let file = desk.file(&authority, 2, with(all)).await;
    desk.load(&file).await.unwrap();
    assert_eq!(count().await, 18, "the same ones once more count once");
    let file = desk.file(&authority, 3, with(vec![upgrade("u-1", 5, vec![])])).await;
    desk.load(&file).await.unwrap();
    assert_eq!(count().await, 15);
}

#[tokio::test]
async fn alt_07_08_12_17_20_a_renewal_takes_over_at_its_midnight_and_nothing_is_interrupted() {
    let desk = Desk::new().await;
    let (old, new) = (desk.license(2).await, desk.license(2).await);
    let old_id = desk.app.store.read({
        let old = old.clone();
        move |tx| Ok::<_, StoreError>(tx.license_by_key(ACME, &old)?.unwrap().id)
    });
    let old_id = old_id.await.unwrap();
    let replaced = old_id.clone();
    desk.change_license(&new, move |license| {
        license.start = "2027-01-01".parse().ok();
        license.end = "2027-12-31".parse().ok();
        license.replaces = Some(replaced.clone());
    })
    .await;
    desk.change_license(&old, |license| license.end = "2027-01-15".parse().ok()).await;
    for key in [old.clone(), new.clone()] {
        desk.pool(move |keeper| {
            let license = keeper.tx.license_by_key(ACME, &key)?.unwrap();
            keeper.written(&license.id)
        })
        .await
        .unwrap();
    }
    assert_eq!(desk.status(&new).await.0, PoolStatus::Pending);
    // ALT-17: assigned ahead, with its start.
    let ahead = desk.post(desk.device("WS-1").request(&new, now())).await;
    assert_eq!(ahead.outcome().license_status.as_deref(), Some("pending"));

    let midnight = at("2026-12-31T23:00:00Z");
    desk.runs_by_itself(midnight.plus_seconds(-1)).await;
    assert_eq!(desk.status(&old).await.0, PoolStatus::Active);
    assert_eq!(desk.status(&new).await.0, PoolStatus::Pending);
    assert!(desk.told().await.is_empty());
    desk.runs_by_itself(midnight).await;
    assert_eq!(desk.status(&new).await.0, PoolStatus::Active);
    assert_eq!(desk.status(&old).await.0, PoolStatus::Inactive);
    assert_eq!(desk.told().await, [("license.inactive".to_owned(), midnight)]);

    // A portal that was off for two years writes it all down, at its time and once.
    let late = at("2029-06-01T12:00:00Z");
    desk.runs_by_itself(late).await;
    desk.runs_by_itself(late).await;
    assert_eq!(desk.status(&old).await.0, PoolStatus::Blocked);
    assert_eq!(desk.status(&new).await.0, PoolStatus::Blocked);
    let ends = ["2027-01-15T23:00:00Z", "2027-12-31T23:00:00Z"].map(at);
    let told = desk.told().await;
    assert_eq!(told[1..], ends.map(|at| ("license.blocked".to_owned(), at)));
    // ALT-24, ALT-14: back in use only by a new verification, which finds it ended still.
    let act = |action| {
        let old = old_id.clone();
        desk.pool(move |keeper| keeper.act(&old, action).map(|it| it.license.status))
    };
    assert_eq!(act(EventKind::Activate).await, Err("pool.not_allowed".to_owned()));
    assert_eq!(act(EventKind::Recheck).await, Ok(PoolStatus::Blocked));
    assert_eq!(act(EventKind::Delete).await, Ok(PoolStatus::Blocked));
    assert_eq!(act(EventKind::Recheck).await, Err("resource.unknown".to_owned()));
}
