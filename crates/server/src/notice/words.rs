//! What a message says: plain text, in the tenant's language, with times in the tenant's zone.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::DateTime;
use chrono_tz::Tz;
use handcarry_format::Instant;
use handcarry_store::Tenant;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The languages that messages are written in; the first one is for tenants that name none of them.
pub const LANGUAGES: [&str; 2] = ["en", "de"];

static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [include_str!("../../words/en.toml"), include_str!("../../words/de.toml")].map(|text| {
        toml::from_str(text).expect("the words are a part of this program, and a test reads them")
    })
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    line: BTreeMap<String, String>,
    message: BTreeMap<String, Template>,
    reason: BTreeMap<String, BTreeMap<String, String>>,
    kind: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    subject: String,
    body: String,
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Lines that end with `\n`.
    pub body: String,
}

/// Who writes, and how.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// The tenant's name.
    pub vendor: &'a str,
    /// The portal's address.
    pub portal: &'a str,
    /// A name of [`LANGUAGES`].
    pub language: &'a str,
    /// The zone in which times are told.
    pub zone: Tz,
}

impl<'a> Sender<'a> {
    /// A tenant.
    pub fn of(tenant: &'a Tenant) -> Sender<'a> {
        Sender {
            vendor: &tenant.name,
            portal: &tenant.portal,
            language: &tenant.rules.language,
            zone: tenant.zone.parse().unwrap_or_default(),
        }
    }
}

/// The words of a message. A code of a newer version of this program is told by its name and facts.
pub fn text(code: &str, facts: &Map<String, Value>, at: Instant, sender: &Sender<'_>) -> Text {
    let place = LANGUAGES.iter().position(|language| *language == sender.language).unwrap_or(0);
    let words = &WORDS[place];
    let mut values: BTreeMap<&str, String> =
        facts.iter().map(|(name, value)| (name.as_str(), shown(value, sender.zone))).collect();
    values.insert("at", local(at, sender.zone));
    values.insert("vendor", clean(sender.vendor));
    values.insert("portal", clean(sender.portal));
    for (name, all) in [("reason", &words.reason), ("kind", &words.kind)] {
        let told = values.get(name).and_then(|value| all.get(code)?.get(value)).cloned();
        values.extend(told.map(|told| (name, told)));
    }
    let line = |name: &str| words.line.get(name).map_or("", String::as_str);
    let (subject, mut body) = match words.message.get(code) {
        Some(template) => (fill(&template.subject, &values), fill(&template.body, &values)),
        None => (code.to_owned(), Value::Object(facts.clone()).to_string()),
    };
    body.push_str("\n\n");
    for name in ["product", "customer", "order", "license"] {
        if let Some(value) = values.get(name) {
            body.push_str(&format!("{}: {value}\n", line(name)));
        }
    }
    body.push_str(&format!("\n{}\n", fill(line("sender"), &values)));
    Text { subject: clean(&subject), body }
}

/// Replaces `{name}` by its value, once: a value that holds braces stays as it is.
fn fill(template: &str, values: &BTreeMap<&str, String>) -> String {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(values.get(name).map_or("?", String::as_str));
        rest = after;
    }
    filled + rest
}

fn shown(value: &Value, zone: Tz) -> String {
    match value {
        Value::String(text) => match Instant::parse(text) {
            Some(at) => local(at, zone),
            None => clean(text),
        },
        Value::Array(all) => all.iter().map(|one| ["\n- ", &shown(one, zone)].concat()).collect(),
        other => other.to_string(),
    }
}

/// An instant where the tenant is: 2027-01-31 00:00 (Europe/Berlin).
fn local(at: Instant, zone: Tz) -> String {
    match DateTime::from_timestamp(at.unix(), 0) {
        Some(time) => format!("{} ({zone})", time.with_timezone(&zone).format("%Y-%m-%d %H:%M")),
        None => at.to_string(),
    }
}

/// Text from outside on one line, read in one direction.
pub(super) fn clean(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let turns =
        |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
