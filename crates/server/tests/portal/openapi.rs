//! The description of the API is complete, and the one in the documentation is this one.

use std::collections::BTreeSet;

use handcarry_api::{code, route};
use handcarry_server::http::openapi::description;
use serde_json::Value;

#[test]
fn every_address_is_described() {
    let description: Value = serde_json::from_str(&description()).unwrap();
    let described = description["paths"].as_object().unwrap().keys().map(String::as_str);
    // Those of the vendor API are routed and described by the same line.
    let described: BTreeSet<&str> = described.filter(|path| !path.starts_with("/api/v1/vendor/")).collect();
    let all = [
        route::DOCUMENTS,
        route::DOCUMENT,
        route::BATCH,
        route::TENANT,
        route::OPENAPI,
        route::STYLESHEET,
        route::LOGO,
        route::SUBMIT,
        route::FILE,
        route::LICENSE_EVENTS,
        route::HEALTHZ,
        route::READYZ,
        route::METRICS,
    ];
    let all: Vec<String> = all.iter().map(|path| format!("/{path}")).collect();
    assert_eq!(described, all.iter().map(String::as_str).collect());
    assert!(!code::CODES.is_empty());
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for name in ["Outcome", "Problem", "TenantInfo", "BatchRequest", "BatchAnswer"] {
        assert!(schemas.contains_key(name), "{name}");
    }
}

#[test]
fn the_documented_description_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written == description(), "run `cargo xtask generate`");
}
