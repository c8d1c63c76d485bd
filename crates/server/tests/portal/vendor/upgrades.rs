//! Upgrades by the vendor API, and what devices see of them.

use handcarry_format::{LicenseKey, Limits, Model, open};
use handcarry_server::schedule;
use serde_json::{Value, json};

use crate::desk::{Desk, at};

/// The base of the vector of rules: f1, COUNT=10, END=2030-12-31; in Berlin.
async fn base(desk: &Desk, token: &str, pooling: &str) -> (String, LicenseKey) {
    let body = json!({
        "product": "cad", "pooling": pooling, "end": "2030-12-31", "seats": 3,
        "features": [{"id": "f1", "name": "F1"}], "model": {"kind": "concurrent", "seats": 10},
    });
    let features = json!([{"id": "f1", "name": "F1"}]);
    desk.ask(token, "PATCH", "products/cad", Some(json!({"revision": 1, "features": features}))).await;
    let got = desk.ask(token, "POST", "licenses", Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    let made = got.json();
    (made["id"].as_str().unwrap().to_owned(), LicenseKey::parse(made["key"].as_str().unwrap()).unwrap())
}

fn upgrade(id: &str, count: i64, start: Option<&str>, end: Option<&str>) -> Value {
    json!({"id": id, "feature": "f1", "count": count, "start": start, "end": end})
}

#[tokio::test]
async fn lmx_07_12_upgrades_are_added_counted_by_date_and_withdrawn() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, _) = base(&desk, &master, "exclusive").await;
    let path = format!("licenses/{id}/upgrades");
    let u1 = upgrade("u1", 5, Some("2029-01-01"), Some("2029-06-30"));
    let got = desk.ask(&master, "POST", &path, Some(u1.clone())).await;
    assert_eq!(got.status, 201, "{}", got.text());
    assert_eq!(got.header("location"), "https://offline.acme.example/api/v1/vendor/upgrades/u1");
    let shown = desk.ask(&master, "GET", "upgrades/u1", None).await.json();
    assert_eq!((&shown, &shown["license"]), (&got.json(), &json!(id)));
    let u2 = upgrade("u2", 3, None, Some("2030-12-31"));
    assert_eq!(desk.ask(&master, "POST", &path, Some(u2)).await.status, 201);
    let again = desk.ask(&master, "POST", &path, Some(u1)).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, got.json()), "U1 again");
    let altered = upgrade("u1", 6, Some("2029-01-01"), Some("2029-06-30"));
    let got = desk.ask(&master, "POST", &path, Some(altered)).await;
    assert_eq!(got.refused(), (409, "upgrade.altered".to_owned()));

    for (when, count) in [
        ("2028-12-31T22:59:59Z", 13),
        ("2028-12-31T23:00:00Z", 18),
        ("2029-06-30T21:59:59Z", 18),
        ("2029-06-30T22:00:00Z", 13),
    ] {
        let got = desk.ask(&master, "GET", &format!("licenses/{id}/count?at={when}"), None).await.json();
        assert_eq!(got, json!({"at": when, "base": 10, "added": count - 10, "count": count}));
    }
    let now = desk.ask(&master, "GET", &format!("licenses/{id}/count"), None).await.json();
    assert_eq!(now["count"], 13);

    assert_eq!(desk.ask(&master, "DELETE", "upgrades/u2", None).await.status, 204);
    assert_eq!(desk.ask(&master, "DELETE", "upgrades/u2", None).await.status, 204, "done is done");
    let now = desk.ask(&master, "GET", &format!("licenses/{id}/count"), None).await.json();
    assert_eq!(now["count"], 10);
    let u2 = upgrade("u2", 3, None, Some("2030-12-31"));
    assert_eq!(
        desk.ask(&master, "POST", &path, Some(u2)).await.refused().1,
        "upgrade.altered",
        "it was withdrawn"
    );
    let list = desk.ask(&master, "GET", &path, None).await.json();
    let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["u1", "u2"]);
    assert!(list["items"][1]["withdrawn_at"].is_string());

    let events: Vec<String> = desk.events().await.into_iter().map(|(event, _)| event).collect();
    let ours: Vec<&str> = events.iter().map(String::as_str).filter(|it| it.starts_with("upgrade.")).collect();
    assert_eq!(ours, ["upgrade.added", "upgrade.added", "upgrade.withdrawn"]);
}

