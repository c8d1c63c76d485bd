//! Users of licenses, and used seats that are counted elsewhere.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use handcarry_server::schedule::{ERRANDS, Errand};
use handcarry_store::{MessageFilter, Page, StoreError, TenantId};
use serde_json::{Value, json};

use crate::desk::{Desk, Got, now};

/// A license with two sessions.
async fn sold(desk: &Desk, token: &str, trial_seats: bool) -> String {
    let body = json!({
        "product": "cad", "seats": 1, "model": {"kind": "concurrent", "seats": 2}, "trial_seats": trial_seats,
        "maintenance_end": "2026-12-04", "customer": {"name": "Globex Corp.", "order": "O-1"},
    });
    let got = desk.ask(token, "POST", "licenses", Some(body)).await;
    assert_eq!(got.status, 201, "{}", got.text());
    got.json()["id"].as_str().unwrap().to_owned()
}

async fn access(desk: &Desk, token: &str, license: &str, user: &str) -> Got {
    desk.ask(token, "POST", &format!("licenses/{license}/users/{user}/access"), None).await
}

#[tokio::test]
async fn ice_07_12_13_users_connect_and_get_a_full_seat_a_trial_or_a_reason() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, true).await;
    let seat =
        |got: &Got| (got.json()["seat"].as_str().unwrap().to_owned(), got.json()["trial_until"].clone());
    assert_eq!(seat(&access(&desk, &master, &license, "anna").await), ("full".into(), Value::Null));
    assert_eq!(seat(&access(&desk, &master, &license, "Bert@Globex.example").await).0, "full");
    assert_eq!(seat(&access(&desk, &master, &license, "BERT%40globex.example").await).0, "full", "one user");
    let until = now().plus_days(14);
    let trial = ("trial".to_owned(), json!(until.to_string()));
    assert_eq!(seat(&access(&desk, &master, &license, "carl").await), trial);
    desk.clock.set(until.plus_seconds(-1));
    assert_eq!(seat(&access(&desk, &master, &license, "carl").await), trial);
    desk.clock.set(until);
    let over = access(&desk, &master, &license, "carl").await;
    assert_eq!(over.refused(), (409, "seat.trial_over".to_owned()));
    assert_eq!(over.problem().facts["since"], until.to_string());

    let users = desk.ask(&master, "GET", &format!("licenses/{license}/users?limit=2"), None).await.json();
    let names: Vec<_> = users["items"].as_array().unwrap().iter().map(|it| it["user"].clone()).collect();
    assert_eq!(names, ["anna", "bert@globex.example"]);
    let next = users["next"].as_str().unwrap();
    let path = format!("licenses/{license}/users?limit=2&after={next}");
    let rest = desk.ask(&master, "GET", &path, None).await.json();
    assert_eq!((&rest["items"][0]["seat"], rest.get("next")), (&json!("ended"), None));

    // A seat that is taken back goes to who connects next; the trial that was had stays had.
    let freed = desk.ask(&master, "DELETE", &format!("licenses/{license}/users/anna/seat"), None).await;
    assert_eq!(freed.status, 204);
    assert_eq!(seat(&access(&desk, &master, &license, "carl").await).0, "full");
    assert_eq!(seat(&access(&desk, &master, &license, "anna").await).0, "trial");
    let shown = desk.ask(&master, "GET", &format!("licenses/{license}/seats"), None).await.json();
    let users =
        shown["facts"]["lines"].as_array().unwrap().iter().find(|it| it["name"] == "users").unwrap().clone();
    assert_eq!(users, json!({"name": "users", "used": 3, "seats": 2, "over": true}));
    assert_eq!(shown["facts"]["recommended"], json!(["add_users", "renew_license"]));
    let events = desk.events().await;
    let taken = events.iter().filter(|(event, _)| event == "seat.taken").count();
    assert_eq!(taken, 5, "coming back is no event: {events:?}");
}

#[tokio::test]
async fn ice_07_without_trial_seats_there_is_no_seat_beyond_the_license() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, false).await;
    for user in ["anna", "bert"] {
        assert_eq!(access(&desk, &master, &license, user).await.status, 200);
    }
    let none = access(&desk, &master, &license, "carl").await;
    assert_eq!(
        (none.refused(), none.problem().facts["total"].as_str()),
        ((409, "seat.none".to_owned()), "2")
    );
    let unknown = desk.ask(&master, "DELETE", &format!("licenses/{license}/users/carl/seat"), None).await;
    assert_eq!(unknown.status, 404, "who only asked is not kept");
    let long = "x".repeat(121);
    for path in
        ["licenses/no-such/users/anna/access".to_owned(), format!("licenses/{license}/users/{long}/access")]
    {
        assert_eq!(desk.ask(&master, "POST", &path, None).await.status, 404, "{path}");
    }
}

