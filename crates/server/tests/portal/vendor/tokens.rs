//! Tokens: shown once, limited, ended.

use handcarry_server::service::vendor::scope::Scope;
use serde_json::json;

use crate::desk::{Desk, now};

#[tokio::test]
async fn d_28_a_token_is_made_used_and_revoked() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let made = desk
        .ask(
            &master,
            "POST",
            "tokens",
            Some(json!({"name": "CI", "scopes": ["products:read", "products:read"]})),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, secret) =
        (made.json()["id"].as_str().unwrap().to_owned(), made.json()["secret"].as_str().unwrap().to_owned());
    assert_eq!(made.json()["scopes"], json!(["products:read"]));
    assert!(secret.starts_with("hc_"));
    assert_eq!(desk.ask(&secret, "GET", "products", None).await.status, 200);
    assert_eq!(desk.ask(&secret, "GET", "tokens", None).await.refused(), (403, "token.scope".to_owned()));

    let shown = desk.ask(&master, "GET", &format!("tokens/{id}"), None).await;
    assert!(!shown.text().contains(&secret) && shown.json().get("secret").is_none());
    assert_eq!(shown.json()["used_at"], "2026-11-21T14:00:00Z");
    // To the hour, not to the request.
    desk.clock.set(now().plus_seconds(3599));
    desk.ask(&secret, "GET", "products", None).await;
    assert_eq!(
        desk.ask(&master, "GET", &format!("tokens/{id}"), None).await.json()["used_at"],
        "2026-11-21T14:00:00Z"
    );
    desk.clock.set(now().plus_seconds(3600));
    desk.ask(&secret, "GET", "products", None).await;
    assert_eq!(
        desk.ask(&master, "GET", &format!("tokens/{id}"), None).await.json()["used_at"],
        "2026-11-21T15:00:00Z"
    );

    for _ in 0..2 {
        let got = desk.ask(&master, "DELETE", &format!("tokens/{id}"), None).await;
        assert_eq!((got.status.as_u16(), got.text().as_str(), got.header("content-type")), (204, "", ""));
    }
    let got = desk.ask(&secret, "GET", "products", None).await;
    assert_eq!(got.refused(), (401, "token.ended".to_owned()));
    assert!(got.header("www-authenticate").contains("invalid_token"));
    let list = desk.ask(&master, "GET", "tokens", None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let events: Vec<String> = desk.events().await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(events, ["token.created", "token.created", "token.revoked"]);
}

#[tokio::test]
async fn a_token_gives_nothing_that_it_has_not() {
    let desk = Desk::new().await;
    let limited = desk.token(&[Scope::Tokens, Scope::ProductsRead]).await;
    let got = desk
        .ask(
            &limited,
            "POST",
            "tokens",
            Some(json!({"name": "x", "scopes": ["products:read", "products:write"]})),
        )
        .await;
    assert_eq!(got.refused(), (403, "token.scope".to_owned()));
    assert_eq!(got.problem().facts["scope"], "products:write");
    let got =
        desk.ask(&limited, "POST", "tokens", Some(json!({"name": "x", "scopes": ["products:read"]}))).await;
    assert_eq!(got.status, 201);
    for (scopes, field) in [(json!([]), "scopes"), (json!(["products"]), "scopes[0]")] {
        let got = desk.ask(&limited, "POST", "tokens", Some(json!({"name": "x", "scopes": scopes}))).await;
        assert_eq!((got.refused().0, got.problem().facts["field"].as_str()), (422, field));
    }
}

#[tokio::test]
async fn a_token_ends_at_its_instant() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let new = |at: &str| Some(json!({"name": "x", "scopes": ["products:read"], "expires_at": at}));
    let past = desk.ask(&master, "POST", "tokens", new("2026-11-21T14:00:00Z")).await;
    assert_eq!(past.problem().facts["field"], "expires_at");
    let made = desk.ask(&master, "POST", "tokens", new("2026-11-22T00:00:00Z")).await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    desk.clock.set(crate::desk::at("2026-11-21T23:59:59Z"));
    assert_eq!(desk.ask(&secret, "GET", "products", None).await.status, 200);
    desk.clock.set(crate::desk::at("2026-11-22T00:00:00Z"));
    let got = desk.ask(&secret, "GET", "products", None).await;
    assert_eq!(got.refused(), (401, "token.ended".to_owned()));
    assert_eq!(got.problem().facts["at"], "2026-11-22T00:00:00Z");
}