#[tokio::test]
async fn lmx_02_05_08_09_10_what_the_rules_refuse_is_refused_with_its_code() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, _) = base(&desk, &master, "exclusive").await;
    let with = |member: &str, value: Value| {
        let mut body = upgrade("u", 5, Some("2029-01-01"), Some("2029-06-30"));
        body[member] = value;
        body
    };
    for (body, status, code) in [
        (with("end", json!("2031-01-01")), 422, "upgrade.outside"),
        (with("end", Value::Null), 422, "upgrade.perpetual"),
        (with("count", json!(2_147_483_640)), 409, "upgrade.sum"),
        (with("count", json!(0)), 422, "upgrade.count"),
        (with("count", json!(2_147_483_648_i64)), 422, "upgrade.count"),
        (with("count", json!("UNLIMITED")), 422, "request.field"),
        (with("share", json!("HOST")), 422, "upgrade.share"),
        (with("borrow", json!(1)), 422, "request.field"),
        (with("feature", json!("f2")), 409, "upgrade.no_exclusive"),
        (with("start", json!("2029-07-01")), 422, "upgrade.reversed"),
        (with("match_rate", json!(101)), 422, "upgrade.match_rate"),
        (with("servers", json!([["HOSTNAME=*"]])), 422, "request.field"),
        (with("servers", json!([[]])), 422, "request.field"),
    ] {
        let got = desk.ask(&master, "POST", &format!("licenses/{id}/upgrades"), Some(body.clone())).await;
        assert_eq!(got.refused(), (status, code.to_owned()), "{body}");
    }
    let list = desk.ask(&master, "GET", &format!("licenses/{id}/upgrades"), None).await.json();
    assert_eq!(list["items"], json!([]), "nothing was changed");

    let additive = json!({
        "product": "cad", "pooling": "additive", "features": [{"id": "f1", "name": "F1"}],
        "model": {"kind": "concurrent", "seats": 10},
    });
    let made = desk.ask(&master, "POST", "licenses", Some(additive)).await.json();
    let path = format!("licenses/{}/upgrades", made["id"].as_str().unwrap());
    let got = desk.ask(&master, "POST", &path, Some(upgrade("u", 1, None, None))).await;
    assert_eq!(got.refused(), (409, "upgrade.no_exclusive".to_owned()));
}

#[tokio::test]
async fn lmx_09_a_license_keeps_room_for_its_upgrades() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, _) = base(&desk, &master, "exclusive").await;
    let path = format!("licenses/{id}/upgrades");
    let end = Some("2030-12-31");
    assert_eq!(desk.ask(&master, "POST", &path, Some(upgrade("u", 3, None, end))).await.status, 201);
    let revision = desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json()["revision"].clone();
    for (member, value, code) in [
        ("end", json!("2030-12-30"), "upgrade.outside"),
        ("pooling", json!("additive"), "upgrade.no_exclusive"),
    ] {
        let mut body = json!({"revision": revision});
        body[member] = value;
        let got = desk.ask(&master, "PATCH", &format!("licenses/{id}"), Some(body)).await;
        assert_eq!(got.refused().1, code);
        assert_eq!(got.problem().facts["upgrade"], "u");
    }
}

