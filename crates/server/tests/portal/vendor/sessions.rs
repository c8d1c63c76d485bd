//! Sessions of concurrent licenses by the vendor API.

use handcarry_server::schedule;
use handcarry_server::service::vendor::scope::Scope;
use serde_json::{Value, json};

use crate::desk::{Desk, at, now};

/// A license of the product `cad` with the feature f1 and so many sessions.
async fn sell(desk: &Desk, token: &str, sessions: u32, with: Value) -> String {
    let features = json!([{"id": "f1", "name": "F1"}]);
    desk.ask(token, "PATCH", "products/cad", Some(json!({"revision": 1, "features": features}))).await;
    let mut body = json!({
        "product": "cad", "features": features, "model": {"kind": "concurrent", "seats": sessions},
    });
    for (member, value) in with.as_object().unwrap() {
        body[member] = value.clone();
    }
    let got = desk.ask(token, "POST", "licenses", Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    got.json()["id"].as_str().unwrap().to_owned()
}

fn question(user: &str) -> Value {
    json!({"product": "cad", "feature": "f1", "user": user, "host": "ws-1"})
}

fn id(session: &Value) -> String {
    session["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn lmx_15_sessions_are_checked_out_renewed_and_checked_in() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sell(&desk, &master, 2, json!({})).await;
    // An application needs no more than this.
    let app = desk.token(&[Scope::Sessions]).await;
    let got = desk.ask(&app, "POST", "sessions", Some(question("ann"))).await;
    assert_eq!(got.status, 201, "{}", got.text());
    let first = got.json();
    assert_eq!((&first["license"], &first["borrowed"]), (&json!(license), &json!(false)));
    assert_eq!(first["expires_at"], now().plus_seconds(600).to_string());
    let path = format!("sessions/{}", id(&first));
    assert!(got.header("location").ends_with(&path));
    assert_eq!(desk.ask(&app, "GET", &path, None).await.json(), first);

    let second = desk.ask(&app, "POST", "sessions", Some(question("bob"))).await.json();
    let full = desk.ask(&app, "POST", "sessions", Some(question("cid"))).await;
    assert_eq!(full.refused(), (409, "session.no_place".to_owned()));
    assert_eq!((&*full.problem().facts["count"], &*full.problem().facts["taken"]), ("2", "2"));

    desk.clock.set(now().plus_seconds(599));
    let renewed = desk.ask(&app, "POST", &format!("{path}/renew"), Some(json!({}))).await.json();
    assert_eq!(renewed["expires_at"], now().plus_seconds(599 + 600).to_string());
    desk.clock.set(now().plus_seconds(600));
    let gone = format!("sessions/{}", id(&second));
    assert_eq!(desk.ask(&app, "GET", &gone, None).await.refused().0, 404, "it was not renewed");
    let over = desk.ask(&app, "POST", &format!("{gone}/renew"), Some(json!({}))).await;
    assert_eq!(over.refused(), (409, "session.over".to_owned()));
    assert_eq!(desk.ask(&app, "POST", "sessions", Some(question("cid"))).await.status, 201);

    let list = desk.ask(&app, "GET", &format!("sessions?license={license}&feature=f1"), None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(desk.ask(&app, "GET", "sessions?feature=f2", None).await.json()["items"], json!([]));
    assert_eq!(desk.ask(&app, "DELETE", &path, None).await.status, 204);
    assert_eq!(desk.ask(&app, "DELETE", &path, None).await.refused().0, 404);
    assert_eq!(
        desk.ask(&app, "POST", "sessions", Some(question("dan"))).await.status,
        201,
        "its place was free"
    );

    let events = desk.events().await;
    let ours: Vec<&str> =
        events.iter().map(|(event, _)| event.as_str()).filter(|it| it.starts_with("session.")).collect();
    assert_eq!(
        ours,
        ["session.opened", "session.opened", "session.opened", "session.closed", "session.opened"]
    );
    assert!(events.iter().all(|(_, data)| !data.to_string().contains("bob")), "the log names nobody");
}

#[tokio::test]
async fn lmx_15_a_session_that_is_asked_for_again_takes_no_second_place() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    sell(&desk, &master, 1, json!({})).await;
    let ask = || desk.ask_once(&master, "POST", "sessions", Some(question("ann")), Some("k-1"));
    let (first, again) = (ask().await, ask().await);
    assert_eq!((first.status.as_u16(), first.body.clone()), (201, again.body.clone()));
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn lmx_15_sessions_go_on_when_an_upgrade_ends() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sell(&desk, &master, 2, json!({"end": "2026-12-31"})).await;
    let path = format!("licenses/{license}/upgrades");
    let upgrade = json!({"id": "u", "feature": "f1", "count": 2, "end": "2026-11-30"});
    assert_eq!(desk.ask(&master, "POST", &path, Some(upgrade)).await.status, 201);
    desk.clock.set(at("2026-11-30T22:59:00Z"));
    let mut open = Vec::new();
    for n in 0..4 {
        open.push(id(&desk.ask(&master, "POST", "sessions", Some(question(&format!("u{n}")))).await.json()));
    }
    let next = || desk.ask(&master, "POST", "sessions", Some(question("more")));
    desk.clock.set(at("2026-11-30T23:00:00Z"));
    for session in &open {
        let got = desk.ask(&master, "POST", &format!("sessions/{session}/renew"), Some(json!({}))).await;
        assert_eq!(got.status, 200, "{}", got.text());
    }
    for taken in ["4", "3", "2"] {
        let full = next().await;
        assert_eq!(full.refused().1, "session.no_place");
        assert_eq!((&*full.problem().facts["count"], &*full.problem().facts["taken"]), ("2", taken));
        desk.ask(&master, "DELETE", &format!("sessions/{}", open.pop().unwrap()), None).await;
    }
    assert_eq!(next().await.status, 201);
}

#[tokio::test]
async fn lmx_15_a_session_is_borrowed_where_the_license_allows_it() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sell(&desk, &master, 1, json!({})).await;
    let until = |hours: i64| {
        let mut body = question("ann");
        body["until"] = json!(now().plus_seconds(hours * 3_600).to_string());
        body
    };
    let got = desk.ask(&master, "POST", "sessions", Some(until(1))).await;
    assert_eq!(got.refused(), (409, "session.no_borrowing".to_owned()));
    let terms = json!({"borrow_hours": 48, "share": ["user"], "servers": [], "match_rate": 100});
    let path = format!("licenses/{license}/session-terms");
    assert_eq!(desk.ask(&master, "PUT", &path, Some(terms.clone())).await.json(), terms);
    assert_eq!(desk.ask(&master, "GET", &path, None).await.json(), terms);
    for wrong in [json!({"borrow_hours": 0}), json!({"borrow_hours": 8_761}), json!({"share": ["all"]})] {
        assert_eq!(desk.ask(&master, "PUT", &path, Some(wrong)).await.refused().0, 422);
    }

    let got = desk.ask(&master, "POST", "sessions", Some(until(49))).await;
    assert_eq!(got.refused(), (422, "session.borrowed_until".to_owned()));
    assert_eq!(got.problem().facts["latest"], now().plus_days(2).to_string());
    let session = desk.ask(&master, "POST", "sessions", Some(until(48))).await.json();
    assert_eq!(
        (&session["borrowed"], &session["expires_at"]),
        (&json!(true), &json!(now().plus_days(2).to_string()))
    );
    desk.clock.set(now().plus_days(2).plus_seconds(-1));
    // Ann's next session is in the same place; Bob's is not.
    assert_eq!(desk.ask(&master, "POST", "sessions", Some(question("Ann"))).await.status, 201);
    assert_eq!(
        desk.ask(&master, "POST", "sessions", Some(question("bob"))).await.refused().1,
        "session.no_place"
    );
}

#[tokio::test]
async fn lmx_15_which_license_gives_the_session() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let globex = json!({"name": "Globex"});
    let additive = sell(&desk, &master, 1, json!({"pooling": "additive", "customer": globex})).await;
    let exclusive = sell(&desk, &master, 1, json!({"customer": globex})).await;
    let of = |session: &Value| session["license"].as_str().unwrap().to_owned();
    let first = desk.ask(&master, "POST", "sessions", Some(question("a"))).await.json();
    let second = desk.ask(&master, "POST", "sessions", Some(question("b"))).await.json();
    assert_eq!((of(&first), of(&second)), (exclusive, additive.clone()));

    let initech = sell(&desk, &master, 1, json!({"customer": {"name": "Initech"}})).await;
    let got = desk.ask(&master, "POST", "sessions", Some(question("c"))).await;
    assert_eq!(got.refused(), (409, "session.several_customers".to_owned()));
    let named = json!({"license": initech, "feature": "F1", "user": "c", "host": "x"});
    assert_eq!(of(&desk.ask(&master, "POST", "sessions", Some(named)).await.json()), initech);
    for (body, field) in [
        (json!({"feature": "f1", "user": "c", "host": "x"}), "license"),
        (json!({"license": initech, "product": "cad", "feature": "f1", "user": "c", "host": "x"}), "license"),
        (json!({"product": "cad", "feature": "f1", "user": "", "host": "x"}), "user"),
    ] {
        let got = desk.ask(&master, "POST", "sessions", Some(body)).await;
        assert_eq!((got.refused().0, &*got.problem().facts["field"]), (422, field));
    }
    let unknown = json!({"license": "nobody", "feature": "f1", "user": "c", "host": "x"});
    assert_eq!(desk.ask(&master, "POST", "sessions", Some(unknown)).await.refused().1, "session.no_license");

    desk.ask(
        &master,
        "PUT",
        &format!("licenses/{initech}/session-terms"),
        Some(json!({"servers": [["HOSTNAME=a"]]})),
    )
    .await;
    let named = json!({"license": initech, "feature": "f1", "user": "d", "host": "x"});
    let got = desk.ask(&master, "POST", "sessions", Some(named.clone())).await;
    assert_eq!(got.refused().1, "session.elsewhere");
    let wrong = desk.ask(&master, "PATCH", "rules", Some(json!({"host_ids": ["HOSTNAME=*"]}))).await;
    assert_eq!((wrong.refused().0, &*wrong.problem().facts["field"]), (422, "host_ids"));
    let rules = desk.ask(&master, "PATCH", "rules", Some(json!({"host_ids": ["HOSTNAME=A"]}))).await.json();
    assert_eq!(rules["host_ids"], json!(["HOSTNAME=A"]));
    assert_eq!(desk.ask(&master, "POST", "sessions", Some(named)).await.refused().1, "session.no_place");
}

