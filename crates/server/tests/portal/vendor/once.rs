//! Idempotency keys: one effect, one answer.

use std::sync::Arc;

use handcarry_format::Vendor;
use handcarry_server::random;
use handcarry_server::service::vendor::once;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_store::{StoreError, TenantId};
use serde_json::json;

use crate::desk::{Desk, now};
use crate::device::id;

#[tokio::test]
async fn the_same_key_and_request_get_the_same_answer_byte_for_byte() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let new = || Some(json!({"id": "sim", "name": "Sim"}));
    let first = desk.ask_once(&master, "POST", "products", new(), Some("k1")).await;
    assert_eq!((first.status.as_u16(), first.header("idempotent-replayed")), (201, ""));
    let entries = desk.events().await.len();
    desk.clock.set(now().plus_days(1));
    let again = desk.ask_once(&master, "POST", "/t/acme/api/v1/vendor/products", new(), Some("k1")).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.body, first.body);
    assert_eq!(
        (again.header("location"), again.header("etag")),
        (first.header("location"), first.header("etag"))
    );
    assert_eq!(desk.events().await.len(), entries, "nothing was done again");

    // Another body, another address, another method under the same key.
    let other =
        desk.ask_once(&master, "POST", "products", Some(json!({"id": "sim", "name": "Other"})), Some("k1"));
    assert_eq!(other.await.refused(), (409, "idempotency.reused".to_owned()));
    let other = desk.ask_once(&master, "DELETE", "tokens/x", None, Some("k1")).await;
    assert_eq!(other.refused(), (409, "idempotency.reused".to_owned()));
    // Without a key it is a request of its own, and so it is with another token's key.
    assert_eq!(desk.ask("", "POST", "products", new()).await.status, 401);
    assert_eq!(
        desk.ask(&master, "POST", "products", new()).await.refused(),
        (409, "resource.exists".to_owned())
    );
    let second = desk.master().await;
    let got = desk.ask_once(&second, "POST", "products", new(), Some("k1")).await;
    assert_eq!(got.refused(), (409, "resource.exists".to_owned()));
}

#[tokio::test]
async fn a_refusal_is_not_kept() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let change = || Some(json!({"revision": 1, "name": "CAD Max"}));
    let refused = desk.ask_once(&master, "PATCH", "products/sim", change(), Some("k")).await;
    assert_eq!(refused.refused(), (404, "resource.unknown".to_owned()));
    desk.ask(&master, "POST", "products", Some(json!({"id": "sim", "name": "Sim"}))).await;
    let done = desk.ask_once(&master, "PATCH", "products/sim", change(), Some("k")).await;
    assert_eq!((done.status.as_u16(), done.header("etag")), (200, "\"2\""));
    let again = desk.ask_once(&master, "PATCH", "products/sim", change(), Some("k")).await;
    assert_eq!((again.status.as_u16(), again.body), (200, done.body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_with_one_key_have_one_effect_and_one_answer() {
    let desk = Arc::new(Desk::new().await);
    let master = desk.master().await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let (desk, master) = (desk.clone(), master.clone());
            let new = Some(json!({"name": "ci", "scopes": ["products:read"]}));
            tokio::spawn(async move { desk.ask_once(&master, "POST", "tokens", new, Some("one")).await })
        })
        .collect();
    let mut bodies = Vec::new();
    for task in tasks {
        let got = task.await.unwrap();
        assert_eq!(got.status, 201);
        bodies.push(got.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    let made = desk
        .events()
        .await
        .iter()
        .filter(|(event, data)| event == "token.created" && data["name"] == "ci")
        .count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn an_answer_with_a_secret_is_kept_so_that_only_its_caller_can_read_it() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let new = || Some(json!({"name": "ci", "scopes": ["products:read"]}));
    let first = desk.ask_once(&master, "POST", "tokens", new(), Some("k")).await;
    let secret = first.json()["secret"].as_str().unwrap().to_owned();
    let again = desk.ask_once(&master, "POST", "tokens", new(), Some("k")).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body));
    let kept = desk.app.store.read(|tx| {
        let mut kept = Vec::new();
        for token in tx.tokens(TenantId(1), &handcarry_store::Page { after: None, limit: 10 })? {
            kept.extend(tx.kept_answer(TenantId(1), &token.id, "k")?);
        }
        Ok::<_, StoreError>(kept)
    });
    let kept = kept.await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(!String::from_utf8_lossy(&kept[0].body).contains(&secret));
    assert!(desk.events().await.iter().all(|(_, data)| !data.to_string().contains(&secret)));
}

#[tokio::test]
async fn answers_are_forgotten_after_two_days_and_not_before() {
    let desk = Desk::new().await;
    let other = Vendor { id: id("globex"), name: "Globex Tools".into() };
    desk.tenant(2, &other, &random::secret_key(), None).await;
    let master = desk.master().await;
    let foreign = desk.token_of(2, &Scope::ALL).await;
    let new = || Some(json!({"id": "sim", "name": "Sim"}));
    desk.ask_once(&master, "POST", "/t/acme/api/v1/vendor/products", new(), Some("k")).await;
    desk.ask_once(&foreign, "POST", "/t/globex/api/v1/vendor/products", new(), Some("k")).await;
    let forget =
        |seconds| desk.app.store.write(move |tx| once::forget(tx, TenantId(1), now().plus_seconds(seconds)));
    let again = || desk.ask_once(&master, "POST", "/t/acme/api/v1/vendor/products", new(), Some("k"));
    assert_eq!(forget(once::KEPT).await, Ok::<bool, StoreError>(true));
    assert_eq!(again().await.header("idempotent-replayed"), "true");
    assert_eq!(forget(once::KEPT + 1).await, Ok::<bool, StoreError>(true));
    assert_eq!(again().await.refused(), (409, "resource.exists".to_owned()));
    let kept = desk.ask_once(&foreign, "POST", "/t/globex/api/v1/vendor/products", new(), Some("k")).await;
    assert_eq!(kept.header("idempotent-replayed"), "true", "another tenant's are its own");
}

#[tokio::test]
async fn answers_are_forgotten_at_midnight_by_the_scheduler() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let new = || Some(json!({"id": "sim", "name": "Sim"}));
    desk.ask_once(&master, "POST", "products", new(), Some("k")).await;
    let kept = || desk.ask_once(&master, "POST", "products", new(), Some("k"));
    // Berlin's midnights: at the second one the answer is 33 hours old, at the third 57.
    for (instant, status) in [("2026-11-22T23:30:00Z", 201), ("2026-11-23T23:30:00Z", 409)] {
        let now = crate::desk::at(instant);
        desk.clock.set(now);
        handcarry_server::schedule::pass(&desk.app, handcarry_server::schedule::JOBS, now).await.unwrap();
        assert_eq!(kept().await.status, status, "{instant}");
    }
}
