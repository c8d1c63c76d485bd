//! Products, and with them what every list does.

use serde_json::{Value, json};

use crate::desk::Desk;

#[tokio::test]
async fn d_28_a_product_is_added_shown_and_changed_and_each_change_is_logged() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let features = json!([{"id": "renders", "name": "Renders", "counter": {"maximum": 100, "overage": {"up_to": 5}, "reset": "monthly"}}, {"id": "export", "name": "Export"}]);
    let got = desk
        .ask(
            &master,
            "POST",
            "products",
            Some(json!({"id": "sim", "name": "Sim", "version": "7", "features": features})),
        )
        .await;
    assert_eq!(got.status, 201, "{}", got.text());
    assert_eq!(got.header("location"), "https://offline.acme.example/api/v1/vendor/products/sim");
    let shown = desk.ask(&master, "GET", "products/sim", None).await;
    assert_eq!(shown.json(), got.json());
    assert_eq!((shown.header("etag"), shown.json()["features"].clone()), ("\"1\"", features));

    let got = desk
        .ask(
            &master,
            "PATCH",
            "products/sim",
            Some(json!({"revision": 1, "name": "Sim Pro", "version": null})),
        )
        .await;
    assert_eq!(
        (got.json()["name"].as_str(), got.json().get("version"), got.json()["revision"].as_u64()),
        (Some("Sim Pro"), None, Some(2))
    );
    // The same again says what it meets.
    let stale = desk.ask(&master, "PATCH", "products/sim", Some(json!({"revision": 1, "name": "X"}))).await;
    assert_eq!(stale.refused(), (409, "resource.stale".to_owned()));
    assert_eq!(stale.problem().facts["revision"], "2");
    // What changes nothing is no change.
    let same =
        desk.ask(&master, "PATCH", "products/sim", Some(json!({"revision": 2, "name": "Sim Pro"}))).await;
    assert_eq!(same.json()["revision"], 2);

    let events = desk.events().await;
    let of_products: Vec<&str> = events
        .iter()
        .filter(|(event, _)| event.starts_with("product."))
        .map(|(event, _)| event.as_str())
        .collect();
    assert_eq!(of_products, ["product.created", "product.updated"]);
    let (_, data) = events.last().unwrap();
    assert!(data["by"].as_str().unwrap().starts_with("token:"));
    assert_eq!(
        (data["before"]["name"].as_str(), data["after"]["name"].as_str()),
        (Some("Sim"), Some("Sim Pro"))
    );
    assert!(events.iter().all(|(_, data)| !data.to_string().contains(&master)));
}

#[tokio::test]
async fn what_a_file_could_not_hold_is_refused_with_its_place() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let cases: [(Value, &str); 9] = [
        (json!({"name": "Sim"}), "id"),
        (json!({"id": "a b", "name": "Sim"}), "id"),
        (json!({"id": "sim", "name": "a\u{202e}b"}), "name"),
        (json!({"id": "sim", "name": "  "}), "name"),
        (json!({"id": "sim", "name": "Sim", "more": 1}), "more"),
        (
            json!({"id": "sim", "name": "Sim", "features": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}),
            "features[1].id",
        ),
        (
            json!({"id": "sim", "name": "Sim", "features": [{"id": "a", "name": "A", "counter": {"maximum": -1}}]}),
            "features[0].counter.maximum",
        ),
        (
            json!({"id": "sim", "name": "Sim", "features": [{"id": "a", "name": "A", "counter": {"overage": "some"}}]}),
            "features[0].counter.overage",
        ),
        (json!({"id": "sim", "name": "Sim", "features": {}}), "features"),
    ];
    for (body, field) in cases {
        let got = desk.ask(&master, "POST", "products", Some(body.clone())).await;
        assert_eq!(got.refused(), (422, "request.field".to_owned()), "{body}");
        assert_eq!(got.problem().facts["field"], field, "{body}");
    }
    let large = desk
        .ask(&master, "POST", "products", Some(json!({"id": "sim", "name": "x".repeat(300 << 10)})))
        .await;
    assert_eq!(large.refused(), (413, "request.too_large".to_owned()));
    let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    let request =
        axum::http::Request::post("/api/v1/vendor/products").header("content-type", "application/json");
    let got = desk
        .send(request.header("authorization", format!("Bearer {master}")).body(deep.into()).unwrap())
        .await;
    assert!(matches!(got.status.as_u16(), 400 | 422), "{}", got.text());
    assert_eq!(
        desk.ask(&master, "PUT", "products/cad", None).await.refused(),
        (405, "method_not_allowed".to_owned())
    );
    assert_eq!(
        desk.ask(&master, "GET", "products/a%20b", None).await.refused(),
        (404, "resource.unknown".to_owned())
    );
}

#[tokio::test]
async fn a_page_neither_skips_nor_repeats_while_rows_are_added() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for n in 0..25 {
        let new = json!({"id": format!("p{n:03}"), "name": "P"});
        assert_eq!(desk.ask(&master, "POST", "products", Some(new)).await.status, 201);
    }
    let (mut seen, mut after, mut round) = (Vec::new(), String::new(), 0);
    loop {
        let page = desk.ask(&master, "GET", &format!("products?limit=7{after}"), None).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        // One row before the place that was reached, and one after it.
        for id in [format!("a{round}"), format!("p{:03}x", 20 + round)] {
            desk.ask(&master, "POST", "products", Some(json!({"id": id, "name": "P"}))).await;
        }
        round += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted, seen, "in order, none twice");
    assert!((0..25).all(|n| seen.contains(&format!("p{n:03}"))), "{seen:?}");
    let whole = desk.ask(&master, "GET", "products?limit=200", None).await.json();
    assert!(whole.get("next").is_none());
    let first = desk.ask(&master, "GET", "products?limit=1", None).await.json();
    let foreign = desk.ask(&master, "GET", "products?after=%FF", None).await;
    assert_eq!(foreign.refused(), (422, "request.parameter".to_owned()));
    assert_eq!(first["items"][0]["id"], "a0");
}
