//! The strict profile against JSONTestSuite: what is JSON is read unless the profile forbids it, by a rule
//! that is computed here and not by a list of names; what is no JSON is refused; nothing panics.

use super::shared;

use handcarry_format::fixtures::{key, sign, trust};
use handcarry_format::json::{self, Json, MAX_SAFE, MOST_VALUES};
use handcarry_format::{Error, Kind, Limits, PayloadCause, armor, examine};

fn suite() -> Vec<(String, Vec<u8>)> {
    let Some(path) = shared::vectors("jsontestsuite/test_parsing") else { return Vec::new() };
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(path)
        .expect("a directory")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let bytes = std::fs::read(entry.path()).expect("a file");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 318, "the whole suite");
    files
}

/// The text without its strings, which become one `"` each.
fn skeleton(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '"' {
            while let Some(inside) = chars.next() {
                match inside {
                    '\\' => drop(chars.next()),
                    '"' => break,
                    _ => {}
                }
            }
        }
    }
    out
}

/// Members that a reader keeps that takes the last of two.
fn members(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(list) => list.iter().map(members).sum(),
        serde_json::Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// Why the profile forbids this JSON, if it does.
fn forbidden(text: &str, depth: usize) -> Option<PayloadCause> {
    let skeleton = skeleton(text);
    let number = |token: &str| {
        token == "-0"
            || token.contains(['.', 'e', 'E'])
            || token.parse::<i64>().map_or(true, |value| !(-MAX_SAFE..=MAX_SAFE).contains(&value))
    };
    let mut tokens = skeleton
        .split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E')))
        .filter(|token| token.contains(|c: char| c.is_ascii_digit()));
    let mut open = 0_usize;
    let mut deepest = 0;
    for c in skeleton.chars() {
        match c {
            '[' | '{' => {
                open += 1;
                deepest = deepest.max(open);
            }
            ']' | '}' => open -= 1,
            _ => {}
        }
    }
    if deepest > depth {
        Some(PayloadCause::TooDeep)
    } else if tokens.any(number) {
        Some(PayloadCause::Number)
    } else {
        let kept = serde_json::from_str(text).map(|value| members(&value)).unwrap_or_default();
        (skeleton.matches(':').count() != kept).then_some(PayloadCause::DuplicateKey)
    }
}

#[test]
fn strict_profile_of_json_is_what_the_rules_say() {
    let depth = Limits::default().depth;
    let (mut read, mut strict) = (0, 0);
    for (name, bytes) in suite() {
        let found = json::parse(&bytes, depth).map_err(|error| error.cause);
        match name.as_bytes()[0] {
            b'y' => {
                let text = std::str::from_utf8(&bytes).expect("y_ files are UTF-8");
                match forbidden(text, depth) {
                    None => {
                        assert!(found.is_ok(), "{name}: {found:?}");
                        read += 1;
                    }
                    Some(cause) => {
                        assert_eq!(found, Err(cause), "{name}");
                        strict += 1;
                    }
                }
            }
            b'n' => assert!(found.is_err(), "{name}"),
            // Left open by the standard: here, valid Unicode and integers, or refused.
            _ => drop(found),
        }
    }
    assert!((read, strict) == (0, 0) || (read > 60 && strict > 15), "{read} read, {strict} strict");
}

#[test]
fn any_json_as_a_signed_payload_is_refused_by_its_content() {
    let trust = trust();
    for (name, bytes) in suite() {
        for kind in Kind::ALL {
            let envelope = sign(&kind.media_type(), &bytes, &key("root"));
            let result = examine(armor(kind, &envelope, "").as_bytes(), &trust, &Limits::default());
            assert!(matches!(result.document, Err(Error::Payload(_))), "{name}: {:?}", result.document);
        }
    }
}

#[test]
fn threat_denial_of_service_a_million_open_brackets_and_a_million_keys_are_refused_quickly() {
    let depth = Limits::default().depth;
    assert_eq!(json::parse(&[b'['; 1_000_000], depth).unwrap_err().cause, PayloadCause::TooDeep);
    let keys: Vec<String> = (0..200_000).map(|i| format!("\"{i}\":0")).collect();
    let object = format!("{{{}}}", keys.join(","));
    assert!(
        matches!(json::parse(object.as_bytes(), depth), Ok(Json::Object(members)) if members.len() == 200_000)
    );
    let twice = format!("{{{},\"7\":0}}", keys.join(","));
    assert_eq!(json::parse(twice.as_bytes(), depth).unwrap_err().cause, PayloadCause::DuplicateKey);
}

#[test]
fn threat_denial_of_service_a_tree_has_so_many_values_and_no_more() {
    let depth = Limits::default().depth;
    let list = |count: usize| ["[", &"0,".repeat(count - 1), "0]"].concat();
    let fits = list(MOST_VALUES);
    assert!(
        matches!(json::parse(fits.as_bytes(), depth), Ok(Json::List(items)) if items.len() == MOST_VALUES)
    );
    let refused = json::parse(list(MOST_VALUES + 1).as_bytes(), depth).unwrap_err();
    assert_eq!(refused.cause, PayloadCause::OutOfRange);
    // What is only shown is not kept, and so not counted.
    let long = list(MOST_VALUES + 1);
    let head = json::parse_head(long.as_bytes(), depth, 2).unwrap();
    assert_eq!(head, Json::List(vec![Json::Int(0), Json::Int(0), Json::More(MOST_VALUES - 1)]));
}

#[test]
fn threat_denial_of_service_what_is_no_entry_does_not_fill_the_place_of_the_entries() {
    let payload = |items: usize, item: &str| {
        let items = vec![item; items].join(",");
        let text = format!("{{\"usage\":{{\"entries\":[{items}]}}}}");
        let envelope = sign(&Kind::UsageReport.media_type(), text.as_bytes(), &key("root"));
        let file = armor(Kind::UsageReport, &envelope, "");
        let result = examine(file.as_bytes(), &trust(), &Limits::default());
        match result.document {
            Err(Error::Payload(error)) => error.cause,
            other => panic!("{other:?}"),
        }
    };
    // Read to the end, and refused for what is missing beside.
    assert_eq!(payload(2 * MOST_VALUES, "0"), PayloadCause::MissingField);
    assert_eq!(payload(2 * MOST_VALUES + 1, "0"), PayloadCause::OutOfRange);
    assert_eq!(payload(MOST_VALUES + 1, "{}"), PayloadCause::MissingField);
}

#[test]
fn threat_denial_of_service_many_signatures_are_refused_quickly() {
    let line = |i: u32| format!("{{\"keyid\":\"{i:016x}\",\"sig\":\"{}==\"}}", "A".repeat(86));
    let lines: Vec<String> = (0..200_000).map(line).collect();
    let file = format!(
        "{{\"payloadType\":\"{}\",\"payload\":\"\",\"signatures\":[{}]}}",
        Kind::License.media_type(),
        lines.join(",")
    );
    let result = examine(file.as_bytes(), &trust(), &Limits::default());
    assert_eq!(result.document.unwrap_err().code(), "envelope.too_many_signatures");
}
