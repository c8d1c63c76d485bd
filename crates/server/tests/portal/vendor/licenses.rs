//! Licenses: sold, changed, listed.

use serde_json::{Value, json};

use crate::desk::{Desk, at};

/// Everything that can be said.
fn full() -> Value {
    json!({
        "product": "cad", "version": "7.1", "edition": "Professional",
        "customer": {"name": "Globex Corp.", "order": "O-1"}, "customer_id": "C1", "previous_order": "O-0",
        "subscription": false, "pooling": "additive",
        "features": [{"id": "renders", "name": "Renders", "counter": {"maximum": 100, "overage": "none", "reset": "never"}}],
        "model": {"kind": "concurrent", "seats": 5}, "seats": 3, "transfer_limit": 2, "repair_limit": 4,
        "start": "2026-01-01", "end": "2027-12-31", "evaluation": false, "maintenance_end": "2026-12-20",
        "match_rate": 66, "lease": {"days": 30, "grace_days": 7}, "revalidation": {"period_days": 30, "grace_days": 5},
        "trial_seats": true, "allow_offline": true,
    })
}

async fn sold(desk: &Desk, token: &str, body: Value) -> Value {
    if let Some(id) = body.get("customer_id") {
        let customer = json!({"id": id, "name": "Globex Corp."});
        desk.ask(token, "POST", "customers", Some(customer)).await;
    }
    let got = desk.ask(token, "POST", "licenses", Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    got.json()
}

#[tokio::test]
async fn lsp_10_a_license_is_sold_with_all_its_terms_and_changed_and_its_device_gets_them() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let made = sold(&desk, &master, full()).await;
    for (member, said) in full().as_object().unwrap() {
        let shown = &made[member];
        match member.as_str() {
            "product" => assert_eq!((&shown["id"], &shown["version"]), (said, &json!("7.1"))),
            "version" => {}
            _ => assert_eq!(shown, said, "{member}"),
        }
    }
    assert_eq!(
        (&made["status"], &made["days_left"], &made["maintenance_days_left"]),
        (&json!("active"), &json!(406), &json!(30))
    );
    let id = made["id"].as_str().unwrap().to_owned();
    let key = handcarry_format::LicenseKey::parse(made["key"].as_str().unwrap()).unwrap();
    // ICE-02 asks for the order that it extends; that is another story.
    let body = json!({"revision": 1, "previous_order": null, "seats": 9, "end": null, "lease": null, "allow_offline": null});
    let got = desk.ask(&master, "PATCH", &format!("licenses/{id}"), Some(body.clone())).await;
    assert_eq!((got.status.as_u16(), got.header("etag")), (200, "\"2\""), "{}", got.text());
    let now = got.json();
    assert_eq!(
        (&now["seats"], now.get("end"), now.get("lease"), now.get("allow_offline")),
        (&json!(9), None, None, None)
    );
    assert_eq!(now["edition"], "Professional", "what is not said stays");
    assert_eq!(desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json(), now);
    let stale = desk.ask(&master, "PATCH", &format!("licenses/{id}"), Some(body)).await;
    assert_eq!(stale.refused(), (409, "resource.stale".to_owned()));

    let device = desk.activated("WS-17", &key).await;
    drop(device);
    let shown = desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json();
    assert_eq!(shown["seats_used"], 1);
    let events = desk.events().await;
    let names: Vec<&str> =
        events.iter().map(|(event, _)| event.as_str()).filter(|it| it.starts_with("license.")).collect();
    assert_eq!(names, ["license.created", "license.updated"]);
    assert!(events.iter().all(|(_, data)| !data.to_string().contains(key.as_str())), "no key in the log");
}