#[tokio::test]
async fn lmx_14_16_a_devices_files_have_the_count_of_their_day_and_name_no_upgrade() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, key) = base(&desk, &master, "exclusive").await;
    let sessions = |text: &str| {
        let license =
            open::<handcarry_format::License>(text.as_bytes(), &desk.trust(), &Limits::default()).unwrap();
        match license.model {
            Model::Concurrent(sessions) => sessions,
            Model::NodeLocked => panic!("node-locked"),
        }
    };
    let request = desk.device("WS-17").request(&key, crate::desk::now());
    let first = desk.post(request).await.outcome().license.unwrap().text;
    assert_eq!(sessions(&first), 10);
    let path = format!("licenses/{id}/upgrades");
    let body = upgrade("order-4711", 5, None, Some("2026-11-30"));
    assert_eq!(desk.ask(&master, "POST", &path, Some(body)).await.status, 201);

    let newer = desk.post(first.clone()).await.outcome().license.unwrap();
    assert_eq!(sessions(&newer.text), 15);
    assert!(!newer.text.contains("4711"));
    let same = desk.post(newer.text.clone()).await.outcome();
    assert_eq!(same.license.unwrap().text, newer.text, "nothing has changed since");
    // The night after its last day, whether or not anything has run at midnight.
    desk.clock.set(at("2026-11-30T22:59:59Z"));
    assert_eq!(desk.post(newer.text.clone()).await.outcome().license.unwrap().text, newer.text);
    desk.clock.set(at("2026-11-30T23:00:00Z"));
    let last = desk.post(newer.text.clone()).await.outcome().license.unwrap();
    assert_eq!(sessions(&last.text), 10);
}

#[tokio::test]
async fn lmx_14_at_midnight_the_count_changes_once_and_the_files_of_devices_are_due() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, _) = base(&desk, &master, "exclusive").await;
    let path = format!("licenses/{id}/upgrades");
    let here = upgrade("u1", 5, Some("2026-12-01"), Some("2026-12-10"));
    assert_eq!(desk.ask(&master, "POST", &path, Some(here)).await.status, 201);
    let mut elsewhere = upgrade("u2", 7, Some("2026-12-01"), Some("2026-12-10"));
    elsewhere["servers"] = json!([["HOSTNAME=another"]]);
    assert_eq!(desk.ask(&master, "POST", &path, Some(elsewhere)).await.status, 201);
    let revision = async || {
        desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json()["revision"].as_u64().unwrap()
    };
    let before = revision().await;
    let pass = async |when: &str| {
        desk.clock.set(at(when));
        while schedule::pass(&desk.app, schedule::JOBS, at(when)).await.unwrap().more {}
    };
    pass("2026-11-30T22:59:59Z").await;
    assert_eq!(revision().await, before);
    pass("2026-11-30T23:00:00Z").await;
    pass("2026-11-30T23:00:01Z").await;
    assert_eq!(revision().await, before + 1);
    // A server that was off on the night of the end makes it up.
    pass("2026-12-24T12:00:00Z").await;
    pass("2026-12-24T12:00:01Z").await;
    assert_eq!(revision().await, before + 2);
    let events = desk.events().await;
    let ours: Vec<(&str, &Value)> = events
        .iter()
        .filter(|(event, _)| matches!(event.as_str(), "upgrade.started" | "upgrade.ended"))
        .map(|(event, data)| (event.as_str(), &data["count"]))
        .collect();
    assert_eq!(ours, [("upgrade.started", &json!(15)), ("upgrade.ended", &json!(10))]);
}

#[tokio::test]
async fn lmx_16_a_site_has_no_upgrades_but_those_of_its_authority() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let (id, _) = base(&desk, &master, "exclusive").await;
    desk.change_tenant(|tenant| tenant.rules.authority = Some("http://127.0.0.1:9/".to_owned())).await;
    let path = format!("licenses/{id}/upgrades");
    let body = upgrade("u", 5, None, Some("2026-11-30"));
    let code = "pool.not_authority".to_owned();
    assert_eq!(desk.ask(&master, "POST", &path, Some(body)).await.refused(), (409, code.clone()));
    assert_eq!(desk.ask(&master, "DELETE", "upgrades/u", None).await.refused(), (409, code));
}
