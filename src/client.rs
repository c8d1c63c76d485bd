//! What the portal's server says, in the page's own terms. The addresses and shapes are those of `handcarry-api`.

use handcarry_format::json::{self, Json};
use handcarry_format::{Id, Limits, PublicKey, Trust};

use crate::card::{Arg, Fact, OutFile, Phrase, Refusal};
use crate::theme::Look;
use crate::verify::{AnswerFiles, TenantTrust, page_refusal, reference};
use crate::words::W;

/// The portal's vendor: whom to believe and how it looks.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Whom to believe.
    pub trust: TenantTrust,
    /// How it looks.
    pub look: Look,
}

/// Reads what the portal says about itself; `None` if that is not whole.
pub fn tenant(text: &str) -> Option<Tenant> {
    let value = parse(text)?;
    let vendor = value.get("vendor")?;
    let name = string(vendor, "name")?;
    let id = Id::new(&string(vendor, "id")?)?;
    let root = PublicKey::parse(&string(&value, "root_key")?)?;
    let mut limits = Limits::default();
    if let Some(Json::Int(file)) = value.get("file_limit") {
        limits.file = file.unsigned_abs().min(limits.file);
    }
    let mut trust = Trust::new(id, root);
    if let Some(keyring) = string(&value, "keyring") {
        // Files carry their own keyring: a portal that shows a broken one is still believed by its root key alone.
        if let Ok(learned) = trust.clone().with_keyring(keyring.as_bytes(), &limits) {
            trust = learned;
        }
    }
    Some(Tenant { look: Look::read(&name, &value), trust: TenantTrust { trust, limits, vendor: name } })
}

/// Reads an answer of success; `None` if it is not whole.
pub fn answer(text: &str, first: Option<String>) -> Option<AnswerFiles> {
    let value = parse(text)?;
    let file = |name: &str| {
        let file = value.get(name)?;
        Some(OutFile { name: one_dot(&string(file, "name")?), text: string(file, "text")? })
    };
    let (receipt, pool) = (file("receipt"), file("pool"));
    let is_pool = pool.is_some();
    let license = pool.or_else(|| file("license"));
    if receipt.is_none() && license.is_none() {
        return None;
    }
    let current = string(&value, "outcome").as_deref() == Some("current");
    let mut notes = Vec::new();
    for said in items(&value, "notes") {
        notes.extend(note(said));
    }
    let holder = value.get("license_facts").map_or_else(Vec::new, holder);
    Some(AnswerFiles { receipt, license, is_pool, current, notes, holder, first, raw: text.to_owned() })
}

/// What the portal says of the license and who holds it (ICE-01): not signed, and shown apart from what is.
fn holder(said: &Json<'_>) -> Vec<Fact> {
    let named = |name: &str| {
        Arg::Phrase(Phrase::plain(match name {
            "ok" => W::HolderOk,
            "evaluation" => W::HolderEvaluation,
            "reference_id_mismatch" => W::HolderMismatch,
            "add_users" => W::HolderAddUsers,
            _ => W::HolderRenew,
        }))
    };
    let mut facts = Vec::new();
    for (name, label) in HOLDER {
        if let Some(text) = string(said, name) {
            let value = if label == W::FactRegistration { named(&text) } else { fact(&text) };
            facts.push(Fact::new(label, value));
        }
    }
    let number = |of: &Json<'_>, name| match of.get(name) {
        Some(Json::Int(number)) => Some(Arg::Number(*number)),
        _ => None,
    };
    if let Some(days) = number(said, "renewal_days") {
        facts.push(Fact::new(W::FactRenewal, Arg::Phrase(Phrase::with(W::FactDays, days))));
    }
    for line in items(said, "lines") {
        let (Some(used), Some(seats)) = (number(line, "used"), number(line, "seats")) else { continue };
        let over = matches!(line.get("over"), Some(Json::Bool(true)));
        let word = if over { W::FactOver } else { W::FactSeatsOf };
        let devices = string(line, "name").as_deref() == Some("devices");
        let label = if devices { W::FactSeats } else { W::FactUsers };
        facts.push(Fact::new(label, Arg::Phrase(Phrase::with(word, used).arg(seats))));
    }
    facts.extend(texts(said, "recommended").iter().map(|name| Fact::new(W::FactRecommended, named(name))));
    facts
}

/// The facts of a license that are texts, by the server's name for them.
const HOLDER: [(&str, W); 9] = [
    ("name", W::FactCustomer),
    ("company", W::FactCompany),
    ("email", W::FactEmail),
    ("address", W::FactAddress),
    ("reference_id", W::FactReference),
    ("order", W::FactOrder),
    ("previous_order", W::FactPrevious),
    ("registration", W::FactRegistration),
    ("runs_until", W::FactStops),
];

/// What the portal says besides. Usage above its maximum stands in the signed receipt already.
fn note(value: &Json<'_>) -> Option<Phrase> {
    let time = |name| string(value, name).map_or(Arg::Text(String::new()), Arg::Time);
    let names = texts(value, "names");
    Some(match string(value, "code")?.as_str() {
        "clock.away" => Phrase::with(W::NoteClockAway, time("made_at")).arg(time("now")),
        "clock.implausible" => Phrase::with(W::NoteClockImplausible, time("made_at")).arg(time("now")),
        "seat.freed_before" => Phrase::with(W::NoteFreedBefore, time("now")),
        "fingerprint.differs" => Phrase::plain(W::NoteFingerprint).text(&names.join(", ")),
        _ => return None,
    })
}

