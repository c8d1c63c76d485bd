//! Messages, webhooks and deliveries by the vendor API.

use handcarry_server::notice;
use handcarry_server::notice::address::Addressing;
use handcarry_server::schedule::Errand as _;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_store::{StoreError, TenantId};
use serde_json::json;

use crate::desk::{Desk, now};

async fn post(desk: &Desk, days: u32) {
    let key = desk.license(5).await;
    let done = desk.app.store.write(move |tx| {
        let license = tx.license_by_key(TenantId(1), &key)?.ok_or(StoreError::Missing("license"))?;
        tx.post_message(TenantId(1), &notice::renewal_due(&license, days, now())).map(drop)
    });
    done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
}

#[tokio::test]
async fn alt_19_messages_are_listed_filtered_and_shown_in_words() {
    let desk = Desk::new().await;
    let token = desk.token(&[Scope::MessagesRead]).await;
    for days in [14, 7] {
        post(&desk, days).await;
    }
    let all = desk.ask(&token, "GET", "/api/v1/vendor/messages", None).await.json();
    let items = all["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["code"], "renewal.due");
    assert_eq!(items[0]["subject"], "14 days of maintenance left for CAD Pro");
    assert_eq!(items[0]["audience"], json!(["administrator", "holder"]));
    assert_eq!(items[0]["facts"]["days"], 14);
    let of = format!("/api/v1/vendor/messages?license={}", items[1]["license"].as_str().unwrap());
    let only = desk.ask(&token, "GET", &of, None).await.json();
    assert_eq!(only["items"], json!([items[1]]));
    let none = desk.ask(&token, "GET", "/api/v1/vendor/messages?code=license.blocked", None).await.json();
    assert_eq!(none["items"], json!([]));
    let first = desk.ask(&token, "GET", "/api/v1/vendor/messages?limit=1", None).await.json();
    let next = format!("/api/v1/vendor/messages?limit=1&after={}", first["next"].as_str().unwrap());
    assert_eq!(desk.ask(&token, "GET", &next, None).await.json()["items"], json!([items[1]]));
    let one = format!("/api/v1/vendor/messages/{}", items[0]["id"].as_str().unwrap());
    assert_eq!(desk.ask(&token, "GET", &one, None).await.json(), items[0]);
}

#[tokio::test]
async fn alt_19_a_webhook_shows_its_secret_once_and_is_told_of_what_it_asked_for() {
    let desk = Desk::new().await;
    let token = desk.token(&[Scope::Webhooks]).await;
    for (body, field) in [
        (json!({"url": "http://hooks.example.com/"}), "url"),
        (json!({"url": "file:///etc/passwd"}), "url"),
        (json!({"url": "https://a.example/", "codes": []}), "codes"),
        (json!({"url": "https://a.example/", "codes": ["renewal.due", "no.such"]}), "codes[1]"),
    ] {
        let got = desk.ask(&token, "POST", "/api/v1/vendor/webhooks", Some(body)).await;
        assert_eq!((got.status.as_u16(), got.problem().facts["field"].as_str()), (422, field));
    }
    let body = json!({"url": "https://hooks.acme.example/?key=s3cret", "codes": ["renewal.due"]});
    let got = desk.ask(&token, "POST", "/api/v1/vendor/webhooks", Some(body)).await;
    assert_eq!(got.status.as_u16(), 201, "{}", got.text());
    let made = got.json();
    let (id, secret) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
    assert!(secret.starts_with("whsec_"));
    for path in ["/api/v1/vendor/webhooks".to_owned(), format!("/api/v1/vendor/webhooks/{id}")] {
        assert!(!desk.ask(&token, "GET", &path, None).await.text().contains("whsec_"), "{path}");
    }
    let logged = serde_json::to_string(&desk.events().await).unwrap();
    assert!(logged.contains("webhook.added") && !logged.contains("s3cret") && !logged.contains(&secret));

    post(&desk, 14).await;
    let test = desk.ask(&token, "POST", &format!("/api/v1/vendor/webhooks/{id}/test"), None).await;
    assert_eq!(test.status.as_u16(), 202, "{}", test.text());
    let app = desk.app.clone();
    tokio::task::spawn_blocking(move || Addressing.round(&app).unwrap()).await.unwrap();
    let path = format!("/api/v1/vendor/deliveries?state=waiting&target={id}");
    let ways = desk.ask(&token, "GET", &path, None).await.json();
    let codes: Vec<&str> =
        ways["items"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["webhook.test", "renewal.due"]);
    assert_eq!(ways["items"][0]["message"], test.json()["message"]);

    let gone = desk.ask(&token, "DELETE", &format!("/api/v1/vendor/webhooks/{id}"), None).await;
    assert_eq!(gone.status.as_u16(), 204);
    let again = desk.ask(&token, "DELETE", &format!("/api/v1/vendor/webhooks/{id}"), None).await;
    assert_eq!(again.refused(), (404, "resource.unknown".to_owned()));
}

#[tokio::test]
async fn alt_19_webhooks_are_listed_in_pages_and_are_not_without_number() {
    let desk = Desk::new().await;
    let token = desk.token(&[Scope::Webhooks]).await;
    let body = || Some(json!({"url": "https://hooks.acme.example/"}));
    for _ in 0..50 {
        let got = desk.ask(&token, "POST", "/api/v1/vendor/webhooks", body()).await;
        assert_eq!(got.status.as_u16(), 201);
    }
    let got = desk.ask(&token, "POST", "/api/v1/vendor/webhooks", body()).await;
    assert_eq!((got.status.as_u16(), got.problem().facts["limit"].as_str()), (409, "50"));
    let (mut seen, mut path) = (Vec::new(), "/api/v1/vendor/webhooks?limit=20".to_owned());
    loop {
        let page = desk.ask(&token, "GET", &path, None).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/vendor/webhooks?limit=20&after={next}");
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 50);
}
