//! The headers of every route, as they are: a change of any of them shows in `headers.txt`.

use std::fmt::Write as _;

use crate::desk::{Desk, now};

/// What differs from run to run.
const VARYING: [&str; 3] = ["x-request-id", "content-length", "etag"];

#[tokio::test]
async fn every_route_has_its_headers() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    let outcome = desk.post(desk.device("WS-17").request(&key, now())).await.outcome();
    let license = outcome.license.unwrap().text;
    let issued = handcarry_format::inspect(license.as_bytes(), &Default::default()).unwrap().digest.hex();
    let document = outcome.document.digest.replace(':', "-");

    let mut seen = String::new();
    let routes = [
        ("GET", "/".to_owned()),
        ("GET", "/portal-0123456789abcdef.js".to_owned()),
        ("GET", "/portal-0123456789abcdef_bg.wasm".to_owned()),
        ("GET", "/theme.css".to_owned()),
        ("GET", "/plain.css".to_owned()),
        ("GET", "/logo".to_owned()),
        ("GET", "/submit".to_owned()),
        ("POST", "/submit".to_owned()),
        ("GET", "/api/v1/tenant".to_owned()),
        ("GET", "/api/v1/openapi.json".to_owned()),
        ("POST", "/api/v1/documents".to_owned()),
        ("POST", "/api/v1/documents/batch".to_owned()),
        ("GET", format!("/api/v1/documents/{document}")),
        ("GET", format!("/files/sha256-{issued}")),
        ("GET", "/healthz".to_owned()),
        ("GET", "/readyz".to_owned()),
        ("GET", "/metrics".to_owned()),
        ("GET", "/t/acme".to_owned()),
        ("GET", "/t/acme/".to_owned()),
        ("GET", "/nothing".to_owned()),
        ("DELETE", "/api/v1/tenant".to_owned()),
        ("GET", "/api/v1/vendor/activations".to_owned()),
        ("GET", "/api/v1/vendor/activations/none".to_owned()),
        ("GET", "/api/v1/vendor/activations/none/documents".to_owned()),
        ("GET", "/api/v1/vendor/activations/none/files".to_owned()),
        ("POST", "/api/v1/vendor/activations/none/refresh".to_owned()),
        ("GET", "/api/v1/vendor/cases".to_owned()),
        ("GET", "/api/v1/vendor/cases/none".to_owned()),
        ("POST", "/api/v1/vendor/cases/none/close".to_owned()),
        ("GET", "/api/v1/vendor/log".to_owned()),
        ("GET", "/api/v1/vendor/rules".to_owned()),
        ("PATCH", "/api/v1/vendor/rules".to_owned()),
        ("GET", "/api/v1/vendor/licenses".to_owned()),
        ("POST", "/api/v1/vendor/licenses".to_owned()),
        ("GET", "/api/v1/vendor/licenses/none".to_owned()),
        ("PATCH", "/api/v1/vendor/licenses/none".to_owned()),
        ("GET", "/api/v1/vendor/products".to_owned()),
        ("POST", "/api/v1/vendor/products".to_owned()),
        ("GET", "/api/v1/vendor/products/cad".to_owned()),
        ("PATCH", "/api/v1/vendor/products/cad".to_owned()),
        ("GET", "/api/v1/vendor/tokens".to_owned()),
        ("POST", "/api/v1/vendor/tokens".to_owned()),
        ("GET", "/api/v1/vendor/tokens/none".to_owned()),
        ("DELETE", "/api/v1/vendor/tokens/none".to_owned()),
        ("PUT", "/api/v1/vendor/tokens".to_owned()),
    ];
    let master = desk.master().await;
    for (method, path) in routes {
        let mut request = axum::http::Request::builder().method(method).uri(&path);
        if path.starts_with("/api/v1/vendor/") {
            request = request.header("authorization", format!("Bearer {master}"));
        }
        let got = desk.send(request.body(axum::body::Body::empty()).unwrap()).await;
        let shown = path.replace(&document, "{digest}").replace(&issued, "{hex}");
        let _ = writeln!(seen, "{method} {shown} {}", got.status.as_u16());
        let mut lines: Vec<String> = got
            .headers
            .iter()
            .filter(|(name, _)| !VARYING.contains(&name.as_str()))
            .map(|(name, value)| format!("    {name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        let _ = writeln!(seen, "{}\n", lines.join("\n"));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal/headers.txt");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &seen).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(seen == written, "headers changed; look, then run with UPDATE_SNAPSHOTS=1\n{seen}");
}
