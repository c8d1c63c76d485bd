//! Runs the test kit: the same code natively and in a browser.

use handcarry_format::{
    CODES, Chain, CheckState, Deactivation, Error, Examination, Keyring, Kind, Limits, PublicKey, Receipt,
    Trust, examine, open,
};
use serde_json::Value;

#[path = "../../../../testkit/embedded.rs"]
mod embedded;

/// The bytes of a file of the kit.
pub(crate) fn file(path: &str) -> &'static [u8] {
    let file = embedded::FILES.iter().find(|(name, _)| *name == path);
    file.map(|(_, bytes)| *bytes).unwrap_or_else(|| panic!("{path} is not in the kit"))
}

/// The index of the kit.
pub(crate) fn index() -> Value {
    serde_json::from_slice(file("index.json")).expect("the index is JSON")
}

/// The vectors.
pub(crate) fn vectors(index: &Value) -> &[Value] {
    index["vectors"].as_array().expect("a list of vectors")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn trust(index: &Value, name: &str) -> Trust {
    let entry = &index["trusts"][name];
    let vendor = handcarry_format::Id::new(text(entry, "vendor")).expect("an id");
    let trust = Trust::new(vendor, PublicKey::parse(text(entry, "root")).expect("a key"));
    match entry["keyring"].as_str() {
        None => trust,
        Some(path) => trust.with_keyring(file(path), &Limits::default()).expect("the keyring is good"),
    }
}

fn limits(entry: &Value) -> Limits {
    let mut limits = Limits::default();
    let number = |name: &str, standard: usize| {
        entry["limits"][name].as_u64().map_or(standard, |value| value.try_into().expect("small numbers"))
    };
    limits.file = number("file", 96 << 20) as u64;
    limits.payload = number("payload", limits.payload);
    limits.usage_payload = number("usage_payload", limits.usage_payload);
    limits.entries = number("entries", limits.entries);
    limits.depth = number("depth", limits.depth);
    limits
}

fn state(state: CheckState) -> &'static str {
    match state {
        CheckState::Passed => "passed",
        CheckState::Noted => "noted",
        CheckState::Failed => "failed",
        CheckState::NotReached => "not_reached",
    }
}

fn field(error: &Error) -> Option<&str> {
    match error {
        Error::Payload(error) => Some(&error.field),
        Error::Embedded { error, .. } => field(error),
        _ => None,
    }
}

fn code(result: &Examination) -> &'static str {
    result.document.as_ref().map_or_else(Error::code, |_| "ok")
}

fn findings(result: &Examination) -> Vec<&'static str> {
    result.findings.iter().map(|finding| finding.code()).collect()
}