#[tokio::test]
async fn lmx_15_of_many_at_once_as_many_get_a_session_as_there_are_places() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    sell(&desk, &master, 3, json!({})).await;
    let all =
        (0..40).map(|n| {
            let (desk, master) = (&desk, &master);
            async move {
                desk.ask(master, "POST", "sessions", Some(question(&format!("u{n}")))).await.status.as_u16()
            }
        });
    let mut statuses = futures_util::future::join_all(all).await;
    statuses.sort_unstable();
    assert_eq!(statuses[..4], [201, 201, 201, 409]);
}

#[tokio::test]
async fn lmx_15_sessions_that_are_over_are_cleared_away() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    sell(&desk, &master, 5, json!({})).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(id(&desk.ask(&master, "POST", "sessions", Some(question(&format!("u{n}")))).await.json()));
    }
    let kept = async |when: handcarry_format::Instant| {
        desk.clock.set(when);
        while schedule::pass(&desk.app, schedule::JOBS, when).await.unwrap().more {}
        let session = handcarry_format::Id::new(&ids[0]).unwrap();
        let found = desk.app.store.read(move |tx| tx.session(handcarry_store::TenantId(1), &session)).await;
        found.unwrap_or_else(|error: handcarry_store::StoreError| panic!("{error}")).is_some()
    };
    assert!(kept(now().plus_seconds(3_600)).await, "whoever comes late is told since when it is over");
    assert!(!kept(now().plus_seconds(3 * 3_600)).await);
}
