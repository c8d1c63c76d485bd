//! Strict inside: every member of every golden payload, made null, missing, of another type, doubled, or
//! accompanied by an unknown one; signed again by the right key.

use handcarry_format::fixtures::{key, sign, trust, world};
use handcarry_format::{Error, Kind, Limits, armor, examine};
use serde_json::{Value, json};

/// One step into a JSON tree, written as the errors write it.
fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
    let join = |name: &str| if at.is_empty() { name.to_string() } else { format!("{at}.{name}") };
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (join(name), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(i, item)| (join(&i.to_string()), item)).collect()
        }
        _ => Vec::new(),
    };
    for (path, value) in inner {
        out.push(path.clone());
        // An embedded document is one value here; its own content is checked by its own rules.
        if value.get("payloadType").is_none() {
            paths(value, &path, out);
        }
    }
}

fn find<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').filter(|step| !step.is_empty()).fold(value, |value, step| match value {
        Value::Array(items) => &mut items[step.parse::<usize>().expect("a number")],
        other => &mut other[step],
    })
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// Members that may be left out or null.
fn optional(path: &str) -> bool {
    let name: String =
        path.split('.').map(|s| if s.parse::<u8>().is_ok() { "N" } else { s }).collect::<Vec<_>>().join(".");
    matches!(
        name.as_str(),
        "supersedes"
            | "customer"
            | "customer.order"
            | "maintenance_end"
            | "lease"
            | "product.version"
            | "receipt"
            | "term.start"
            | "features.N.counter"
            | "features.N.counter.maximum"
            | "keys.N.product"
            | "keys.N.not_after"
            | "usage.previous"
            | "applied"
            | "licenses.N.product.version"
            | "licenses.N.edition"
            | "licenses.N.customer"
            | "licenses.N.customer.order"
            | "licenses.N.previous_order"
            | "licenses.N.replaces"
            | "licenses.N.features.N.counter"
            | "licenses.N.features.N.counter.maximum"
            | "licenses.N.start"
            | "licenses.N.end"
            | "licenses.N.maintenance_end"
            | "licenses.N.lease"
            | "licenses.N.revalidation"
            | "licenses.N.transfer_limit"
            | "licenses.N.upgrades.N.start"
            | "licenses.N.upgrades.N.end"
            | "licenses.N.verdict.refused.since"
    )
    // An answer is for the site that asked.
    || path == "answers"
}

/// Members of maps, whose names are free.
fn free(path: &str) -> bool {
    let (parent, _) = split(path);
    matches!(parent, "variables" | "usage.totals" | "usage.opening" | "usage.closing" | "usage.added")
}

struct Case<'a> {
    kind: Kind,
    name: &'a str,
    signer: &'a str,
    payload: &'a Value,
}

impl Case<'_> {
    /// Code and field of the refusal; `ok` if there is none.
    fn verdict(&self, payload: &[u8]) -> (String, String) {
        let envelope = sign(&self.kind.media_type(), payload, &key(self.signer));
        let result = examine(armor(self.kind, &envelope, "").as_bytes(), &trust(), &Limits::default());
        match result.document {
            Ok(_) => ("ok".to_string(), String::new()),
            Err(Error::Payload(error)) => {
                (error.to_string().split(' ').next().unwrap_or_default().to_string(), error.field)
            }
            Err(error) => (error.to_string(), String::new()),
        }
    }

    fn edited(&self, edit: impl FnOnce(&mut Value)) -> (String, String) {
        let mut value = self.payload.clone();
        edit(&mut value);
        self.verdict(value.to_string().as_bytes())
    }

    fn expect(&self, what: &str, path: &str, found: (String, String), code: &str, field: &str) {
        assert_eq!((found.0.as_str(), found.1.as_str()), (code, field), "{}: {what} {path}", self.name);
    }
}

