//! The pool by the vendor API.

use handcarry_server::service::vendor::scope::Scope;
use serde_json::{Value, json};

use crate::desk::Desk;

async fn send(desk: &Desk, token: &str, file: &str) -> crate::desk::Got {
    let request = axum::http::Request::post("/api/v1/vendor/pool");
    let request = request.header("authorization", format!("Bearer {token}"));
    desk.send(request.body(file.to_owned().into()).unwrap()).await
}

async fn sold(desk: &Desk, token: &str, body: Value) -> String {
    let got = desk.ask(token, "POST", "licenses", Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    got.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn alt_10_11_14_24_an_administrator_does_what_the_status_allows() {
    let desk = Desk::new().await;
    let token = desk.token(&[Scope::Pool, Scope::LicensesWrite, Scope::LicensesRead]).await;
    let id = sold(&desk, &token, json!({"product": "cad"})).await;
    let act = async |action: &str| {
        let got = desk.ask(&token, "POST", &format!("pool/{id}/{action}"), None).await;
        match got.status.as_u16() {
            200 => (200, got.json()["status"].as_str().unwrap().to_owned()),
            _ => got.refused(),
        }
    };
    let refused = (409, "pool.not_allowed".to_owned());
    assert_eq!(act("activate").await, refused);
    assert_eq!(act("recheck").await, refused);
    assert_eq!(act("start").await, refused);
    let delete = desk.ask(&token, "DELETE", &format!("pool/{id}"), None).await;
    let problem = delete.problem();
    assert_eq!((problem.facts["status"].as_str(), problem.facts["action"].as_str()), ("active", "delete"));
    assert_eq!(act("deactivate").await, (200, "inactive".to_owned()));
    let row = desk.ask(&token, "GET", &format!("pool/{id}"), None).await.json();
    assert_eq!(
        (&row["reason"]["code"], &row["actions"]),
        (&json!("deactivated"), &json!(["activate", "delete"]))
    );
    // Its own authority: verified at once.
    assert_eq!(act("activate").await, (200, "active".to_owned()));
    assert_eq!(act("deactivate").await, (200, "inactive".to_owned()));
    assert_eq!(desk.ask(&token, "DELETE", &format!("pool/{id}"), None).await.status, 204);
    assert_eq!(act("activate").await, (404, "resource.unknown".to_owned()));
    assert_eq!(desk.ask(&token, "GET", "pool", None).await.json()["items"], json!([]));
    let by: Vec<_> =
        desk.events().await.into_iter().filter(|(event, _)| event.starts_with("pool.")).collect();
    assert!(by.iter().all(|(_, facts)| facts["by"].as_str().unwrap().starts_with("token:")), "{by:?}");
}

#[tokio::test]
async fn alt_01_02_18_20_a_pool_file_is_uploaded_again_and_again() {
    let desk = Desk::new().await;
    let token = desk.token(&[Scope::Pool, Scope::LicensesWrite, Scope::LicensesRead]).await;
    let old =
        sold(&desk, &token, json!({"product": "cad", "customer": {"name": "Zeta", "order": "PO-1"}})).await;
    let new = sold(&desk, &token, json!({"product": "cad", "replaces": old})).await;
    // ALT-20: a renewal that is active disables what it renews, however it was made.
    let list = desk.ask(&token, "GET", "pool?sort=-status", None).await.json();
    let rows: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|row| (&row["id"], &row["status"])).collect();
    assert_eq!(rows, [(&json!(old), &json!("inactive")), (&json!(new), &json!("active"))]);
    let export = desk.ask(&token, "POST", "pool/export", Some(json!({"licenses": [old, new]}))).await.json();
    let file = export["text"].as_str().unwrap().to_owned();

    // Taken out, and uploaded again: revived; what is there stays as it is.
    assert_eq!(desk.ask(&token, "DELETE", &format!("pool/{old}"), None).await.status, 204);
    let got = send(&desk, &token, &file).await.json();
    let expect = |old_is: &str, status: &str| {
        let mut list = vec![json!([old, old_is, status]), json!([new, "kept", "active"])];
        list.sort_by_key(|one| one[0].to_string());
        list
    };
    let said = |got: &Value| -> Vec<Value> {
        let all = got["licenses"].as_array().unwrap().iter();
        let mut all: Vec<_> = all.map(|one| json!([one["id"], one["upload"], one["status"]])).collect();
        all.sort_by_key(|one| one[0].to_string());
        all
    };
    // It is verified, and at once replaced again.
    assert_eq!(said(&got), expect("revived", "inactive"));
    let again = send(&desk, &token, &file).await.json();
    assert_eq!(again["again"], true);
    assert_eq!(said(&again), expect("kept", "inactive"));

    // What is no pool file, or was changed, changes nothing.
    assert_eq!(send(&desk, &token, "x").await.refused().0, 422);
    assert_eq!(send(&desk, &token, &file[..file.len() / 2]).await.refused().0, 422);
    let order = desk.ask(&token, "POST", "pool/order", Some(json!({"order": "PO-9"}))).await;
    assert_eq!(order.refused(), (404, "resource.unknown".to_owned()));
    let nowhere = desk.ask(&token, "POST", "pool/request", None).await;
    assert_eq!(nowhere.refused(), (409, "pool.not_allowed".to_owned()), "its own authority asks nobody");
}