/// Reads a problem (RFC 9457). What is not one is still an answer of which something can be said.
pub fn problem(text: &str) -> Refusal {
    let value = parse(text).unwrap_or(Json::Null);
    let Some(code) = string(&value, "code") else {
        return page_refusal("page.answer_unreadable", reference(text.as_bytes()), Vec::new());
    };
    let mut facts = Vec::new();
    let given = value.get("facts").unwrap_or(&Json::Null);
    for (name, label) in FACTS {
        if let Some(text) = string(given, name) {
            facts.push(Fact::new(label, fact(&text)));
        }
    }
    for holder in items(&value, "holders") {
        let since = Arg::Time(string(holder, "since").unwrap_or_default());
        let device = Arg::Text(string(holder, "device").unwrap_or_default());
        facts
            .push(Fact::new(W::FactHolder, Arg::Phrase(Phrase::with(W::FactHolderSince, device).arg(since))));
    }
    let offer = value.get("offer").and_then(|offer| {
        Some(OutFile { name: one_dot(&string(offer, "name")?), text: string(offer, "text")? })
    });
    Refusal {
        code,
        reference: string(&value, "reference").unwrap_or_else(|| reference(text.as_bytes())),
        facts,
        checks: Vec::new(),
        offer,
        raw: text.to_owned(),
    }
}

/// The facts of a problem that are shown, by the server's name for them.
const FACTS: [(&str, W); 16] = [
    ("order", W::FactOrder),
    ("vendor", W::FactVendor),
    ("licensed", W::FactProduct),
    ("device", W::FactDevice),
    ("end", W::FactExpires),
    ("zone", W::FactZone),
    ("at", W::FactWhen),
    ("since", W::FactSince),
    ("newer", W::FactNewer),
    ("total", W::FactSeats),
    ("free_from", W::FactFreeFrom),
    ("limit", W::FactLimit),
    ("key", W::FactKey),
    ("field", W::FactField),
    ("line", W::FactWhere),
    ("kind", W::FactKind),
];

/// Instants, days and numbers are written as the person does, everything else as it came.
fn fact(text: &str) -> Arg {
    let bytes = text.as_bytes();
    match (bytes.len(), bytes.get(4), bytes.last()) {
        (20, Some(b'-'), Some(b'Z')) => Arg::Time(text.to_owned()),
        (10, Some(b'-'), _) if bytes.iter().all(|b| b.is_ascii_digit() || *b == b'-') => {
            Arg::Day(text.to_owned())
        }
        _ => text.parse().map_or_else(|_| Arg::Text(text.to_owned()), Arg::Number),
    }
}

/// Mail gateways drop names with two dots (D-03); a path is no name.
fn one_dot(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c }).collect();
    match name.rsplit_once('.') {
        Some((stem, end)) => [&stem.replace('.', "-"), ".", end].concat(),
        None => name,
    }
}

pub(crate) fn parse(text: &str) -> Option<Json<'_>> {
    json::parse(text.as_bytes(), 16).ok()
}

#[inline(never)]
pub(crate) fn string(value: &Json<'_>, name: &str) -> Option<String> {
    value.get(name)?.as_text().map(str::to_owned)
}

#[inline(never)]
pub(crate) fn items<'a, 'de>(value: &'a Json<'de>, name: &str) -> &'a [Json<'de>] {
    match value.get(name) {
        Some(Json::List(items)) => items,
        _ => &[],
    }
}

#[inline(never)]
pub(crate) fn texts(value: &Json<'_>, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for item in items(value, name) {
        texts.extend(item.as_text().map(str::to_owned));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_03_names_have_one_dot_and_no_path() {
        assert_eq!(one_dot("acme-receipt-ws-17.txt"), "acme-receipt-ws-17.txt");
        assert_eq!(one_dot("ws.17.lic.txt"), "ws-17-lic.txt");
        assert!(!one_dot("../../etc/x").contains(['/', '\\']));
        assert_eq!(one_dot("a\u{0}b"), "a-b");
    }

    #[test]
    fn d_01_an_answer_without_files_is_no_answer() {
        assert_eq!(answer("{}", None), None);
        assert_eq!(answer("<html>", None), None);
        assert_eq!(answer(r#"{"receipt":{"name":"a.txt"}}"#, None), None);
    }

    #[test]
    fn anything_can_be_a_refusal() {
        assert_eq!(problem("<html>502").code, "page.answer_unreadable");
        let problem = problem(
            r#"{"code":"seat.none","reference":"AB12-CD34","facts":{"total":"3","at":"2026-11-21T14:02:00Z","x":"y"},
               "holders":[{"device":"WS-1","since":"2026-11-21T14:02:00Z"}],"offer":{"name":"a.b.txt","text":"t"}}"#,
        );
        assert_eq!((problem.code.as_str(), problem.reference.as_str()), ("seat.none", "AB12-CD34"));
        let labels: Vec<W> = problem.facts.iter().map(|fact| fact.label).collect();
        assert_eq!(labels, [W::FactWhen, W::FactSeats, W::FactHolder]);
        assert_eq!(problem.offer.map(|offer| offer.name).as_deref(), Some("a-b.txt"));
    }
}
