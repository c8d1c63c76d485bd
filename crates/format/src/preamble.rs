use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::document::{Document, Kind};
use crate::envelope::Envelope;
use crate::json::{self, Json};
use crate::limits::Limits;

/// Most list items that are printed; a ledger of a million lines helps nobody.
const ITEMS: usize = 20;

/// How the preambles begin, in the order of [`Kind::ALL`]: a file that was cut inside its preamble still says
/// what it was.
pub(crate) const OPENINGS: [&str; 8] = [
    "This file asks for a license of ",
    "This file is the license of ",
    "This file gives back a license of ",
    "This file reports the use of ",
    "This file is a receipt for ",
    "This file lists the keys that ",
    "This file asks for licenses of ",
    "This file brings licenses of ",
];

/// The plain text above the armor: what the file does, and every field in it (D-27). Not signed.
pub fn preamble<D: Document>(envelope: &Envelope, portal: Option<&str>) -> String {
    of_payload::<D>(&envelope.payload, portal)
}

/// The same of a payload that the writer has just produced.
pub(crate) fn of_payload<D: Document>(payload: &[u8], portal: Option<&str>) -> String {
    let content = json::parse_head(payload, Limits::default().depth, ITEMS).unwrap_or(Json::Null);
    of_content::<D>(&content, portal)
}

/// The same of what was parsed before.
pub(crate) fn of_content<D: Document>(content: &Json<'_>, portal: Option<&str>) -> String {
    let text = |path: &[&str]| {
        let value = path.iter().try_fold(content, |value, name| value.get(name));
        value.and_then(Json::as_text).unwrap_or("?").to_string()
    };
    let (product, device) = (text(&["product", "name"]), device(content));
    let rest = match D::KIND {
        Kind::ActivationRequest | Kind::Deactivation | Kind::UsageReport => format!("{product} on {device}."),
        Kind::License => format!("{product} for {device}. Load it there."),
        Kind::Receipt => format!("{product} on {device}. Load it there and keep it."),
        Kind::Keyring => format!("{} signs with.", text(&["vendor", "name"])),
        Kind::PoolRequest => format!("{} for {}.", text(&["vendor", "name"]), text(&["site", "name"])),
        Kind::Pool => {
            format!("{}. Load it on the license server at your site.", text(&["vendor", "name"]))
        }
    };
    let opening = Kind::ALL.into_iter().zip(OPENINGS).find(|(kind, _)| *kind == D::KIND);
    let mut out = [opening.map_or("", |(_, opening)| opening), &rest].concat();
    if matches!(D::KIND, Kind::Deactivation | Kind::UsageReport) {
        let added = used(content);
        if !added.is_empty() {
            out.push_str(&format!(" It reports {}.", added.join(", ")));
        }
    }
    out.push('\n');
    if let Some(portal) = portal {
        out.push_str(&match D::KIND {
            Kind::ActivationRequest | Kind::Deactivation | Kind::UsageReport | Kind::PoolRequest => {
                format!("Upload it at {portal}. ")
            }
            _ => format!("It came from {portal}. "),
        });
    }
    out.push_str("It holds no secret. Do not edit it.\n\nEverything that is in it:\n");
    list(&mut out, &mut String::new(), content);
    out
}

/// The device's name: in a licensed device's document it stands in the license that is embedded.
fn device(content: &Json<'_>) -> String {
    let name = |content: &Json<'_>| content.get("device")?.get("name")?.as_text().map(String::from);
    let embedded = || {
        let license = Envelope::from_json(content.get("license")?).ok()?;
        json::parse(&license.payload, Limits::default().depth).ok().as_ref().and_then(name)
    };
    name(content).or_else(embedded).unwrap_or_else(|| "?".to_string())
}

fn used(content: &Json<'_>) -> Vec<String> {
    let totals = |name| content.get("usage").and_then(|usage| usage.get(name));
    let Some(Json::Object(closing)) = totals("closing") else { return Vec::new() };
    let before = |feature: &str| match totals("opening").and_then(|opening| opening.get(feature)) {
        Some(Json::Int(value)) => *value,
        _ => 0,
    };
    let added = closing.iter().filter_map(|(feature, value)| match value {
        Json::Int(value) if *value != before(feature) => {
            Some(format!("{} {feature}", value - before(feature)))
        }
        _ => None,
    });
    added.collect()
}

/// One line a value. `path` is where it stands, and is left as it was.
fn list(out: &mut String, path: &mut String, value: &Json<'_>) {
    let mut line = |parts: &[&str]| {
        out.push_str("  ");
        out.push_str(path);
        parts.iter().for_each(|part| out.push_str(part));
        out.push('\n');
    };
    match value {
        Json::Object(_) if value.get("payloadType").is_some() => line(&[": (a signed document, embedded)"]),
        Json::Object(members) => members.iter().for_each(|(name, value)| below(out, path, name, value)),
        Json::List(items) => {
            for (index, item) in items.iter().enumerate().take(ITEMS) {
                if !matches!(item, Json::More(_)) {
                    below(out, path, &index.to_string(), item);
                }
            }
            let more = match items.last() {
                Some(Json::More(count)) => *count,
                _ => items.len().saturating_sub(ITEMS),
            };
            if more > 0 {
                out.push_str(&format!("  {path}: and {more} more of the same kind\n"));
            }
        }
        Json::Null | Json::More(_) | Json::Ledger(_) => {}
        Json::Bool(value) => line(&[": ", if *value { "true" } else { "false" }]),
        Json::Int(value) => line(&[": ", &value.to_string()]),
        Json::Text(value) => line(&[": ", &plain(value)]),
    }
}

fn below(out: &mut String, path: &mut String, name: &str, value: &Json<'_>) {
    let end = path.len();
    if end > 0 {
        path.push('.');
    }
    path.push_str(name);
    list(out, path, value);
    path.truncate(end);
}

/// A text on one line, in ASCII.
fn plain(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\') {
        return Cow::Borrowed(value);
    }
    let escaped: String = value.chars().flat_map(char::escape_default).collect();
    Cow::Owned(escaped.replace("\\'", "'").replace("\\\"", "\""))
}
