//! Customers.

use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn ice_01_a_customer_is_kept_changed_found_and_removed() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let new = json!({
        "id": "globex", "name": "Jo Berg", "company": "Globex Corp.", "email": "jo@globex.example",
        "address": "Hafenstraße 4\n28195 Bremen", "references": ["ERP 4711"],
    });
    let made = desk.ask(&master, "POST", "customers", Some(new.clone())).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"1\""), "{}", made.text());
    for (member, said) in new.as_object().unwrap() {
        assert_eq!(&made.json()[member], said, "{member}");
    }
    let again = desk.ask(&master, "POST", "customers", Some(new)).await;
    assert_eq!(again.refused(), (409, "resource.exists".to_owned()));
    let bare = desk.ask(&master, "POST", "customers", Some(json!({"name": "Initech"}))).await;
    assert_eq!(bare.status, 201, "{}", bare.text());
    assert_eq!(bare.json()["id"].as_str().map(str::len), Some(26), "an id is made");

    let change = json!({"revision": 1, "email": null, "references": ["ERP 4712", "D-1"]});
    let changed = desk.ask(&master, "PATCH", "customers/globex", Some(change.clone())).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{}", changed.text());
    let now = changed.json();
    assert_eq!((now.get("email"), &now["name"]), (None, &json!("Jo Berg")));
    let stale = desk.ask(&master, "PATCH", "customers/globex", Some(change)).await;
    assert_eq!(stale.refused(), (409, "resource.stale".to_owned()));
    assert_eq!(desk.ask(&master, "GET", "customers/globex", None).await.json(), now);

    let found = |query: &'static str| {
        let (desk, master) = (&desk, &master);
        async move {
            let got = desk.ask(master, "GET", &format!("customers?{query}"), None).await;
            let items = got.json()["items"].as_array().unwrap().clone();
            items.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(found("search=bremen").await, ["Jo Berg"]);
    assert_eq!(found("search=INITECH").await, ["Initech"]);
    assert_eq!(found("reference=erp%204712").await, ["Jo Berg"]);
    assert!(found("reference=erp").await.is_empty());
    assert_eq!(found("").await.len(), 2);

    let sold = json!({"product": "cad", "seats": 1, "customer_id": "globex"});
    assert_eq!(desk.ask(&master, "POST", "licenses", Some(sold)).await.status, 201);
    let named = desk.ask(&master, "DELETE", "customers/globex", None).await;
    assert_eq!(named.refused(), (409, "resource.in_use".to_owned()));
    let path = format!("customers/{}", bare.json()["id"].as_str().unwrap());
    assert_eq!(desk.ask(&master, "DELETE", &path, None).await.status, 204);
    assert_eq!(desk.ask(&master, "GET", &path, None).await.status, 404);
    assert_eq!(desk.ask(&master, "DELETE", &path, None).await.status, 404);
}

#[tokio::test]
async fn ice_01_what_a_customers_record_cannot_hold_is_named_and_changes_nothing() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let references: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    for (field, body) in [
        ("name", json!({"name": " "})),
        ("name", json!({})),
        ("email", json!({"name": "Jo", "email": "jo"})),
        ("email", json!({"name": "Jo", "email": "jo@a.example\r\nBcc: x@y.example"})),
        ("address", json!({"name": "Jo", "address": ""})),
        ("references", json!({"name": "Jo", "references": references})),
        ("references", json!({"name": "Jo", "references": ["a", "a"]})),
        ("phone", json!({"name": "Jo", "phone": "1"})),
    ] {
        let got = desk.ask(&master, "POST", "customers", Some(body.clone())).await;
        assert_eq!(got.refused(), (422, "request.field".to_owned()), "{body}");
        assert_eq!(got.problem().facts["field"], field, "{body}");
    }
    let listed = desk.ask(&master, "GET", "customers", None).await.json();
    assert_eq!(listed["items"], json!([]));
}
