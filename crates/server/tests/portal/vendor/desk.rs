//! Activations, their files, cases, the log, the rules.

use serde_json::{Value, json};

use crate::desk::{Desk, now};

fn items(list: &Value) -> &[Value] {
    list["items"].as_array().unwrap()
}

#[tokio::test]
async fn d_24_an_activation_is_found_with_its_documents_and_files() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let key = desk.license(3).await;
    let mut first = desk.activated("WS-17", &key).await;
    desk.activated("WS-18", &key).await;
    desk.post(first.deactivation(7, now())).await.outcome();

    let all = desk.ask(&master, "GET", "activations", None).await.json();
    let names: Vec<&str> = items(&all).iter().map(|it| it["device"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["WS-18", "WS-17"], "newest first");
    let (page, rest) =
        (desk.ask(&master, "GET", "activations?limit=1", None).await.json(), "activations?limit=1&after=");
    let next =
        desk.ask(&master, "GET", &format!("{rest}{}", page["next"].as_str().unwrap()), None).await.json();
    assert_eq!((&next["items"][0], next.get("next")), (&all["items"][1], None));
    let returned = &all["items"][1];
    let license = returned["license"].as_str().unwrap();
    for (query, count) in [
        ("state=taken".to_owned(), 1),
        ("state=returned".to_owned(), 1),
        ("state=retired".to_owned(), 0),
        ("device=ws-1".to_owned(), 2),
        (format!("device={}", returned["device"]["key"].as_str().unwrap()), 1),
        (format!("license={license}"), 2),
        ("license=other".to_owned(), 0),
        ("clone_suspected=true".to_owned(), 0),
        ("device=%25".to_owned(), 0),
    ] {
        let list = desk.ask(&master, "GET", &format!("activations?{query}"), None).await;
        assert_eq!(list.status, 200, "{query}: {}", list.text());
        assert_eq!(items(&list.json()).len(), count, "{query}");
    }
    let id = returned["id"].as_str().unwrap();
    let one = desk.ask(&master, "GET", &format!("activations/{id}"), None).await.json();
    assert_eq!(&one, returned);
    assert_eq!(
        (&one["state"], &one["totals"]["renders"], &one["orphan_on_device"]),
        (&json!("returned"), &json!(7), &json!(false))
    );
    let documents = desk.ask(&master, "GET", &format!("activations/{id}/documents"), None).await.json();
    let kinds: Vec<&str> = items(&documents).iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["activation-request", "deactivation"]);
    let files = desk.ask(&master, "GET", &format!("activations/{id}/files?limit=2"), None).await.json();
    assert_eq!(items(&files).len(), 2);
    let path = files["items"][0]["path"].as_str().unwrap();
    assert!(desk.get(&format!("/{path}")).await.text().contains("-----BEGIN "));
    for part in ["", "/documents", "/files"] {
        let got = desk.ask(&master, "GET", &format!("activations/none{part}"), None).await;
        assert_eq!(got.refused(), (404, "resource.unknown".to_owned()));
    }
    let foreign = desk.ask(&master, "GET", "activations?after=eA", None).await;
    assert_eq!(foreign.refused(), (422, "request.parameter".to_owned()));
}

#[tokio::test]
async fn lsp_08_staff_get_the_current_file_of_a_device() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let key = desk.license(3).await;
    let mut device = desk.activated("WS-17", &key).await;
    let id = desk.ask(&master, "GET", "activations", None).await.json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let entries = desk.events().await.len();
    let path = format!("activations/{id}/refresh");
    let current = desk.ask(&master, "POST", &path, None).await;
    assert_eq!(
        (current.status.as_u16(), current.outcome().outcome.as_str()),
        (200, "current"),
        "{}",
        current.text()
    );
    assert_eq!(current.outcome().license.unwrap().generation, 1);
    assert_eq!(desk.events().await.len(), entries, "nothing has changed");

    desk.change_license(&key, |license| license.evaluation = true).await;
    let refreshed = desk.ask_once(&master, "POST", &path, None, Some("k")).await;
    assert_eq!(refreshed.outcome().outcome, "refreshed");
    assert_eq!(refreshed.outcome().license.unwrap().generation, 2);
    let again = desk.ask_once(&master, "POST", &path, None, Some("k")).await;
    assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &refreshed.body));
    device.load(&refreshed.outcome());
    let events: Vec<String> = desk.events().await.into_iter().skip(entries).map(|(event, _)| event).collect();
    assert_eq!(events, ["document.accepted", "activation.refreshed"]);

    desk.post(device.deactivation(0, now())).await.outcome();
    let got = desk.ask(&master, "POST", &path, None).await;
    assert_eq!(got.refused(), (409, "activation.returned".to_owned()));
}

