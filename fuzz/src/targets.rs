//! One function a target: any bytes go in, and nothing may panic. What is accepted must come back as it was.

use std::sync::LazyLock;

use handcarry_api::{BatchAnswer, BatchRequest, Outcome, Problem, TenantInfo};
use handcarry_format::fixtures::{key, sign, trust};
use handcarry_format::json::{self, Json};
use handcarry_format::{
    ActivationRequest, AnyVerified, Deactivation, Digest, Document, Envelope, Id, Instant, Keyring, Kind,
    License, LicenseKey, Limits, PoolFile, PoolRequest, PublicKey, Receipt, Trust, UsageReport, Verified,
    armor as write_armor, examine, inspect, open, seal,
};
use handcarry_theme::Theme;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is done with any bytes at all.
pub(crate) type Target = fn(&[u8]);

/// Every target by its name.
pub(crate) const TARGETS: [(&str, Target); 7] = [
    ("armor", armor),
    ("envelope", envelope),
    ("json", json),
    ("document", document),
    ("words", words),
    ("api", api),
    ("theme", theme),
];

static TRUST: LazyLock<Trust> = LazyLock::new(trust);

/// Small limits: what is far above them is refused at once, and a fuzzer's inputs are small anyway.
fn limits() -> Limits {
    Limits { file: 1 << 20, usage_payload: 1 << 20, entries: 1_000, ..Limits::default() }
}

/// A whole file, in any encoding and wrapping. What opens is the same document when it is written anew.
pub(crate) fn armor(data: &[u8]) {
    let found = examine(data, &TRUST, &limits());
    let shown = inspect(data, &limits());
    let Ok(document) = found.document else { return };
    assert!(shown.is_ok(), "what opens can be shown");
    assert_eq!(found.digest, Some(document.digest()));
    for file in [write_armor(document.kind(), document.envelope(), "Anew."), document.envelope().to_json()] {
        let again = examine(file.as_bytes(), &TRUST, &limits());
        assert_eq!(again.document.as_ref().map(AnyVerified::digest), Ok(document.digest()));
    }
}

/// A DSSE envelope. What is one is written as the same one.
pub(crate) fn envelope(data: &[u8]) {
    let Ok(value) = json::parse(data, 6) else { return };
    let Ok(envelope) = Envelope::from_json(&value) else { return };
    let text = envelope.to_json();
    assert_eq!(serde_json::to_string(&envelope).ok().as_ref(), Some(&text));
    let again = json::parse(text.as_bytes(), 6).expect("an envelope is JSON");
    assert_eq!(Envelope::from_json(&again).as_ref(), Ok(&envelope));
}

/// The strict profile: a part of JSON, so that what it takes every other parser reads alike.
pub(crate) fn json(data: &[u8]) {
    let Ok(strict) = json::parse(data, 12) else { return };
    let other: Value = serde_json::from_slice(data).expect("the profile is a part of JSON");
    assert!(alike(&strict, &other), "{strict:?} is not {other:?}");
}

fn alike(strict: &Json<'_>, other: &Value) -> bool {
    match (strict, other) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(a), Value::Bool(b)) => a == b,
        (Json::Int(a), Value::Number(b)) => b.as_i64() == Some(*a),
        (Json::Text(a), Value::String(b)) => a == b,
        (Json::List(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Json::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(&**name).is_some_and(|b| alike(a, b)))
        }
        _ => false,
    }
}

/// A signed payload: the first byte says of which kind, the rest is what the right key has signed. What opens can be
/// sealed anew and is then the same document.
pub(crate) fn document(data: &[u8]) {
    let Some((first, payload)) = data.split_first() else { return };
    let kind = Kind::ALL[usize::from(*first) % Kind::ALL.len()];
    let signer = signer(kind);
    let envelope = sign(&kind.media_type(), payload, &key(signer));
    let found = examine(write_armor(kind, &envelope, "").as_bytes(), &TRUST, &limits());
    let Ok(document) = found.document else { return };
    match document {
        AnyVerified::ActivationRequest(it) => anew::<ActivationRequest>(&it),
        AnyVerified::License(it) => anew::<License>(&it),
        AnyVerified::Deactivation(it) => anew::<Deactivation>(&it),
        AnyVerified::UsageReport(it) => anew::<UsageReport>(&it),
        AnyVerified::Receipt(it) => anew::<Receipt>(&it),
        AnyVerified::Keyring(it) => anew::<Keyring>(&it),
        AnyVerified::PoolRequest(it) => anew::<PoolRequest>(&it),
        AnyVerified::Pool(it) => anew::<PoolFile>(&it),
    }
}

/// The key of the test kit that may sign a kind.
pub(crate) fn signer(kind: Kind) -> &'static str {
    match kind {
        Kind::ActivationRequest | Kind::Deactivation | Kind::UsageReport => "device",
        Kind::License | Kind::Receipt | Kind::Pool => "issuing",
        Kind::Keyring => "root",
        Kind::PoolRequest => "site",
    }
}

fn anew<D: Document>(document: &Verified<D>) {
    let sealed = seal::<D>(document, &key(signer(D::KIND)), None).expect("what was read can be written");
    let again = open::<D>(sealed.text.as_bytes(), &TRUST, &limits()).expect("what was written can be read");
    assert_eq!(*again, **document);
}

/// Everything that is written as one word. What is read is written as it was, or as its one spelling.
pub(crate) fn words(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(id) = Id::new(text) {
        assert_eq!(id.as_str(), text);
    }
    if let Some(instant) = Instant::parse(text) {
        assert_eq!(instant.to_string(), text);
        assert_eq!(Instant::from_unix(instant.unix()), Some(instant));
    }
    if let Some(digest) = Digest::parse(text) {
        assert_eq!(digest.to_string(), text);
    }
    if let Some(key) = PublicKey::parse(text) {
        assert_eq!(key.to_string(), text);
    }
    if let Ok(key) = LicenseKey::parse(text) {
        assert_eq!(LicenseKey::parse(&key.to_string()).as_ref(), Ok(&key));
    }
}

/// Bodies that page and server exchange.
pub(crate) fn api(data: &[u8]) {
    both_ways::<Outcome>(data);
    both_ways::<Problem>(data);
    both_ways::<BatchRequest>(data);
    both_ways::<BatchAnswer>(data);
    both_ways::<TenantInfo>(data);
}

fn both_ways<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(data: &[u8]) {
    let Ok(body) = serde_json::from_slice::<T>(data) else { return };
    let text = serde_json::to_string(&body).expect("a body is JSON");
    assert_eq!(serde_json::from_str::<T>(&text).expect("it reads back"), body);
}

/// A theme. What parses gives a stylesheet that sets custom properties and does nothing else.
pub(crate) fn theme(data: &[u8]) {
    let Ok(theme) = Theme::parse(&mut serde_json::Deserializer::from_slice(data)) else { return };
    let sheet = theme.stylesheet();
    let lower = sheet.to_ascii_lowercase();
    for word in ["url(", "expression", "@import", "javascript:", "<", "\\", "/*", "behavior"] {
        assert!(!lower.contains(word), "{word} in {sheet}");
    }
    let count = |c: char| sheet.matches(c).count();
    assert_eq!(count('{'), count('}'), "{sheet}");
}