async fn told(desk: &Desk) -> Vec<(String, Value)> {
    let page = Page { after: None, limit: 100 };
    let all = desk.app.store.read(move |tx| tx.messages(TenantId(1), &MessageFilter::default(), &page)).await;
    let all = all.unwrap_or_else(|error: StoreError| panic!("{error}"));
    all.into_iter().map(|it| (it.message.code, serde_json::from_str(&it.message.facts).unwrap())).collect()
}

#[tokio::test]
async fn ice_10_14_midnight_tells_of_accounts_over_the_limit_and_of_renewals_once() {
    use handcarry_server::schedule::{JOBS, pass};
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, true).await;
    pass(&desk.app, JOBS, now()).await.unwrap();
    for user in ["anna", "bert", "carl", "dora"] {
        assert_eq!(access(&desk, &master, &license, user).await.status, 200);
    }
    // 23:00 UTC is midnight in Berlin: the first of them is the one on which 13 days are left, so there is no notice.
    let midnight = crate::desk::at("2026-11-21T23:00:00Z");
    pass(&desk.app, JOBS, midnight.plus_seconds(-1)).await.unwrap();
    assert_eq!(told(&desk).await, []);
    for _ in 0..2 {
        pass(&desk.app, JOBS, midnight).await.unwrap();
        let said = told(&desk).await;
        assert_eq!(said.len(), 1, "{said:?}");
        let (code, facts) = &said[0];
        assert_eq!(code, "seats.over");
        assert_eq!(
            (&facts["accounts"], &facts["seats"], &facts["used"]),
            (&json!(["carl", "dora"]), &json!(2), &json!(4))
        );
    }
    // A week is missed, and caught up: each midnight once, and the renewal notice at its own.
    let later = midnight.plus_days(7);
    desk.clock.set(later);
    pass(&desk.app, JOBS, later).await.unwrap();
    let said = told(&desk).await;
    let count = |code: &str| said.iter().filter(|it| it.0 == code).count();
    assert_eq!((count("seats.over"), count("renewal.due")), (8, 1), "{said:?}");
    let (_, renewal) = said.iter().find(|it| it.0 == "renewal.due").unwrap();
    assert_eq!((&renewal["days"], &renewal["maintenance_end"]), (&json!(7), &json!("2026-12-04")));
}

/// A server of pages; it answers what `page` makes of the path.
fn serve(page: impl Fn(&str, u16) -> (u16, String) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let (status, body) = page(path, port);
            let answer = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            // Whoever has seen enough may have gone.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

fn reader() -> &'static dyn Errand {
    *ERRANDS.iter().find(|errand| errand.name() == "seats.read").unwrap()
}

/// Reads on a thread that may block, as the server does.
async fn round(desk: &Desk) -> usize {
    let app = desk.app.clone();
    tokio::task::spawn_blocking(move || reader().round(&app).unwrap()).await.unwrap()
}

async fn source(desk: &Desk, token: &str, license: &str, url: &str) -> Got {
    let body = json!({"url": url});
    desk.ask(token, "PUT", &format!("licenses/{license}/seats/source"), Some(body)).await
}

