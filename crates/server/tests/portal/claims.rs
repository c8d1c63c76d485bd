//! A user's own licenses: the password comes with the file, and is in none.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handcarry_format::Claim;
use handcarry_rules::ClaimedBy;
use handcarry_server::password;
use handcarry_store::{Claimant, StoreError, TenantId};

use crate::desk::{Desk, Got, now};
use crate::device::{Device, id};

const LOGIN: &str = "Ada@Acme.example";
const PASSWORD: &str = "correct horse: battery";

async fn with_user(seats: &[u32]) -> Desk {
    let desk = Desk::new().await;
    let claimant = Claimant {
        id: id("ada"),
        login: LOGIN.to_owned(),
        name: "Ada".to_owned(),
        password: password::hash(PASSWORD),
        disabled: false,
        created_at: now(),
        revision: 1,
    };
    let done = desk.app.store.write(move |tx| tx.insert_claimant(TenantId(1), &claimant)).await;
    done.unwrap_or_else(|error: StoreError| panic!("{error}"));
    for seats in seats {
        let key = desk.license(*seats).await;
        desk.change_license(&key, |license| license.claim = ClaimedBy::User(id("ada"))).await;
    }
    desk
}

fn request(device: &Device, user: &str) -> String {
    let mut request = device.request_document(&handcarry_server::random::license_key(), now());
    request.claim = Claim::User(user.to_owned());
    device.sign(&request).text
}

async fn post_as(desk: &Desk, file: &str, login: &str, password: &str) -> Got {
    let basic = format!("Basic {}", STANDARD.encode(format!("{login}:{password}")));
    let request = Request::post("/api/v1/documents").header("authorization", basic);
    desk.send(request.body(Body::from(file.to_owned())).unwrap()).await
}

#[tokio::test]
async fn lsp_03_a_users_request_is_claimed_by_signing_in_with_it() {
    let desk = with_user(&[1]).await;
    let file = request(&desk.device("WS-17"), "ada@acme.example");
    let asked = desk.post(file.clone()).await.problem();
    assert_eq!((asked.status, asked.code.as_str()), (401, "claim.sign_in"));
    assert_eq!(asked.facts["user"].as_str(), "ada@acme.example");
    for (login, password) in [(LOGIN, "wrong horse: battery"), ("nobody@acme.example", PASSWORD), (LOGIN, "")]
    {
        let wrong = post_as(&desk, &file, login, password).await.problem();
        assert_eq!((wrong.status, wrong.code.as_str()), (401, "claim.sign_in_failed"));
    }
    let done = post_as(&desk, &file, " ADA@acme.example", PASSWORD).await;
    assert_eq!((done.status.as_u16(), done.outcome().outcome.as_str()), (201, "activated"));
    assert!(!done.text().contains("horse") && !done.text().contains("argon2"));
    // D-12: the same file gets the same answer, for whoever carries it.
    assert_eq!(desk.post(file).await.body, done.body);
}

#[tokio::test]
async fn lsp_03_of_several_licenses_the_devices_own_or_the_first_with_a_seat_is_taken() {
    let desk = with_user(&[1, 1]).await;
    let (one, two, three) = (desk.device("WS-1"), desk.device("WS-2"), desk.device("WS-3"));
    let mut keys = Vec::new();
    for device in [&one, &two, &one] {
        let done = post_as(&desk, &request(device, LOGIN), LOGIN, PASSWORD).await.outcome();
        keys.push(done.license_key);
    }
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[0], keys[2], "a device that has a license keeps it");
    let full = post_as(&desk, &request(&three, LOGIN), LOGIN, PASSWORD).await.problem();
    assert_eq!(full.code, "seat.none");
}

#[tokio::test]
async fn lsp_03_another_user_and_a_users_license_by_key_are_refused() {
    let desk = with_user(&[]).await;
    let other = request(&desk.device("WS-1"), "bob@acme.example");
    assert_eq!(post_as(&desk, &other, LOGIN, PASSWORD).await.problem().code, "claim.other_user");
    let none = request(&desk.device("WS-1"), LOGIN);
    assert_eq!(post_as(&desk, &none, LOGIN, PASSWORD).await.problem().code, "claim.no_license");
    let key = desk.license(1).await;
    desk.change_license(&key, |license| license.claim = ClaimedBy::User(id("ada"))).await;
    let by_key = desk.device("WS-2").request(&key, now());
    assert_eq!(desk.post(by_key.clone()).await.problem().code, "claim.sign_in");
    assert_eq!(post_as(&desk, &by_key, LOGIN, PASSWORD).await.outcome().outcome, "activated");
}

#[tokio::test]
async fn lsp_03_passwords_cannot_be_tried_without_end() {
    let desk = with_user(&[1]).await;
    let file = request(&desk.device("WS-17"), LOGIN);
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(post_as(&desk, &file, LOGIN, "wrong horse: battery").await.problem().code);
    }
    assert_eq!(codes[9], "claim.sign_in_failed");
    assert_eq!(codes[11], "rate.limited");
    let right = post_as(&desk, &file, LOGIN, PASSWORD).await;
    assert_eq!((right.status.as_u16(), right.problem().code.as_str()), (429, "rate.limited"));
    assert!(!right.header("retry-after").is_empty());
}

#[tokio::test]
async fn lsp_03_a_disabled_user_claims_nothing() {
    let desk = with_user(&[1]).await;
    let disable = desk.app.store.write(move |tx| {
        let known = tx.claimant(TenantId(1), &id("ada"))?.unwrap();
        tx.update_claimant(TenantId(1), &Claimant { disabled: true, revision: 2, ..known })
    });
    disable.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    let file = request(&desk.device("WS-17"), LOGIN);
    assert_eq!(post_as(&desk, &file, LOGIN, PASSWORD).await.problem().code, "claim.sign_in_failed");
}
