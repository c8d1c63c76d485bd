//! What holds for every address of the vendor API, read from its description.

use handcarry_format::Vendor;
use handcarry_server::http::openapi::description;
use handcarry_server::random;
use handcarry_server::service::vendor::scope::Scope;
use serde_json::Value;

use crate::desk::Desk;
use crate::device::id;

/// An operation: method, path with its places filled, and the scope that it declares.
struct Operation {
    method: String,
    path: String,
    scope: Scope,
    described: Value,
}

fn operations() -> Vec<Operation> {
    let description: Value = serde_json::from_str(&description()).unwrap();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/vendor/") {
            continue;
        }
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(described) = item.get(method) else { continue };
            let scope = described["security"][0]["token"][0].as_str();
            let scope = scope
                .and_then(Scope::from_name)
                .unwrap_or_else(|| panic!("{method} {path} declares no scope"));
            let mut filled = path.clone();
            while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
                filled.replace_range(from..=to, "nothing-like-it");
            }
            found.push(Operation {
                method: method.to_uppercase(),
                path: filled,
                scope,
                described: described.clone(),
            });
        }
    }
    assert!(found.len() >= 8);
    found
}

#[tokio::test]
async fn threat_cross_tenant_access_every_address_takes_a_token_of_its_tenant_with_its_scope_only() {
    let desk = Desk::new().await;
    // A stream ends at once.
    desk.app.live.close();
    let other = Vendor { id: id("globex"), name: "Globex Tools".into() };
    desk.tenant(2, &other, &random::secret_key(), Some("licenses.globex.example")).await;
    let foreign = desk.token_of(2, &Scope::ALL).await;
    for it in operations() {
        let path = format!("/t/acme{}", it.path);
        let what = format!("{} {}", it.method, it.path);
        for (token, code) in
            [("", "token.missing"), ("hc_x", "token.unknown"), (foreign.as_str(), "token.unknown")]
        {
            let got = desk.ask(token, &it.method, &path, None).await;
            assert_eq!(got.refused(), (401, code.to_owned()), "{what}");
            assert!(got.header("www-authenticate").starts_with("Bearer"), "{what}");
        }
        let all_but: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| *scope != it.scope).collect();
        let got = desk.ask(&desk.token(&all_but).await, &it.method, &path, None).await;
        assert_eq!(got.refused(), (403, "token.scope".to_owned()), "{what}");
        assert_eq!(got.problem().facts["scope"], it.scope.name(), "{what}");
        assert!(got.header("www-authenticate").contains(it.scope.name()), "{what}");
        let got = desk.ask(&desk.token(&[it.scope]).await, &it.method, &path, None).await;
        assert!(!matches!(got.status.as_u16(), 401 | 403 | 405 | 500..), "{what}: {}", got.text());
    }
}

#[tokio::test]
async fn every_address_refuses_parameters_that_it_does_not_know() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for it in operations() {
        let got = desk.ask(&master, &it.method, &format!("{}?no-such-parameter=1", it.path), None).await;
        assert_eq!(got.refused(), (400, "request.parameter".to_owned()), "{} {}", it.method, it.path);
        assert_eq!(got.problem().facts["parameter"], "no-such-parameter");
    }
}

#[tokio::test]
async fn every_address_that_writes_reads_its_body_strictly() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for it in operations().into_iter().filter(|it| it.method != "GET") {
        let what = format!("{} {}", it.method, it.path);
        let takes_json = it.described["requestBody"]["content"].get("application/json").is_some();
        let got =
            desk.ask(&master, &it.method, &it.path, Some(serde_json::json!({"no such member": 1}))).await;
        // A thing that is not there may be missed first.
        assert!(matches!(got.status.as_u16(), 404 | 409 | 422), "{what}: {}", got.text());
        if !takes_json {
            continue;
        }
        for (content_type, body, status, code) in [
            ("application/json", "{", 400, "request.malformed"),
            ("application/json", "null", 422, "request.field"),
            ("application/json", "[null, null]", 422, "request.field"),
            ("text/plain", "{}", 415, "request.media_type"),
        ] {
            let request = axum::http::Request::builder().method(it.method.as_str()).uri(&it.path);
            let request = request
                .header("content-type", content_type)
                .header("authorization", format!("Bearer {master}"));
            let got = desk.send(request.body(body.into()).unwrap()).await;
            assert_eq!(got.refused(), (status, code.to_owned()), "{what} {body}");
        }
    }
}

#[tokio::test]
async fn every_write_says_that_it_takes_an_idempotency_key_and_refuses_one_that_is_none() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    for it in operations().into_iter().filter(|it| it.method != "GET") {
        let what = format!("{} {}", it.method, it.path);
        let parameters = it.described["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|it| it["name"] == "Idempotency-Key"), "{what}");
        for wrong in ["", " ", "a b", &"x".repeat(129)] {
            let got = desk.ask_once(&master, &it.method, &it.path, None, Some(wrong)).await;
            assert_eq!(got.refused(), (400, "idempotency.key".to_owned()), "{what} {wrong:?}");
        }
    }
}