#[tokio::test]
async fn d_36_closing_the_last_case_that_suspects_a_clone_clears_the_suspicion() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let key = desk.license(3).await;
    let mut device = desk.activated("WS-17", &key).await;
    desk.post(device.deactivation(0, now())).await.outcome();
    // Two signs of life of a license that was given back.
    for used in [1, 2] {
        assert_eq!(
            desk.post(device.report(used, now())).await.refused(),
            (409, "activation.returned".to_owned())
        );
    }
    let suspected = || desk.suspected(&key);
    assert_eq!(suspected().await, 1);
    let open = desk.ask(&master, "GET", "cases?open=true", None).await.json();
    assert_eq!(items(&open).len(), 2);
    assert_eq!((&open["items"][0]["kind"], open["items"][0].get("closed")), (&json!("zombie"), None));
    let ids: Vec<String> = items(&open).iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let close = |id: &str, reason: &str| {
        let (path, body) = (format!("cases/{id}/close"), json!({"reason": reason}));
        let (desk, master) = (&desk, &master);
        async move { desk.ask(master, "POST", &path, Some(body)).await }
    };
    let first = close(&ids[0], "an old backup").await;
    assert_eq!((first.status.as_u16(), &first.json()["closed"]["reason"]), (200, &json!("an old backup")));
    assert_eq!(suspected().await, 1, "the other case still suspects");
    desk.clock.set(now().plus_days(1));
    assert_eq!(close(&ids[0], "another reason").await.json(), first.json(), "it stays as it is");
    close(&ids[1], "the same").await;
    assert_eq!(suspected().await, 0);
    let shown = desk.ask(&master, "GET", &format!("cases/{}", ids[1]), None).await.json();
    assert!(shown["closed"]["by"].as_str().unwrap().starts_with("token:"));
    for (query, count) in
        [("", 2), ("open=true", 0), ("open=false", 2), ("kind=fork", 0), ("kind=zombie&limit=1", 1)]
    {
        assert_eq!(
            items(&desk.ask(&master, "GET", &format!("cases?{query}"), None).await.json()).len(),
            count,
            "{query}"
        );
    }
    let closed: Vec<Value> = desk
        .events()
        .await
        .into_iter()
        .filter(|(event, _)| event == "case.closed")
        .map(|(_, data)| data["cleared"].clone())
        .collect();
    assert_eq!(closed, [json!(false), json!(true)]);
    assert_eq!(close("none", "x").await.refused(), (404, "resource.unknown".to_owned()));
    assert_eq!(close(&ids[0], "").await.refused(), (422, "request.field".to_owned()));
}

#[tokio::test]
async fn d_28_the_log_is_read_in_pages_and_its_chain_is_whole() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for n in 0..5 {
        desk.ask(&master, "POST", "products", Some(json!({"id": format!("p{n}"), "name": "P"}))).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = desk.ask(&master, "GET", &format!("log?limit=2{after}"), None).await.json();
        seen.extend(items(&page).iter().map(|it| it["seq"].as_i64().unwrap()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
    let check = desk.app.store.read(|tx| handcarry_store::verify_log(tx, handcarry_store::TenantId(1))).await;
    assert!(matches!(check, Ok(handcarry_store::LogCheck::Whole { head: Some(head) }) if head.seq == 6));
}

#[tokio::test]
async fn d_26_the_rules_are_changed_one_by_one_and_a_stale_change_is_refused() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let got = desk.ask(&master, "GET", "rules", None).await;
    let tag = got.header("etag").to_owned();
    assert_eq!((&got.json()["rehosts_per_year"], &got.json()["seat_free"]), (&json!(5), &json!("at_once")));
    let body =
        json!({"seat_free": {"after_days": 14}, "administrator": "admin@acme.example", "language": "de"});
    let changed = desk.ask(&master, "PATCH", "rules", Some(body)).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let now = desk.ask(&master, "GET", "rules", None).await;
    assert_eq!(now.json(), changed.json());
    assert_eq!(
        (&now.json()["seat_free"], &now.json()["rehosts_per_year"]),
        (&json!({"after_days": 14}), &json!(5))
    );
    let request = |tag: &str| {
        let request = axum::http::Request::patch("/api/v1/vendor/rules").header("if-match", tag);
        let request = request
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {master}"));
        request.body(json!({"administrator": null}).to_string().into()).unwrap()
    };
    assert_eq!(desk.send(request(&tag)).await.refused(), (409, "resource.stale".to_owned()));
    assert_eq!(desk.send(request(now.header("etag"))).await.json().get("administrator"), None);
    for (body, field) in [
        (json!({"language": "fr"}), "language"),
        (json!({"administrator": "nobody"}), "administrator"),
        (json!({"loss_wait_days": 4000}), "loss_wait_days"),
        (json!({"seat_free": {"after_days": 4000}}), "seat_free.after_days"),
        (json!({"authority": "https://x.example/"}), "authority"),
    ] {
        let got = desk.ask(&master, "PATCH", "rules", Some(body.clone())).await;
        assert_eq!((got.refused().0, got.problem().facts["field"].as_str()), (422, field), "{body}");
    }
    let changes = desk.events().await.iter().filter(|(event, _)| event == "tenant.rules").count();
    assert_eq!(changes, 2);
}
