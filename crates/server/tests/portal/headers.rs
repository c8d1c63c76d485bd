//! The headers of every route, whatever it answers: a change of any of them shows in `headers.txt`. The routes are those of
//! the API's description and of what it does not describe, so that a new one cannot be forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::time::Instant;

use axum::body::Body;
use axum::http::Request;
use handcarry_server::http::headers::DATA_POLICY;
use handcarry_server::http::openapi::description;
use handcarry_server::settings::Given;
use serde_json::Value;

use crate::desk::{Desk, Got, PAGE, now};

/// What differs from run to run.
const VARYING: [&str; 3] = ["x-request-id", "content-length", "etag"];

/// What the description leaves out: the page, its files, what is nowhere.
const BESIDE: [&str; 8] = [
    "/",
    "/portal-0123456789abcdef.js",
    "/portal-0123456789abcdef_bg.wasm",
    "/de.toml",
    "/plain.css",
    "/t/acme",
    "/t/acme/",
    "/nothing",
];

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

struct World {
    desk: Desk,
    token: String,
    /// Digests of a document that was answered, and of a file that was issued.
    document: String,
    issued: String,
}

impl World {
    async fn new(given: Given) -> World {
        let furnished = Desk::with(PAGE, given).await;
        // A stream ends at once.
        furnished.app.live.close();
        let token = furnished.master().await;
        World { desk: furnished, token, document: "sha256-0".to_owned(), issued: "sha256-0".to_owned() }
    }

    async fn furnished() -> World {
        let mut world = World::new(Given::default()).await;
        let key = world.desk.license(1).await;
        let outcome = world.desk.post(world.desk.device("WS-17").request(&key, now())).await.outcome();
        let license = outcome.license.unwrap().text;
        let issued = handcarry_format::inspect(license.as_bytes(), &Default::default()).unwrap().digest.hex();
        world.issued = format!("sha256-{issued}");
        world.document = outcome.document.digest.replace(':', "-");
        world
    }