#[tokio::test]
async fn lsp_10_terms_that_cannot_stand_are_refused_and_change_nothing() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let id = sold(&desk, &master, full()).await["id"].as_str().unwrap().to_owned();
    let cases = [
        (json!({"seats": 0}), "seats"),
        (json!({"seats": 2_147_483_648_u32}), "seats"),
        (json!({"model": {"kind": "concurrent", "seats": 0}}), "model.seats"),
        (json!({"match_rate": 101}), "match_rate"),
        (json!({"lease": {"days": 3661, "grace_days": 7}}), "lease.days"),
        (json!({"lease": {"days": 30, "grace_days": 367}}), "lease.grace_days"),
        (json!({"revalidation": {"period_days": 30, "grace_days": 8}}), "revalidation.grace_days"),
        (json!({"start": "2028-01-01"}), "end"),
        (json!({"end": "2027-02-29"}), "end"),
        (json!({"customer": {"name": "a\u{202e}b"}}), "customer.name"),
        (json!({"features": [{"id": "unknown"}]}), "features[0].name"),
        (json!({"features": [{"id": "a", "name": "A"}, {"id": "a", "name": "A"}]}), "features[1].id"),
        (json!({"replaces": "nothing"}), "replaces"),
        (json!({"replaces": id}), "replaces"),
        (json!({"user": "nobody"}), "user"),
        (json!({"previous_order": "O-1"}), "previous_order"),
        (json!({"product": "sim"}), "product"),
        (json!({"status": "active"}), "status"),
    ];
    for (change, field) in cases {
        let mut body = change.clone();
        body["revision"] = json!(1);
        let got = desk.ask(&master, "PATCH", &format!("licenses/{id}"), Some(body)).await;
        assert_eq!(got.refused(), (422, "request.field".to_owned()), "{change}");
        assert_eq!(got.problem().facts["field"], field, "{change}");
    }
    assert_eq!(desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json()["revision"], 1);
    for (body, field) in [
        (json!({"product": "sim"}), "product"),
        (json!({"product": "cad", "policy": "none"}), "policy"),
        (json!({"product": "cad", "end": "2026-11-20"}), "end"),
    ] {
        let got = desk.ask(&master, "POST", "licenses", Some(body)).await;
        assert_eq!((got.refused().0, got.problem().facts["field"].as_str()), (422, field));
    }
}

#[tokio::test]
async fn a_feature_says_what_its_product_does_not() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let counter = json!({"maximum": 9, "overage": "none", "reset": "daily"});
    let product =
        json!({"id": "sim", "name": "Sim", "features": [{"id": "runs", "name": "Runs", "counter": counter}]});
    desk.ask(&master, "POST", "products", Some(product)).await;
    let of = |features: Value| json!({"product": "sim", "features": features});
    let plain = sold(&desk, &master, of(json!([{"id": "runs"}]))).await;
    assert_eq!(plain["features"], json!([{"id": "runs", "name": "Runs", "counter": counter}]));
    let own = sold(&desk, &master, of(json!([{"id": "runs", "name": "My runs", "counter": null}]))).await;
    assert_eq!(own["features"], json!([{"id": "runs", "name": "My runs"}]));
}

#[tokio::test]
async fn alt_07_08_12_the_status_in_the_list_is_as_of_now() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let id =
        sold(&desk, &master, json!({"product": "cad", "start": "2026-12-01", "end": "2026-12-31"})).await;
    let id = id["id"].as_str().unwrap().to_owned();
    // Midnight in Berlin, to the second.
    for (instant, status) in [
        ("2026-11-21T14:00:00Z", "pending"),
        ("2026-11-30T22:59:59Z", "pending"),
        ("2026-11-30T23:00:00Z", "active"),
        ("2026-12-31T22:59:59Z", "active"),
        ("2026-12-31T23:00:00Z", "blocked"),
    ] {
        desk.clock.set(at(instant));
        let shown = desk.ask(&master, "GET", &format!("licenses/{id}"), None).await.json();
        assert_eq!(shown["status"], status, "{instant}");
        assert_eq!(shown.get("reason"), (status == "blocked").then(|| json!("ended")).as_ref());
        for other in ["pending", "active", "blocked", "inactive", "activating", "failed_verification"] {
            let list = desk.ask(&master, "GET", &format!("licenses?status={other}"), None).await.json();
            assert_eq!(
                list["items"].as_array().unwrap().len(),
                usize::from(other == status),
                "{instant} {other}"
            );
        }
    }
}

