//! What happens without anybody asking.

use handcarry_server::notice;
use handcarry_server::notice::address::Addressing;
use handcarry_server::notice::deliver::Delivering;
use handcarry_server::schedule::{Errand as _, JOBS, pass};
use handcarry_store::{Channel, DeliveryFilter, DeliveryState, Page, StoreError, Webhook};
use rstest::rstest;

use crate::desk::{at, now};
use crate::device::id;
use crate::receiver::{Receiver, status};
use crate::steps::Steps;
use crate::world::{ACME, Engine, Tried, World};

const ALL: Page = Page { after: None, limit: 10_000 };

/// Time goes on between two tries: what failed pauses for a while, and what was claimed is claimed for a while.
const PAUSE: i64 = 400;

impl World {
    fn later(&self, seconds: i64) {
        self.desk.clock.set(self.desk.app.clock.now().plus_seconds(seconds));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alt_08_ice_14_a_midnight_is_done_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let day = std::cell::Cell::new(0);
    // How often a job was tried is noted, and when; that answers of old are forgotten is no effect of this day.
    let steps = Steps { world: &world, what: "midnight", one_unit: false, tries: &["schedule"], stride: 3 };
    steps
        .all(
            async || {
                // A license that ends on this day is blocked at its midnight, which somebody is told.
                let key = world.desk.license(1).await;
                let today = now().plus_days(day.get());
                let end = today.to_string()[..10].parse().unwrap();
                world.desk.change_license(&key, move |license| license.end = Some(end)).await;
                day.set(day.get() + 1);
                let id = world.license_id(&key).await;
                let done = handcarry_format::Id::new(&id).unwrap();
                let tenants = world.desk.app.tenants.all(&world.desk.app.store).await.unwrap();
                let (site, now) = (tenants[0].clone(), today);
                let made = world.desk.app.store.write(move |tx| {
                    handcarry_server::service::pool::Keeper { tx, site: &site, now, by: "test" }
                        .written(&done)
                });
                made.await.unwrap_or_else(|failure| panic!("{failure:?}"));
                world.desk.clock.set(today.plus_days(1));
            },
            async |()| {
                world.later(PAUSE);
                let now = world.desk.app.clock.now();
                loop {
                    match pass(&world.desk.app, JOBS, now).await {
                        Ok(passed) if passed.failures > 0 => {
                            return Tried { done: false, said: String::new() };
                        }
                        Ok(passed) if passed.more => {}
                        done => return Tried { done: done.is_ok(), said: String::new() },
                    }
                }
            },
        )
        .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alt_19_a_message_is_delivered_with_one_id_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let receiver = Receiver::start(|_| status("200 OK"));
    let secret = notice::webhook::new_secret();
    let hook = Webhook { id: id("w-1"), url: receiver.url(), secret, codes: None, created_at: now() };
    let added = world.desk.app.store.write(move |tx| tx.insert_webhook(ACME, &hook)).await;
    added.unwrap_or_else(|error: StoreError| panic!("{error}"));
    // The row of a delivery says how often it was tried, and when.
    let steps = Steps { world: &world, what: "delivery", one_unit: false, tries: &["delivery"], stride: 1 };
    let key = world.desk.license(1).await;
    let license = world.sees(move |tx| tx.license_by_key(ACME, &key)).await.unwrap();
    let customer = handcarry_format::Customer { name: "Initech".to_owned(), order: Some("4711".to_owned()) };
    let license = handcarry_rules::Entitlement {
        customer: Some(customer),
        maintenance_end: "2027-01-15".parse().ok(),
        ..license
    };
    let days = std::cell::Cell::new(0);
    let made = steps
        .all(
            async || {
                days.set(days.get() + 1);
                world.later(PAUSE);
                let message = notice::renewal_due(&license, days.get(), world.desk.app.clock.now());
                let id = message.id.clone();
                (message, id)
            },
            async |(message, id)| {
                world.later(PAUSE);
                let (app, message, id) = (world.desk.app.clone(), message.clone(), id.clone());
                let done = tokio::task::spawn_blocking(move || {
                    let posted = message.clone();
                    app.store
                        .write_blocking(move |tx| match tx.message(ACME, &posted.id)? {
                            Some(_) => Ok(()),
                            None => tx.post_message(ACME, &posted).map(drop),
                        })
                        .map_err(|error: StoreError| error.to_string())?;
                    while Addressing.round(&app).map_err(|error| error.to_string())? > 0 {}
                    while Delivering(Channel::Webhook).round(&app).map_err(|error| error.to_string())? > 0 {}
                    let all = app
                        .store
                        .read_blocking(move |tx| tx.deliveries(ACME, &DeliveryFilter::default(), &ALL));
                    let all = all.map_err(|error: StoreError| error.to_string())?;
                    let of_it: Vec<_> = all.iter().filter(|it| it.message == id).collect();
                    assert!(of_it.len() <= 1);
                    match of_it.first() {
                        Some(it) if it.state == DeliveryState::Done => Ok(()),
                        _ => Err("not yet".to_owned()),
                    }
                });
                let done: Result<(), String> = done.await.unwrap();
                Tried { done: done.is_ok(), said: String::new() }
            },
        )
        .await;
    let mut ids: Vec<_> = receiver.requests().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    assert!(ids.len() as i64 >= made);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len() as i64, made, "what is sent again has the id of before");
    assert!(at("2026-11-21T14:00:00Z") < world.desk.app.clock.now());
}
