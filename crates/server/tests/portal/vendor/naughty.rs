//! Naughty strings in every text of every body of the vendor API, as its description names them: each is kept exactly or
//! refused with a code that names its place, and what shows it afterwards is data, never a page.

use std::collections::BTreeSet;
use std::path::Path;

use handcarry_server::http::openapi::description;
use handcarry_server::settings::Given;
use serde_json::{Map, Value, json};

use crate::desk::{Desk, PAGE};

/// Of every kind one, for a checkout without the big list.
const FEW: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE license; --",
    "{{7*7}} ${7*7} %s %n",
    "../../../etc/passwd\0.txt",
    "a\u{202e}b",
    "a\u{200b}b",
    "田中さん ﷺ Ω≈ç√∫",
    "\u{feff}",
    "\r\nSet-Cookie: a=b",
    "=cmd|' /C calc'!A0",
    "NULL",
];

/// Every thirtieth of the big list, and more of those that look like markup.
fn strings() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/blns/blns.json");
    let mut strings: Vec<String> = FEW.map(str::to_owned).to_vec();
    match std::fs::read(&path) {
        Ok(list) => {
            let list: Vec<String> = serde_json::from_slice(&list).unwrap();
            assert!(list.len() > 400);
            let chosen = list
                .into_iter()
                .enumerate()
                .filter(|(n, text)| n % 30 == 0 || (n % 4 == 0 && text.starts_with("<s")));
            strings.extend(chosen.map(|(_, text)| text));
        }
        Err(_) => {
            use std::io::Write as _;
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: no big list of naughty strings; a few of our own were used"
            );
        }
    }
    strings
}

/// Texts that the answer to the change does not repeat: a host is one in small letters, an order is looked for, a password is
/// nobody's to see.
const NOT_SHOWN: [&str; 3] = [
    "PATCH /api/v1/vendor/portal.host",
    "POST /api/v1/vendor/pool/order.order",
    "POST /api/v1/vendor/users.password",
];

/// Puts a text where it belongs.
type Put = Box<dyn Fn(&str) -> Value>;

/// A place of a text in a body, and the body that carries a text there and what must be there beside it.
struct Field {
    operation: String,
    method: String,
    path: String,
    place: String,
    body: Put,
}

fn resolved<'a>(all: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str() {
        return resolved(all, all.pointer(name.trim_start_matches('#')).unwrap());
    }
    for of in ["oneOf", "anyOf", "allOf"] {
        if let Some(one) = schema[of].as_array() {
            let is_null = |it: &&Value| it["type"] != "null";
            return one.iter().find(is_null).map_or(schema, |one| resolved(all, one));
        }
    }
    schema
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|it| it == kind))
}

/// The least value that a schema takes.
fn least(all: &Value, schema: &Value) -> Value {
    let schema = resolved(all, schema);
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if is(schema, "object") {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let members = required.map(|name| (name.to_owned(), least(all, &schema["properties"][name])));
        return Value::Object(members.collect());
    }
    if is(schema, "array") {
        return json!([least(all, &schema["items"])]);
    }
    match () {
        () if is(schema, "integer") => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        () if is(schema, "boolean") => true.into(),
        () => json!("plain"),
    }
}

/// The places of texts in a schema: how to put one there, and where it is.
fn texts(all: &Value, schema: &Value, depth: usize) -> Vec<(String, Put)> {
    let schema = resolved(all, schema).clone();
    if depth > 5 || schema["enum"].is_array() {
        return Vec::new();
    }
    let mut found: Vec<(String, Put)> = Vec::new();
    if is(&schema, "string") {
        found.push((String::new(), Box::new(|text| json!(text))));
    } else if is(&schema, "array") {
        for (place, put) in texts(all, &schema["items"], depth + 1) {
            found.push((format!("[]{place}"), Box::new(move |text| json!([put(text)]))));
        }
    } else if let Some(properties) = schema["properties"].as_object() {
        for (name, property) in properties {
            for (place, put) in texts(all, property, depth + 1) {
                let (base, name) = (least(all, &schema), name.clone());
                let at = format!(".{name}{place}");
                found.push((
                    at,
                    Box::new(move |text| {
                        let mut members: Map<String, Value> = base.as_object().cloned().unwrap_or_default();
                        members.insert(name.clone(), put(text));
                        Value::Object(members)
                    }),
                ));
            }
        }
    }
    found
}