#[tokio::test]
async fn ice_05_used_seats_of_a_remote_source_are_read_on_request_with_progress() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, true).await;
    let read = format!("licenses/{license}/seats/read");
    let none = desk.ask(&master, "POST", &read, None).await;
    assert_eq!(none.refused(), (409, "seats.no_source".to_owned()));
    let port = serve(|path, port| match path {
        "/used" => (200, r#"{"used": 2, "next": "/used?page=2"}"#.to_owned()),
        "/used?page=2" => {
            (200, format!(r#"{{"used": 1, "next": "http://127.0.0.1:{port}/used?page=3", "more": 1}}"#))
        }
        _ => (200, r#"{"used": 0}"#.to_owned()),
    });
    assert_eq!(source(&desk, &master, &license, &format!("http://127.0.0.1:{port}/used")).await.status, 204);

    let asked = desk.ask(&master, "POST", &read, None).await;
    assert_eq!((asked.status.as_u16(), asked.json()["state"].as_str()), (202, Some("waiting")));
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    let again = desk.ask(&master, "POST", &read, None).await.json();
    assert_eq!(again["id"], id.as_str(), "one at a time");
    let shown = desk.ask(&master, "GET", &format!("licenses/{license}/seats"), None).await.json();
    assert_eq!(shown["reading"]["id"], id.as_str());
    assert_eq!((round(&desk).await, round(&desk).await), (1, 0));
    let done = desk.ask(&master, "GET", &format!("{read}/{id}"), None).await.json();
    assert_eq!((&done["state"], &done["pages"], &done["used"]), (&json!("done"), &json!(3), &json!(3)));
    let shown = desk.ask(&master, "GET", &format!("licenses/{license}/seats"), None).await.json();
    assert_eq!((shown.get("reading"), &shown["source"]["used"]), (None, &json!(3)));
    let remote =
        shown["facts"]["lines"].as_array().unwrap().iter().find(|it| it["name"] == "remote").unwrap();
    assert_eq!((&remote["used"], &remote["seats"], &remote["over"]), (&json!(3), &json!(2), &json!(true)));
}

#[tokio::test]
async fn ice_05_a_reading_that_is_called_off_ends_after_its_page() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, true).await;
    let read = format!("licenses/{license}/seats/read");
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, store) = (Arc::clone(&asked), desk.app.store.clone());
    // Endless; during its third page somebody calls it off.
    let port = serve(move |_, _| {
        if count.fetch_add(1, Ordering::SeqCst) == 2 {
            let off = store.write_blocking(|tx| {
                let license = handcarry_format::Id::new(
                    &tx.licenses(TenantId(1), &Page { after: None, limit: 1 })?[0].id.to_string(),
                )
                .unwrap();
                let open = tx.open_seat_reading(TenantId(1), &license)?.unwrap();
                tx.cancel_seat_reading(TenantId(1), &open.id, now())
            });
            assert!(off.unwrap_or_else(|error: StoreError| panic!("{error}")));
        }
        (200, r#"{"used": 1, "next": "/more"}"#.to_owned())
    });
    assert_eq!(source(&desk, &master, &license, &format!("http://127.0.0.1:{port}/used")).await.status, 204);
    let id = desk.ask(&master, "POST", &read, None).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(round(&desk).await, 1);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    let path = format!("{read}/{id}");
    let off = desk.ask(&master, "GET", &path, None).await.json();
    assert_eq!((&off["state"], &off["pages"]), (&json!("cancelled"), &json!(2)));
    let again = desk.ask(&master, "DELETE", &path, None).await;
    assert_eq!((again.status.as_u16(), again.json()["state"].as_str()), (200, Some("cancelled")));
    let shown = desk.ask(&master, "GET", &format!("licenses/{license}/seats"), None).await.json();
    assert_eq!(shown["source"].get("used"), None, "nothing was taken over");
    // One that nobody has begun is called off too.
    let id = desk.ask(&master, "POST", &read, None).await.json()["id"].as_str().unwrap().to_owned();
    let off = desk.ask(&master, "DELETE", &format!("{read}/{id}"), None).await.json();
    assert_eq!((off["state"].as_str(), round(&desk).await), (Some("cancelled"), 0));
}

#[tokio::test]
async fn ice_05_a_source_that_cannot_be_read_says_why_and_leads_nowhere_else() {
    let desk = Desk::new().await;
    let master = desk.master().await;
    let license = sold(&desk, &master, true).await;
    let elsewhere = serve(|_, _| panic!("nobody asks here"));
    let port = serve(move |path, _| match path {
        "/refused" => (500, String::new()),
        "/moved" => (302, String::new()),
        "/words" => (200, "many".to_owned()),
        "/large" => (200, format!(r#"{{"used": 1, "x": "{}"}}"#, "x".repeat(70_000))),
        "/negative" => (200, r#"{"used": -1}"#.to_owned()),
        "/endless" => (200, r#"{"used": 1, "next": "/endless"}"#.to_owned()),
        _ => (200, format!(r#"{{"used": 1, "next": "http://127.0.0.1:{elsewhere}/used"}}"#)),
    });
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (port, path, failure) in [
        (port, "refused", "source.refused"),
        (port, "moved", "source.refused"),
        (port, "words", "source.unreadable"),
        (port, "large", "source.unreadable"),
        (port, "negative", "source.unreadable"),
        (port, "endless", "source.too_long"),
        (port, "elsewhere", "source.elsewhere"),
        (closed, "used", "source.unreachable"),
    ] {
        let url = format!("http://127.0.0.1:{port}/{path}");
        assert_eq!(source(&desk, &master, &license, &url).await.status, 204, "{path}");
        let read = format!("licenses/{license}/seats/read");
        let id = desk.ask(&master, "POST", &read, None).await.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(round(&desk).await, 1);
        let failed = desk.ask(&master, "GET", &format!("{read}/{id}"), None).await.json();
        assert_eq!((&failed["state"], &failed["failure"]), (&json!("failed"), &json!(failure)), "{path}");
    }
    for url in
        ["ftp://a.example/", "file:///etc/passwd", "https://me:secret@a.example/", "a.example", "http://"]
    {
        let got = source(&desk, &master, &license, url).await;
        assert_eq!(got.refused(), (422, "request.field".to_owned()), "{url}");
    }
    let empty = desk.ask(&master, "PUT", &format!("licenses/{license}/seats/source"), Some(json!({}))).await;
    assert_eq!(empty.refused().0, 422, "nothing said is not `null`");
    let taken = desk
        .ask(&master, "PUT", &format!("licenses/{license}/seats/source"), Some(json!({"url": null})))
        .await;
    assert_eq!(taken.status, 204);
}
