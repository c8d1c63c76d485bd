//! What the vendor's own systems change, each by a key of their choice.

use handcarry_format::fixtures::least_grant;
use handcarry_format::{
    Ask as PoolQuestion, Digest, Grant, Id, LicenseKey, Model, PoolAsk, PoolFile, PoolRequest, SecretKey,
    Site, SiteStatus, seal,
};
use handcarry_server::random;
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{keyring, now};
use crate::steps::Steps;
use crate::world::{Ask, Engine, World};

async fn change(world: &World, what: &str, prepare: impl AsyncFn() -> (&'static str, String, Value)) {
    let steps = Steps { world, what, one_unit: true, tries: &[], stride: 1 };
    steps
        .all(
            async || {
                let (method, path, body) = prepare().await;
                Ask::change(world, method, &path, &body)
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hex_06_a_return_by_staff_is_whole_or_not_there_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    change(&world, "staff return", async || {
        let key = world.desk.license(1).await;
        // Of what is node-locked only so many a year are taken back by one person alone.
        world.desk.change_license(&key, |license| license.model = Model::Concurrent(5)).await;
        let device = world.desk.activated("WS-17", &key).await;
        let path = format!("activations/{}/retire", device.activation.unwrap());
        ("POST", path, json!({"reason": "out_of_reach"}))
    })
    .await;
    assert_eq!(world.taken().await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ice_02_a_license_is_sold_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    change(&world, "new license", async || {
        let body = json!({"product": "cad", "customer": {"name": "Zeta", "order": "PO-1"}});
        ("POST", "licenses".to_owned(), body)
    })
    .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ice_01_a_customer_is_made_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    change(&world, "new customer", async || {
        ("POST", "customers".to_owned(), json!({"name": random::id().to_string()}))
    })
    .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alt_02_a_pool_file_is_taken_in_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let authority = world.authority().await;
    let number = std::cell::Cell::new(0);
    let steps = Steps { world: &world, what: "pool file", one_unit: true, tries: &[], stride: 1 };
    steps
        .all(
            async || {
                number.set(number.get() + 1);
                Ask::pool_file(&world, &world.pool_file(&authority, number.get()).await)
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
}

impl World {
    /// A site's key, which the keyring lists.
    pub(crate) async fn site(&self) -> SecretKey {
        let site = random::secret_key();
        self.with_key(&site, |_| {}).await;
        site
    }

    /// Makes this portal a site's; gives its authority's key.
    async fn authority(&self) -> SecretKey {
        let authority = random::secret_key();
        let nobody = |tenant: &mut handcarry_store::Tenant| {
            tenant.rules.authority = Some("http://127.0.0.1:9/".to_owned());
            tenant.rules.site = Some("Plant 1".to_owned());
        };
        self.with_key(&authority, nobody).await;
        authority
    }

    async fn with_key(&self, other: &SecretKey, change: fn(&mut handcarry_store::Tenant)) {
        let (_, own) = self.desk.keys.issuing(&self.desk.vendor.id).remove(0).unwrap();
        let ring = keyring(&self.desk.vendor, &self.desk.root, 2, &[(other, None), (&own, None)]);
        let with = move |tenant: &mut handcarry_store::Tenant| {
            tenant.keyring = Some(ring.clone());
            change(tenant);
        };
        self.desk.change_tenant(with).await;
    }

    /// A site asks for a license.
    pub(crate) async fn question(&self, site: &SecretKey, license: &str) -> String {
        let tenants = self.desk.app.tenants.all(&self.desk.app.store).await.unwrap();
        let question = PoolRequest {
            id: random::id(),
            vendor: self.desk.vendor.clone(),
            site: Site { name: "Plant 1".to_owned(), portal: "http://plant-1.example/".to_owned() },
            licenses: vec![PoolAsk {
                license_id: Id::new(license).unwrap(),
                ask: PoolQuestion::Hold,
                status: SiteStatus::Activating,
                revision: 0,
                seats_used: 0,
            }],
            applied: None,
            created_at: now(),
            keyring: tenants[0].trust.keyring().unwrap().envelope().clone(),
        };
        seal(&question, site, None).unwrap().text
    }

    /// The authority's answer for one more license.
    async fn pool_file(&self, authority: &SecretKey, number: u32) -> String {
        let (_, own) = self.desk.keys.issuing(&self.desk.vendor.id).remove(0).unwrap();
        let tenants = self.desk.app.tenants.all(&self.desk.app.store).await.unwrap();
        let file = PoolFile {
            id: random::id(),
            vendor: self.desk.vendor.clone(),
            number,
            answers: Some(Digest::of(b"some question")),
            site: Some(own.public().id()),
            licenses: vec![grant(number)],
            unknown: Vec::new(),
            issued_at: now(),
            keyring: tenants[0].trust.keyring().unwrap().envelope().clone(),
        };
        seal(&file, authority, None).unwrap().text
    }
}

fn grant(number: u32) -> Grant {
    let key: LicenseKey = random::license_key();
    let product =
        handcarry_format::Product { id: Id::new("cad").unwrap(), name: "CAD Pro".to_owned(), version: None };
    let name = format!("license-{number}");
    Grant { license_key: key, product, seats: 3, zone: "Europe/Berlin".to_owned(), ..least_grant(&name) }
}