    /// The places of a path, filled.
    fn filled(&self, path: &str) -> String {
        let digest = if path.contains("/documents/") { &self.document } else { &self.issued };
        let mut filled = path.replace("{digest}", digest);
        while let (Some(from), Some(to)) = (filled.find('{'), filled.find('}')) {
            filled.replace_range(from..=to, "none");
        }
        filled
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Got {
        let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(self.filled(path));
        if path.starts_with("/api/v1/vendor/") {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.desk.send(request.body(Body::empty()).unwrap()).await
    }
}

/// Every route with its methods.
fn routes() -> Vec<(String, Vec<&'static str>)> {
    let description: Value = serde_json::from_str(&description()).unwrap();
    let described = description["paths"].as_object().unwrap().iter().map(|(path, item)| {
        (path.clone(), METHODS.into_iter().filter(|method| item.get(*method).is_some()).collect())
    });
    described.chain(BESIDE.map(|path| (path.to_owned(), vec!["get"]))).collect()
}

/// What every answer says, whatever it is.
fn holds(what: &str, got: &Got) {
    let policy = got.header("content-security-policy");
    let is_page = policy != DATA_POLICY;
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{what}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(got.header(name), value, "{what}: {name}");
    }
    assert!(!got.header("permissions-policy").is_empty(), "{what}");
    assert!(!got.header("x-request-id").is_empty(), "{what}");
    assert!(!got.header("cache-control").is_empty(), "{what}");
    assert!(got.headers.get("server").is_none(), "{what}");
    let content_type = got.header("content-type");
    if !is_page {
        assert!(
            !content_type.contains("html") && !content_type.contains("javascript"),
            "{what}: {content_type}"
        );
    }
    if content_type.contains("html") {
        assert!(content_type.contains("charset=utf-8"), "{what}");
    }
    if matches!(got.status.as_u16(), 429 | 503) && !what.contains("readyz") {
        assert!(got.header("retry-after").parse::<u64>().is_ok(), "{what}: it says when to come back");
    }
}

/// Every route with every method that there is, on a server that works.
async fn every_answer() -> Vec<(String, Got)> {
    let world = World::furnished().await;
    let mut all = Vec::new();
    for (path, methods) in routes() {
        for method in METHODS {
            // One that is not taken is an answer, too. What a write would change is not asked for: nothing is sent.
            let got = world.ask(method, &path, &[]).await;
            if path != "/nothing" && !path.ends_with("/nothing") && !methods.contains(&method) {
                assert!(matches!(got.status.as_u16(), 404 | 405), "{method} {path}: {}", got.status);
            }
            all.push((format!("{} {path} {}", method.to_uppercase(), got.status.as_u16()), got));
        }
        let person = [("accept", "text/html")];
        let got = world.ask("get", &format!("/t/nobody{path}"), &person).await;
        all.push((format!("GET /t/nobody{path} {}", got.status.as_u16()), got));
    }
    all
}

#[tokio::test]
async fn every_route_has_its_headers() {
    let mut blocks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |what: String, got: &Got| {
        holds(&what, got);
        let fields = got.headers.iter().filter(|(name, _)| !VARYING.contains(&name.as_str()));
        let shown = |name: &str, value: &str| match name {
            "retry-after" => "    retry-after: so many seconds".to_owned(),
            _ => format!("    {name}: {value}"),
        };
        let mut lines: Vec<String> =
            fields.map(|(name, value)| shown(name.as_str(), value.to_str().unwrap())).collect();
        lines.sort();
        blocks.entry(lines.join("\n")).or_default().insert(what);
    };
    for (what, got) in every_answer().await {
        add(what, &got);
    }
    // Too much, too often, too busy: the same for whoever asks.
    let busy = World::new(Given { concurrent: Some(0), ..Given::default() }).await;
    let given = Given { rate: Some(1), burst: Some(1_000_000), ..Given::default() };
    let often = World::new(given).await;
    often.ask("post", "/api/v1/documents", &[]).await;
    for _ in 0..2 {
        often.desk.app.rate.charge(&Ipv4Addr::LOCALHOST.into(), 1_000_000, Instant::now());
    }
    let large = World::furnished().await;
    for (path, methods) in routes() {
        for method in methods {
            let got = busy.ask(method, &path, &[]).await;
            add(format!("{} {path} {}, busy", method.to_uppercase(), got.status.as_u16()), &got);
            let got = often.ask(method, &path, &[]).await;
            add(format!("{} {path} {}, often", method.to_uppercase(), got.status.as_u16()), &got);
            if method != "get" {
                let headers = [("content-length", "99999999999"), ("content-type", "application/json")];
                let got = large.ask(method, &path, &headers).await;
                add(format!("{} {path} {}, large", method.to_uppercase(), got.status.as_u16()), &got);
            }
        }
    }
    let mut seen = String::new();
    for (lines, routes) in blocks {
        let routes: Vec<String> = routes.into_iter().collect();
        let _ = writeln!(seen, "{}\n{lines}\n", routes.join("\n"));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/headers.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &seen).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(seen == written, "headers changed; look, then run with UPDATE_SNAPSHOTS=1\n{seen}");
}

#[tokio::test]
async fn threat_hostile_embedder_no_answer_may_be_framed() {
    for (what, got) in every_answer().await {
        assert!(got.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
        assert_eq!(got.header("x-frame-options"), "DENY", "{what}");
    }
}

#[tokio::test]
async fn threat_stolen_staff_session_d_23_no_answer_sets_a_cookie_and_none_is_read() {
    for (what, got) in every_answer().await {
        assert!(got.headers.get("set-cookie").is_none(), "{what}");
    }
    let world = World::furnished().await;
    let cookie = [("cookie", format!("__Host-session={}", world.token))];
    let request = Request::get("/api/v1/vendor/licenses").header(cookie[0].0, &cookie[0].1);
    assert_eq!(world.desk.send(request.body(Body::empty()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn d_05_no_answer_is_a_table_for_a_spreadsheet() {
    for (what, got) in every_answer().await {
        let content_type = got.header("content-type");
        assert!(!content_type.contains("csv") && !content_type.contains("excel"), "{what}: {content_type}");
        assert!(!got.header("content-disposition").contains(".csv"), "{what}");
    }
}

#[test]
fn no_route_is_left_out() {
    // Routes that the description does not know are few, and are asked for above.
    let source = include_str!("../../src/http/mod.rs");
    let described =
        ["route::", "page::PLAIN_STYLE", "\"{*file}\"", "base, get(page::index)", "\"/t/{slug}\""];
    for line in source.lines().filter(|line| line.contains(".route(")) {
        assert!(described.iter().any(|known| line.contains(known)), "asked for by no test: {line}");
    }
}