#[tokio::test]
async fn alt_23_the_list_is_filtered_and_sorted_by_every_column_and_pages_through() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for n in 0..9 {
        let body = json!({
            "product": "cad", "version": format!("v{}", n % 3), "edition": format!("Edition {}", n % 2),
            "customer": {"name": format!("Customer {}", (n * 7) % 9), "order": format!("O-{n}")},
            "start": format!("2026-0{}-01", n % 4 + 1), "end": format!("2027-0{}-15", (n * 5) % 9 + 1),
            "maintenance_end": format!("2026-12-{:02}", 10 + (n * 4) % 9),
        });
        sold(&desk, &master, body).await;
    }
    sold(&desk, &master, json!({"product": "cad"})).await;
    let columns = [
        "id",
        "status",
        "customer",
        "company",
        "product",
        "edition",
        "version",
        "key",
        "start",
        "end",
        "days_left",
        "maintenance_end",
        "maintenance_days_left",
    ];
    for column in columns {
        for sign in ["", "-"] {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let page = desk
                    .ask(&master, "GET", &format!("licenses?sort={sign}{column}&limit=3{after}"), None)
                    .await;
                assert_eq!(page.status, 200, "{}", page.text());
                let page = page.json();
                seen.extend(page["items"].as_array().unwrap().clone());
                match page["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            let mut ids: Vec<&str> = seen.iter().map(|it| it["id"].as_str().unwrap()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 10, "{sign}{column}");
            let place = |it: &Value| {
                let value = match column {
                    "customer" | "company" => &it["customer"]["name"],
                    "product" => &it["product"]["name"],
                    "version" => &it["product"]["version"],
                    // Whoever has no end comes last.
                    "days_left" | "end" if it.get("end").is_none() => return "~".to_owned(),
                    "maintenance_end" | "maintenance_days_left" if it.get("maintenance_end").is_none() => {
                        return "~".to_owned();
                    }
                    "days_left" => &it["end"],
                    "maintenance_days_left" => &it["maintenance_end"],
                    column => &it[column],
                };
                value.as_str().unwrap_or_default().to_owned()
            };
            let mut places: Vec<String> = seen.iter().map(place).collect();
            if sign == "-" {
                places.reverse();
            }
            assert!(places.is_sorted(), "{sign}{column}: {places:?}");
        }
    }
    let days = |day: &str| {
        let end: chrono::NaiveDate = day.parse().unwrap();
        (end - "2026-11-21".parse::<chrono::NaiveDate>().unwrap()).num_days() + 1
    };
    for (query, count) in [
        ("status=active".to_owned(), 10),
        ("status=active,blocked".to_owned(), 10),
        ("status=blocked".to_owned(), 0),
        ("customer=customer%203".to_owned(), 1),
        ("company=CUSTOMER".to_owned(), 9),
        ("product=cad%20p".to_owned(), 10),
        ("edition=0".to_owned(), 5),
        ("version=v1".to_owned(), 3),
        ("order=O-4".to_owned(), 1),
        ("order=O".to_owned(), 0),
        ("start_from=2026-03-01&start_to=2026-03-31".to_owned(), 2),
        ("end_to=2027-03-15".to_owned(), 3),
        (format!("days_left_from=1&days_left_to={}", days("2027-03-15")), 3),
        (format!("days_left_from={}", days("2027-03-15")), 7),
        ("maintenance_from=2026-12-15".to_owned(), 4),
        (format!("maintenance_days_left_to={}", days("2026-12-12")), 3),
        ("edition=0&version=v1".to_owned(), 1),
        ("customer=%25".to_owned(), 0),
    ] {
        let list = desk.ask(&master, "GET", &format!("licenses?{query}"), None).await;
        assert_eq!(list.status, 200, "{}", list.text());
        assert_eq!(list.json()["items"].as_array().unwrap().len(), count, "{query}");
    }
    for (query, parameter) in [
        ("status=ended", "status"),
        ("sort=seats", "sort"),
        ("end_from=tomorrow", "end_from"),
        ("days_left_from=-1", "days_left_from"),
        ("customer=%00", "customer"),
        ("enabled=1", "enabled"),
    ] {
        let got = desk.ask(&master, "GET", &format!("licenses?{query}"), None).await;
        assert_eq!((got.refused().0, got.problem().facts["parameter"].as_str()), (400, parameter), "{query}");
    }
    let foreign = desk.ask(&master, "GET", "licenses?after=bm90aGluZw", None).await;
    assert_eq!(foreign.refused(), (422, "request.parameter".to_owned()), "no license of this name");
}

#[tokio::test]
async fn alt_09_a_site_s_portal_sells_and_changes_no_license() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let id = sold(&desk, &master, json!({"product": "cad"})).await["id"].as_str().unwrap().to_owned();
    desk.change_tenant(|tenant| tenant.rules.authority = Some("https://licenses.acme.example/".to_owned()))
        .await;
    let got = desk.ask(&master, "POST", "licenses", Some(json!({"product": "cad"}))).await;
    assert_eq!(got.refused(), (409, "license.from_authority".to_owned()));
    let got =
        desk.ask(&master, "PATCH", &format!("licenses/{id}"), Some(json!({"revision": 1, "seats": 2}))).await;
    assert_eq!(got.refused(), (409, "license.from_authority".to_owned()));
}