fn expected_list(value: &Value) -> Vec<&str> {
    value.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// What is wrong with the reader's answer to one vector; empty if nothing is.
pub(crate) fn differences(index: &Value, entry: &Value) -> Vec<String> {
    let name = text(entry, "name");
    let mut bytes = file(text(entry, "file"));
    let number = |value: &Value| value.as_u64().map(|value| usize::try_from(value).expect("small numbers"));
    if let Some(cut) = number(&entry["cut"]) {
        bytes = &bytes[..cut];
    }
    let whole;
    if let Some(at) = number(&entry["repeat"]["at"]) {
        let of = |name: &str| number(&entry["repeat"][name]).expect("a number");
        let (before, rest) = bytes.split_at(at);
        let (unit, after) = rest.split_at(of("length"));
        whole = [before, &unit.repeat(of("times")), after].concat();
        bytes = &whole;
    }
    let trust = trust(index, text(entry, "trust"));
    let limits = limits(entry);
    let result = examine(bytes, &trust, &limits);
    let mut wrong = Vec::new();
    let mut same = |what: &str, found: String, expected: String| {
        if found != expected {
            wrong.push(format!("{name}: {what}: expected {expected}, found {found}"));
        }
    };
    same("code", code(&result).to_string(), text(entry, "expect").to_string());
    same("kind", format!("{:?}", result.kind.map(Kind::name)), format!("{:?}", entry["kind"].as_str()));
    let checks: Vec<Value> =
        result.checks.iter().map(|check| Value::from(vec![check.kind.name(), state(check.state)])).collect();
    same("checks", Value::from(checks).to_string(), entry["checks"].to_string());
    same("findings", format!("{:?}", findings(&result)), format!("{:?}", expected_list(&entry["findings"])));
    if let Some(expected) = entry["digest"].as_str() {
        same("digest", result.digest.map(|d| d.to_string()).unwrap_or_default(), expected.to_string());
    }
    if let Ok(document) = &result.document {
        if let Some(expected) = entry["id"].as_str() {
            same("id", document.id().to_string(), expected.to_string());
        }
        if let Some(signer) = entry["signer"].as_str() {
            same("signer", document.signer().to_string(), text(&index["keys"][signer], "id").to_string());
        }
    }
    if let Err(error) = &result.document {
        if let Some(expected) = entry["field"].as_str() {
            same("field", field(error).unwrap_or_default().to_string(), expected.to_string());
        }
        let part = error.part().map(|part| format!("{part:?}").to_lowercase());
        same("part", format!("{part:?}"), format!("{:?}", entry["part"].as_str().map(str::to_string)));
        if let (Some(expected), Error::WrongDocument(cause)) = (entry["vendor"].as_str(), error) {
            let shown = format!("{cause:?}");
            same("vendor", shown.contains(expected).to_string(), "true".to_string());
        }
    }
    if entry["open_as"].is_object() {
        let found = match text(&entry["open_as"], "kind") {
            "receipt" => open::<Receipt>(bytes, &trust, &limits).err(),
            "deactivation" => open::<Deactivation>(bytes, &trust, &limits).err(),
            other => panic!("no such kind: {other}"),
        };
        let found = found.map_or("ok", |error| error.code());
        same("open_as", found.to_string(), text(&entry["open_as"], "expect").to_string());
    }
    wrong
}

/// Tells every story; what is wrong with it.
pub(crate) fn stories(index: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for story in index["stories"].as_array().expect("a list of stories") {
        let mut trust = trust(index, "root");
        let mut documents: Vec<(String, String)> = Vec::new();
        for step in story["steps"].as_array().expect("a list of steps") {
            let name = format!("{}: {step}", text(story, "name"));
            if let Some(path) = step["learn"].as_str() {
                let keyring =
                    open::<Keyring>(file(path), &trust, &Limits::default()).expect("a good keyring");
                trust.learn(&keyring);
                let version = trust.keyring().map(|keyring| u64::from(keyring.version));
                if version != step["version"].as_u64() {
                    wrong.push(format!("{name}: found version {version:?}"));
                }
                continue;
            }
            let result = examine(file(text(step, "examine")), &trust, &Limits::default());
            if code(&result) != text(step, "expect") {
                wrong.push(format!("{name}: found {}", code(&result)));
            }
            if step["findings"].is_array() && findings(&result) != expected_list(&step["findings"]) {
                wrong.push(format!("{name}: found {:?}", findings(&result)));
            }
            if let (Ok(document), Some(label)) = (&result.document, step["same"].as_str()) {
                let digest = document.digest().to_string();
                let clash = documents.iter().any(|(other, seen)| (other == label) != (*seen == digest));
                if clash || document.id().as_str() != text(step, "id") {
                    wrong.push(format!("{name}: digest or id"));
                }
                documents.push((label.to_string(), digest));
            }
        }
    }
    wrong
}

/// Codes of the crate that no vector expects.
pub(crate) fn uncovered(index: &Value) -> Vec<&'static str> {
    let expected: Vec<&str> = vectors(index)
        .iter()
        .flat_map(|entry| [entry["expect"].as_str(), entry["open_as"]["expect"].as_str()])
        .flatten()
        .collect();
    CODES.iter().copied().filter(|code| !expected.contains(code)).collect()
}

/// The evidence of a golden deactivation: a small use of what the vectors do not name.
pub(crate) fn chain_of_golden_deactivation() -> Chain {
    let trust = trust(&index(), "root");
    let opened = open::<Deactivation>(file("golden/deactivation.txt"), &trust, &Limits::default());
    opened.expect("a golden file opens").evidence().clone()
}
