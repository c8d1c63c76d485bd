//! ALT-22: whoever looks sees what is, with no refresh.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use handcarry_api::Outcome;
use handcarry_format::Limits;
use handcarry_rules::PoolStatus;
use handcarry_server::app::App;
use handcarry_server::clock::ManualClock;
use handcarry_server::keys::KeyStore;
use handcarry_server::live::watch;
use handcarry_server::portal::Portal;
use handcarry_server::service::vendor::scope::Scope;
use handcarry_server::settings::{Given, Settings};
use handcarry_store::{NewLogEntry, Options, Store, StoreError, TenantId};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::desk::{Desk, Got, PAGE, at, now};

/// A stream, read event by event.
struct Events {
    status: StatusCode,
    content_type: String,
    body: BodyDataStream,
    read: String,
}

impl Events {
    async fn open(app: &App, request: Request<Body>) -> Events {
        let response = handcarry_server::http::router(app.clone()).oneshot(request).await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        let (status, body) = (response.status(), response.into_body().into_data_stream());
        Events { status, content_type, body, read: String::new() }
    }

    async fn of_file(app: &App, digest: &str) -> Events {
        let path = format!("/api/v1/licenses/{digest}/events");
        Events::open(app, Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// The next event: its id and its data.
    async fn next(&mut self) -> (i64, Value) {
        let within = Duration::from_secs(20);
        tokio::time::timeout(within, self.maybe_next()).await.expect("an event in time").expect("no end")
    }

    /// None = the stream has ended.
    async fn maybe_next(&mut self) -> Option<(i64, Value)> {
        loop {
            while let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let found = field("data: ").map(|data| {
                    (field("id: ").unwrap().parse().unwrap(), serde_json::from_str(data).unwrap())
                });
                self.read = rest.to_owned();
                if found.is_some() {
                    return found;
                }
            }
            let bytes = self.body.next().await?.unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(900), self.maybe_next()).await.is_err()
    }
}

fn digest(outcome: &Outcome) -> String {
    let text = &outcome.license.as_ref().unwrap().text;
    let inspected = handcarry_format::inspect(text.as_bytes(), &Limits::default()).unwrap();
    inspected.digest.to_string().replace(':', "-")
}

async fn activated(desk: &Desk, name: &str, key: &handcarry_format::LicenseKey) -> String {
    let got: Got = desk.post(desk.device(name).request(key, now())).await;
    digest(&got.outcome())
}

fn listening(app: &App) {
    tokio::spawn(watch(app.clone()));
}

async fn log(app: &App, event: &str) {
    let entry = NewLogEntry { at: now(), event: event.to_owned(), data: "{\"of\":1}".to_owned() };
    let done = app.store.write(move |tx| tx.append_log(TenantId(1), &entry).map(drop)).await;
    done.unwrap_or_else(|error: StoreError| panic!("{error}"));
}

#[tokio::test]
async fn alt_22_the_holder_of_a_license_file_sees_every_change_with_no_refresh() {
    let desk = Desk::new().await;
    listening(&desk.app);
    let key = desk.license(5).await;
    let file = activated(&desk, "one", &key).await;
    let mut events = Events::of_file(&desk.app, &file).await;
    assert_eq!((events.status, events.content_type.as_str()), (StatusCode::OK, "text/event-stream"));
    let (first, said) = events.next().await;
    let expected = serde_json::json!({"status": "active", "seats_used": 1, "seats": 5});
    assert_eq!(said, expected);
    // Another device takes a seat.
    let began = std::time::Instant::now();
    activated(&desk, "two", &key).await;
    let (second, said) = events.next().await;
    assert!(second > first, "places rise");
    assert_eq!((said["seats_used"].as_i64(), said["status"].as_str()), (Some(2), Some("active")));
    assert!(began.elapsed() < Duration::from_secs(5), "it did not wait for its own second look");
    // What does not concern it is not told.
    log(&desk.app, "test").await;
    assert!(events.is_silent().await);
    desk.change_license(&key, |license| {
        license.status = PoolStatus::Inactive;
        license.end = "2026-11-23".parse().ok();
    })
    .await;
    log(&desk.app, "license.changed").await;
    let (_, said) = events.next().await;
    assert_eq!((said["status"].as_str(), said["days_left"].as_i64()), (Some("inactive"), Some(3)));
}

#[tokio::test]
async fn alt_22_midnight_is_seen_although_nobody_wrote_anything() {
    let desk = Desk::new().await;
    listening(&desk.app);
    let key = desk.license(5).await;
    let file = activated(&desk, "one", &key).await;
    desk.change_license(&key, |license| license.end = "2026-11-21".parse().ok()).await;
    let mut events = Events::of_file(&desk.app, &file).await;
    assert_eq!(events.next().await.1["status"], "active");
    desk.clock.set(at("2026-11-21T23:00:00Z"));
    let (_, said) = events.next().await;
    assert_eq!((said["status"].as_str(), said["days_left"].as_i64()), (Some("blocked"), Some(0)));
}

#[tokio::test]
async fn alt_22_only_a_license_file_of_this_tenant_opens_a_stream() {
    let desk = Desk::new().await;
    let key = desk.license(5).await;
    let got = desk.post(desk.device("one").request(&key, now())).await.outcome();
    let receipt = &got.receipt.as_ref().unwrap().text;
    let receipt = handcarry_format::inspect(receipt.as_bytes(), &Limits::default()).unwrap().digest;
    let other = handcarry_format::Vendor { id: crate::device::id("other"), name: "Other".to_owned() };
    desk.tenant(2, &other, &handcarry_server::random::secret_key(), None).await;
    let base = "/t/acme/api/v1/licenses/";
    for (path, what) in [
        (format!("{base}sha256-{}/events", "0".repeat(64)), "unknown"),
        (format!("{base}{}/events", receipt.to_string().replace(':', "-")), "a receipt"),
        (format!("{base}nonsense/events"), "nonsense"),
        (format!("/t/other/api/v1/licenses/{}/events", digest(&got)), "another tenant's"),
    ] {
        let refused = desk.get(&path).await;
        assert_eq!(
            (refused.status.as_u16(), refused.problem().code.as_str()),
            (404, "document.unknown"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn alt_22_streams_are_bounded_and_their_places_come_back() {
    let desk = Desk::new().await;
    let key = desk.license(5).await;
    let file = activated(&desk, "one", &key).await;
    let mut open = Vec::new();
    for _ in 0..64 {
        let events = Events::of_file(&desk.app, &file).await;
        assert_eq!(events.status, 200);
        open.push(events);
    }
    assert_eq!(desk.app.live.streams(), 64);
    let refused = desk.get(&format!("/api/v1/licenses/{file}/events")).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "2"));
    drop(open);
    assert_eq!(desk.app.live.streams(), 0);
    assert_eq!(Events::of_file(&desk.app, &file).await.status, 200);
}

#[tokio::test]
async fn alt_22_a_server_that_stops_ends_its_streams() {
    let desk = Desk::new().await;
    listening(&desk.app);
    let key = desk.license(5).await;
    let mut events = Events::of_file(&desk.app, &activated(&desk, "one", &key).await).await;
    events.next().await;
    desk.app.live.close();
    let end = tokio::time::timeout(Duration::from_secs(5), events.maybe_next()).await;
    assert_eq!(end.unwrap(), None);
}

fn process(path: &Path) -> App {
    let store = Store::open(path.to_str().unwrap(), Options::default()).unwrap();
    let clock = Arc::new(ManualClock::at(now()));
    let settings = Settings { tenants_max_age: Duration::ZERO, ..Settings::of(&Given::default()) };
    App::new(store, clock, KeyStore::of(path.parent().unwrap()), Portal::of(&[]), settings)
}

async fn vendor_events(app: &App, token: &str, last: Option<i64>) -> Events {
    let mut request =
        Request::get("/api/v1/vendor/events").header(header::AUTHORIZATION, format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    Events::open(app, request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn alt_22_the_vendor_sees_what_any_process_writes_in_order_and_misses_nothing_in_between() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("portal.db");
    let store = Store::open(path.to_str().unwrap(), Options::default()).unwrap();
    let desk = Desk::over(store, PAGE, Given::default()).await;
    let (one, other) = (desk.app.clone(), process(&path));
    listening(&one);
    let token = desk.token(&[Scope::MessagesRead]).await;
    let mut events = vendor_events(&one, &token, None).await;
    assert_eq!(events.status, 200);
    // Only what happens from now on, from both processes.
    for number in 0..20 {
        log(if number % 2 == 0 { &one } else { &other }, &format!("test.{number}")).await;
    }
    let mut last = 0;
    for number in 0..20 {
        let (place, said) = events.next().await;
        assert_eq!(said["event"], format!("test.{number}"));
        assert_eq!((said["seq"].as_i64(), &said["data"]), (Some(place), &serde_json::json!({"of": 1})));
        assert!(last == 0 || place == last + 1);
        last = place;
    }
    drop(events);
    // The connection was broken for 250 entries.
    for number in 0..250 {
        log(&other, &format!("missed.{number}")).await;
    }
    let mut again = vendor_events(&one, &token, Some(last)).await;
    for number in 0..250 {
        assert_eq!(again.next().await.1["event"], format!("missed.{number}"));
    }
    assert!(again.is_silent().await);
    // A place beyond the end is none of this log.
    let mut beyond = vendor_events(&one, &token, Some(i64::MAX)).await;
    log(&other, "next").await;
    assert_eq!(beyond.next().await.1["event"], "next");
}