fn each(test: impl Fn(&Case<'_>, &str, &Value)) {
    for (kind, name, signer, sealed) in world().files() {
        let payload: Value = serde_json::from_slice(&sealed.envelope.payload).expect("JSON");
        let mut all = Vec::new();
        paths(&payload, "", &mut all);
        let case = Case { kind, name, signer, payload: &payload };
        for path in all {
            let mut copy = payload.clone();
            let value = find(&mut copy, &path).clone();
            test(&case, &path, &value);
        }
    }
}

#[test]
fn null_is_refused_where_something_must_be() {
    each(|case, path, value| {
        let found = case.edited(|tree| *find(tree, path) = Value::Null);
        let embedded = value.get("payloadType").is_some();
        match path {
            _ if optional(path) => case.expect("null", path, found, "ok", ""),
            // One of the two is not without the other.
            "term.end" | "term.not_after" => case.expect("null", path, found, "payload.missing_field", path),
            // In place of the key there may be a user.
            "license_key" if case.kind == Kind::ActivationRequest => {
                case.expect("null", path, found, "payload.missing_field", path)
            }
            // An answer is for one site, and so is a number.
            "site" if case.kind == Kind::Pool => {
                case.expect("null", path, found, "payload.missing_field", path)
            }
            _ if embedded => assert_eq!(found.1, path, "{}: null {path}: {}", case.name, found.0),
            _ => case.expect("null", path, found, "payload.wrong_type", path),
        }
    });
}

#[test]
fn a_missing_member_is_named() {
    each(|case, path, _| {
        let (parent, name) = split(path);
        let mut whole = case.payload.clone();
        if !find(&mut whole, parent).is_object() || free(path) {
            return;
        }
        let found = case.edited(|tree| {
            find(tree, parent).as_object_mut().expect("an object").remove(name);
        });
        if optional(path) {
            case.expect("without", path, found, "ok", "");
        } else if let Some(verdict) = path.strip_suffix(".refused") {
            // With neither of the two the first is missed.
            case.expect("without", path, found, "payload.missing_field", &format!("{verdict}.held"));
        } else {
            case.expect("without", path, found, "payload.missing_field", path);
        }
    });
}

#[test]
fn another_type_is_named() {
    each(|case, path, value| {
        let other: &[Value] = match value {
            Value::Object(_) if value.get("payloadType").is_some() => {
                let found = case.edited(|tree| *find(tree, path) = json!([]));
                return case.expect("a list for", path, found, "payload.malformed", path);
            }
            Value::Object(_) => &[json!([]), json!(1), json!(true)],
            Value::Array(_) => &[json!({}), json!(1), json!("x")],
            Value::String(_) => &[json!(1), json!([]), json!(false)],
            Value::Number(_) => &[json!("1"), json!([1]), json!(true)],
            Value::Bool(_) => &[json!(1), json!("true"), json!([])],
            Value::Null => return,
        };
        for other in other {
            let found = case.edited(|tree| *find(tree, path) = other.clone());
            case.expect(&format!("{other} for"), path, found, "payload.wrong_type", path);
        }
    });
}

#[test]
fn an_object_as_the_array_of_its_values_is_refused() {
    each(|case, path, value| {
        let Value::Object(members) = value else { return };
        if value.get("payloadType").is_some() {
            return;
        }
        let list: Value = members.values().cloned().collect();
        let found = case.edited(|tree| *find(tree, path) = list);
        case.expect("values of", path, found, "payload.wrong_type", path);
    });
}

#[test]
fn an_unknown_member_is_named() {
    each(|case, path, _| {
        let (parent, _) = split(path);
        let mut whole = case.payload.clone();
        if !find(&mut whole, parent).is_object() || free(path) {
            return;
        }
        let found = case.edited(|tree| find(tree, parent)["zzz"] = json!("x"));
        let field = if parent.is_empty() { "zzz".to_string() } else { format!("{parent}.zzz") };
        case.expect("unknown beside", path, found, "payload.unknown_field", &field);
    });
}

#[test]
fn a_member_twice_is_refused_at_every_place() {
    each(|case, path, value| {
        let (parent, name) = split(path);
        let mut whole = case.payload.clone();
        if !find(&mut whole, parent).is_object() {
            return;
        }
        // A marker takes the second member's place in the tree, and becomes it in the text.
        let marker = "zzz-twice";
        find(&mut whole, parent)[marker] = value.clone();
        let text = whole.to_string().replace(&format!("\"{marker}\":"), &format!("{}:", json!(name)));
        let found = case.verdict(text.as_bytes());
        assert_eq!(found.0, "payload.duplicate_key", "{}: {path} twice", case.name);
    });
}

#[test]
fn fractions_and_exponents_are_no_integers_anywhere() {
    each(|case, path, value| {
        let Value::Number(number) = value else { return };
        for other in [format!("{number}.0"), format!("{number}e0"), format!("{number}.5")] {
            let mut whole = case.payload.clone();
            *find(&mut whole, path) = json!("zzz-number");
            let text = whole.to_string().replace("\"zzz-number\"", &other);
            let found = case.verdict(text.as_bytes());
            assert_eq!(found.0, "payload.number", "{}: {path} = {other}", case.name);
        }
    });
}