fn fields() -> Vec<Field> {
    let all: Value = serde_json::from_str(&description()).unwrap();
    let mut fields = Vec::new();
    for (path, item) in all["paths"].as_object().unwrap() {
        for method in ["post", "put", "patch"] {
            let schema = &item[method]["requestBody"]["content"]["application/json"]["schema"];
            if !path.starts_with("/api/v1/vendor/") || schema.is_null() {
                continue;
            }
            for (place, body) in texts(&all, schema, 0) {
                let operation = format!("{} {path}", method.to_uppercase());
                fields.push(Field {
                    operation,
                    method: method.to_uppercase(),
                    path: path.clone(),
                    place,
                    body,
                });
            }
        }
    }
    fields
}

#[tokio::test]
async fn threat_script_in_names_every_text_of_every_body_is_kept_exactly_or_refused() {
    let desk = Desk::with(PAGE, Given { rate: Some(0), ..Given::default() }).await;
    desk.app.live.close();
    let master = desk.master().await;
    // Things to speak of, under the name that the places of addresses are filled with.
    for (path, body) in [
        ("customers", json!({"id": "plain", "name": "Plain"})),
        ("products", json!({"id": "plain", "name": "Plain"})),
        ("policies", json!({"id": "plain", "name": "Plain"})),
        ("licenses", json!({"id": "plain", "product": "plain", "seats": 5})),
    ] {
        let got = desk.ask(&master, "POST", path, Some(body.clone())).await;
        if got.status != 201 {
            assert_eq!(got.status, 422, "{path}: {}", got.text());
            let mut without = body;
            without.as_object_mut().unwrap().remove("id");
            assert_eq!(desk.ask(&master, "POST", path, Some(without)).await.status, 201, "{path}");
        }
    }
    let (fields, strings) = (fields(), strings());
    let operations: BTreeSet<&str> = fields.iter().map(|field| field.operation.as_str()).collect();
    assert!(fields.len() > 60 && operations.len() > 15, "{} {}", fields.len(), operations.len());
    let (mut kept, mut refused, mut hidden) = (0, 0, BTreeSet::new());
    for field in &fields {
        let mut path = field.path.clone();
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, "plain");
        }
        for text in &strings {
            let what = || format!("{}{} {text:?}", field.operation, field.place);
            let got = desk.ask(&master, &field.method, &path, Some((field.body)(text))).await;
            assert!(got.status.as_u16() < 500, "{}: {}", what(), got.text());
            assert!(got.header("content-type").contains("json"), "{}", what());
            assert_eq!(got.header("x-content-type-options"), "nosniff", "{}", what());
            assert!(got.headers.get("set-cookie").is_none(), "{}", what());
            if got.status.is_success() {
                kept += 1;
                if !shown(&got.body, text) {
                    hidden.insert(format!("{}{}", field.operation, field.place));
                }
            } else {
                got.problem();
                refused += 1;
            }
        }
    }
    // What was kept is told as data everywhere.
    for list in [
        "customers",
        "products",
        "policies",
        "licenses",
        "users",
        "webhooks",
        "tokens",
        "log",
        "messages",
        "cases",
    ] {
        let got = desk.ask(&master, "GET", &format!("{list}?limit=200"), None).await;
        assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "application/json"), "{list}");
        got.json();
    }
    use std::io::Write as _;
    let _ = writeln!(
        std::io::stderr(),
        "{} strings in {} texts of {} operations: {kept} kept, {refused} refused",
        strings.len(),
        fields.len(),
        operations.len()
    );
    assert!(kept > 300, "{kept} kept, {refused} refused");
    let hidden: Vec<&str> = hidden.iter().map(String::as_str).filter(|it| !NOT_SHOWN.contains(it)).collect();
    assert!(hidden.is_empty(), "not shown as it was said: {hidden:#?}");
}

/// Whether one of the texts in an answer is this one.
fn shown(body: &[u8], text: &str) -> bool {
    fn has(value: &Value, text: &str) -> bool {
        match value {
            Value::String(it) => it == text,
            Value::Array(items) => items.iter().any(|item| has(item, text)),
            Value::Object(members) => members.iter().any(|(_, value)| has(value, text)),
            _ => false,
        }
    }
    serde_json::from_slice(body).is_ok_and(|body: Value| has(&body, text))
}
