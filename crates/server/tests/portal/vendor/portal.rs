//! The portal's look and names.

use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn lsp_14_a_vendor_dresses_the_portal_and_names_its_host_by_itself() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let ask = |body| desk.ask(&master, "PATCH", "portal", Some(body));
    let theme = json!({"name": "Northwind Licenses", "light": {"accent": "#0b5394"}});
    let changed = ask(json!({"host": "Offline.Northwind.example", "theme": theme})).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(changed.json()["host"], "offline.northwind.example");
    // At once, under that name, with no rebuild.
    let info = desk.get_from("offline.northwind.example", "/api/v1/tenant").await;
    assert!(info.text().contains("Northwind Licenses"), "{}", info.text());
    let style = desk.get_from("offline.northwind.example", "/theme.css").await.text().to_lowercase();
    assert!(style.contains("#0b5394"), "{style}");
    assert_eq!(desk.ask(&master, "GET", "portal", None).await.json(), changed.json());
    // What is not right is refused by its field, and changes nothing.
    for (wrong, named) in [
        (json!({"theme": {"accent": "red; }"}}), "theme"),
        (json!({"theme": {"name": 7}}), "theme"),
        (json!({"host": "not a host"}), "host"),
        (json!({"address": "javascript:alert(1)"}), "address"),
    ] {
        let refused = ask(wrong).await;
        assert_eq!(refused.refused(), (422, "request.field".to_owned()), "{}", refused.text());
        assert_eq!(refused.problem().facts["field"], named);
    }
    let back = ask(json!({"host": null, "theme": {}})).await.json();
    assert_eq!((back.get("host"), back["theme"].clone()), (None, json!({})));
    assert_eq!(desk.events().await.iter().filter(|(event, _)| event == "tenant.portal").count(), 2);
}
