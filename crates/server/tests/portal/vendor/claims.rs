//! Policies and users.

use serde_json::json;

use crate::desk::Desk;

#[tokio::test]
async fn lsp_17_a_policy_is_kept_with_what_licenses_begin_with() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let ask = |method: &'static str, path: &'static str, body| desk.ask(&master, method, path, Some(body));
    let new = json!({"id": "strict", "name": "Strict", "allow_offline": false, "terms": {"seats": 3, "lease_days": 30}});
    let made = ask("POST", "policies", new.clone()).await;
    assert_eq!(
        (made.status.as_u16(), made.json()["terms"].clone()),
        (201, json!({"seats": 3, "lease_days": 30}))
    );
    assert_eq!(ask("POST", "policies", new).await.refused(), (409, "resource.exists".to_owned()));
    let usual = ask("POST", "policies", json!({"id": "usual", "name": "Usual"})).await.json();
    assert_eq!((usual["allow_offline"].clone(), usual["terms"].clone()), (json!(true), json!({})));
    let changed =
        ask("PATCH", "policies/strict", json!({"revision": 1, "allow_offline": true, "terms": {}})).await;
    assert_eq!((changed.json()["revision"].clone(), changed.json()["terms"].clone()), (json!(2), json!({})));
    let stale = ask("PATCH", "policies/strict", json!({"revision": 1, "name": "X"})).await;
    assert_eq!(stale.refused(), (409, "resource.stale".to_owned()));
    for terms in [json!({"seats": 0}), json!({"match_rate": 101}), json!({"grace_days": 3})] {
        let refused = ask("POST", "policies", json!({"id": "wrong", "name": "Wrong", "terms": terms})).await;
        assert_eq!(refused.refused(), (422, "request.field".to_owned()), "{}", refused.text());
    }
    let listed = desk.ask(&master, "GET", "policies", None).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2), "{listed}");
}

#[tokio::test]
async fn lsp_03_a_users_password_goes_in_and_never_comes_out() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let ask = |method: &'static str, path: String, body| {
        let master = master.clone();
        let desk = &desk;
        async move { desk.ask(&master, method, &path, Some(body)).await }
    };
    let new = json!({"login": "Ada@acme.example", "name": "Ada", "password": "correct horse"});
    let made = ask("POST", "users".into(), new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let again = json!({"login": "ada@ACME.example", "name": "Ada", "password": "correct horse"});
    assert_eq!(ask("POST", "users".into(), again).await.refused(), (409, "resource.exists".to_owned()));
    let short = json!({"login": "bob", "name": "Bob", "password": "short"});
    assert_eq!(ask("POST", "users".into(), short).await.refused().0, 422);
    let path = format!("users/{id}");
    let changed =
        ask("PATCH", path.clone(), json!({"revision": 1, "disabled": true, "password": "battery staple"}))
            .await;
    assert_eq!(
        (changed.json()["disabled"].clone(), changed.json()["revision"].clone()),
        (json!(true), json!(2))
    );
    let shown = desk.ask(&master, "GET", &path, None).await;
    let listed = desk.ask(&master, "GET", "users", None).await;
    let log = format!("{:?}", desk.events().await);
    for text in [made.text(), changed.text(), shown.text(), listed.text(), log] {
        assert!(!text.contains("horse") && !text.contains("staple") && !text.contains("argon2"), "{text}");
    }
}
