//! The page's files, figures and other addresses.

use axum::body::Body;
use axum::http::Request;

use crate::desk::{Desk, now};

#[tokio::test]
async fn the_page_is_served_compressed_as_the_browser_takes_it() {
    let desk = Desk::new().await;
    for (accept, encoding, body) in [
        ("gzip, deflate, br", "br", "BR-index"),
        ("gzip;q=1.0", "gzip", "GZ-index"),
        ("br;q=0, gzip", "gzip", "GZ-index"),
        ("", "", "<!doctype html>"),
    ] {
        let request = Request::get("/").header("accept-encoding", accept).body(Body::empty()).unwrap();
        let got = desk.send(request).await;
        assert_eq!(got.header("content-encoding"), encoding);
        assert!(got.text().starts_with(body), "{accept}");
        assert_eq!(got.header("vary"), "accept-encoding");
        assert_eq!(got.header("cache-control"), "no-cache");
        let tag = got.header("etag").to_owned();
        let again = Request::get("/").header("accept-encoding", accept).header("if-none-match", &tag);
        let again = desk.send(again.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
    }
}

#[tokio::test]
async fn d_21_files_named_by_their_content_are_kept_for_good_and_have_their_type() {
    let desk = Desk::new().await;
    for base in ["/", "/t/acme/"] {
        let wasm = desk.get(&format!("{base}portal-0123456789abcdef_bg.wasm")).await;
        assert_eq!(wasm.header("content-type"), "application/wasm");
        assert_eq!(wasm.header("cache-control"), "public, max-age=31536000, immutable");
        let script = desk.get(&format!("{base}portal-0123456789abcdef.js")).await;
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(desk.get(&format!("{base}de.toml")).await.header("cache-control"), "no-cache");
    }
    for path in ["/nothing.js", "/t/acme/nothing", "/..%2f..%2fetc/passwd", "/api/v2/x"] {
        let got = desk.get(path).await;
        assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn an_address_takes_only_its_methods() {
    let desk = Desk::new().await;
    for (method, path) in [("GET", "/api/v1/documents"), ("DELETE", "/api/v1/tenant"), ("PUT", "/submit")] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let got = desk.send(request).await;
        assert_eq!((got.status.as_u16(), got.problem().code.as_str()), (405, "method_not_allowed"), "{path}");
    }
}

#[tokio::test]
async fn a_request_id_is_kept_if_it_can_be_logged() {
    let desk = Desk::new().await;
    let with = |id: &str| Request::get("/healthz").header("x-request-id", id).body(Body::empty()).unwrap();
    assert_eq!(desk.send(with("proxy-7.a_B")).await.header("x-request-id"), "proxy-7.a_B");
    let long = "x".repeat(65);
    for bad in ["a b", "{\"x\":1}", "", &long] {
        let id = desk.send(with(bad)).await.header("x-request-id").to_owned();
        assert!(id != bad && id.len() == 26, "{id}");
    }
}

#[tokio::test]
async fn figures_count_requests_and_documents_without_their_contents() {
    let desk = Desk::new().await;
    let key = desk.license(1).await;
    desk.activated("WS-17", &key).await;
    desk.post("nothing").await;
    let figures = desk.get("/metrics").await;
    assert!(figures.header("content-type").starts_with("application/openmetrics-text"));
    let text = figures.text();
    assert!(
        text.contains("handcarry_documents_total{kind=\"activation-request\",outcome=\"activated\"} 1"),
        "{text}"
    );
    assert!(text.contains("handcarry_documents_total{kind=\"none\",outcome=\"armor.not_found\"} 1"));
    assert!(text.contains("handcarry_requests_total{route=\"api/v1/documents\",status=\"201\"} 1"));
    assert!(text.ends_with("# EOF\n") && now().unix() > 0);
}
