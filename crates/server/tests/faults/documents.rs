//! What customers carry.

use futures_util::future::join_all;
use handcarry_rules::pool::Hold;
use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::now;
use crate::steps::Steps;
use crate::world::{ACME, Ask, Engine, Tried, World};

const SEATS: u32 = 1_000_000;

fn one_unit<'a>(world: &'a World, what: &'a str) -> Steps<'a> {
    Steps { world, what, one_unit: true, tries: &[], stride: 1 }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_12_an_activation_is_whole_or_not_there_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let key = world.desk.license(SEATS).await;
    let steps = one_unit(&world, "activation");
    let made = steps
        .all(
            async || Ask::file(world.desk.device("WS-17").request(&key, now())),
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
    assert_eq!(world.taken().await, made);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_14_a_return_is_whole_or_not_there_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let steps = one_unit(&world, "return");
    let made = steps
        .all(
            async || {
                let key = world.desk.license(1).await;
                Ask::file(world.desk.activated("WS-17", &key).await.deactivation(3, now()))
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
    assert_eq!(world.taken().await, 0);
    assert_eq!(world.used().await, 3 * made, "totals are the sum of what was reported");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lsp_12_a_usage_report_is_booked_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let key = world.desk.license(SEATS).await;
    let steps = one_unit(&world, "usage report");
    let made = steps
        .all(
            async || Ask::file(world.desk.activated("WS-17", &key).await.report(7, now())),
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
    assert_eq!(world.used().await, 7 * made, "totals are the sum of what was reported");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_15_a_refresh_is_issued_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let steps = one_unit(&world, "refresh");
    steps
        .all(
            async || {
                let key = world.desk.license(1).await;
                let mut device = world.desk.device("WS-17");
                let outcome = world.desk.post(device.request(&key, now())).await.outcome();
                device.load(&outcome);
                // A newer one is due for what was issued.
                world.desk.change_license(&key, |license| license.match_rate = 70).await;
                Ask::file(outcome.license.unwrap().text)
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hex_late_proof_is_whole_or_not_there_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let key = world.desk.license(SEATS).await;
    let steps = one_unit(&world, "late proof");
    let made = steps
        .all(
            async || {
                let mut device = world.desk.activated("WS-17", &key).await;
                let path = format!("activations/{}/rehost", device.activation.as_ref().unwrap());
                let reason = json!({"reason": "out_of_reach"});
                assert!(world.send(&Ask::change(&world, "POST", &path, &reason)).await.done);
                // A sign of life of what staff have taken back opens a case, which its proof closes.
                let orphan = world.desk.post(device.report(2, now())).await;
                assert_eq!(orphan.problem().code, "activation.retired");
                Ask::file(device.deactivation(1, now()))
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
    assert_eq!(world.taken().await, 0);
    assert_eq!(world.used().await, 3 * made);
}

/// The outcomes of a batch's rows; none if a row failed.
fn rows(tried: Tried) -> Tried {
    if !tried.done {
        return tried;
    }
    let answer: Value = serde_json::from_str(&tried.said).unwrap();
    let rows = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let failed = rows.iter().filter(|row| row.get("outcome").is_none());
    let codes: Vec<_> =
        failed.map(|row| (row["status"].as_u64().unwrap(), row["problem"]["code"].clone())).collect();
    assert!(codes.iter().all(|(status, _)| *status >= 500), "{codes:?}");
    let outcomes: Vec<_> = rows.iter().map(|row| row["outcome"].to_string()).collect();
    Tried { done: codes.is_empty(), said: outcomes.concat() }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_32_each_row_of_a_batch_is_whole_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let key = world.desk.license(SEATS).await;
    let steps = Steps { world: &world, what: "batch", one_unit: false, tries: &[], stride: 1 };
    let made = steps
        .all(
            async || {
                let reports = world.desk.activated("WS-17", &key).await.report(2, now());
                let one_seat = world.desk.license(1).await;
                let returns = world.desk.activated("WS-18", &one_seat).await.deactivation(3, now());
                Ask::batch(&[reports, world.desk.device("WS-19").request(&key, now()), returns])
            },
            async |ask: &Ask| rows(world.send(ask).await),
        )
        .await;
    assert_eq!(world.used().await, 5 * made);
    assert_eq!(world.taken().await, 2 * made);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d_14_of_many_at_once_each_is_done_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let key = world.desk.license(SEATS).await;
    let steps = Steps { world: &world, what: "many at once", one_unit: false, tries: &[], stride: 7 };
    let made = steps
        .all(
            async || {
                let mut asks = Vec::new();
                for _ in 0..2 {
                    asks.push(Ask::file(world.desk.activated("WS-17", &key).await.report(2, now())));
                    asks.push(Ask::file(world.desk.device("WS-18").request(&key, now())));
                }
                asks
            },
            async |asks: &Vec<Ask>| {
                // Each twice.
                let tried = join_all(asks.iter().chain(asks).map(|ask| world.send(ask))).await;
                let (one, other) = tried.split_at(asks.len());
                for (one, other) in one.iter().zip(other).filter(|(one, other)| one.done && other.done) {
                    assert_eq!(one.said, other.said);
                }
                let said = one.iter().zip(other).map(|(one, other)| if one.done { one } else { other });
                let said = said.map(|it| it.said.as_str()).collect::<String>();
                Tried { done: tried.iter().all(|it| it.done), said }
            },
        )
        .await;
    assert_eq!(world.used().await, 4 * made);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgresql(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alt_09_a_sites_question_is_answered_once_whatever_step_fails(#[case] engine: Engine) {
    let Some(world) = World::open(engine).await else { return };
    let site = world.site().await;
    let steps = one_unit(&world, "pool question");
    let made = steps
        .all(
            async || {
                let key = world.desk.license(1).await;
                Ask::file(world.question(&site, &world.license_id(&key).await).await)
            },
            async |ask: &Ask| world.send(ask).await,
        )
        .await;
    let held = world.sees(|tx| {
        let mut held = 0;
        for license in tx.licenses(ACME, &handcarry_store::Page { after: None, limit: 1_000 })? {
            held +=
                i64::from(tx.pooled(ACME, &license.id)?.and_then(|it| it.hold).is_some_and(|_: Hold| true));
        }
        Ok(held)
    });
    assert_eq!(held.await, made);
}
