use chrono_tz::Tz;
use handcarry_format::{Customer, Digest, Id, LicenseKey, Product, Vendor};
use handcarry_rules::Entitlement;
use handcarry_store::{NewCase, NewMessage};

use super::*;
use crate::notice::code::{CODES, by_name};
use crate::notice::{self, Blocked, Inactive};

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn license(customer: &str) -> Entitlement {
    let vendor = Vendor { id: id("acme"), name: "Acme Software".to_owned() };
    let product = Product { id: id("cad"), name: "CAD Pro".to_owned(), version: None };
    let key = LicenseKey::from_random([7; 10]);
    let mut license = Entitlement::new(id("l-1"), key, vendor, product, Tz::Europe__Berlin);
    license.customer = Some(Customer { name: customer.to_owned(), order: Some("4711".to_owned()) });
    license.maintenance_end = "2027-01-31".parse().ok();
    license
}

fn case(kind: &str) -> NewCase {
    NewCase {
        id: id("c-1"),
        kind: kind.to_owned(),
        activation: id("a-1"),
        envelope: String::new(),
        digest: Digest::of(b""),
        findings: "[]".to_owned(),
        at: at("2027-01-01T00:00:00Z"),
    }
}

/// Every message that can be made, each in every variant that has words of its own.
fn every_message() -> Vec<NewMessage> {
    let (license, activation) = (&license("Initech GmbH"), &id("a-1"));
    let (since, now) = (at("2027-01-01T00:00:00Z"), at("2027-01-02T12:00:00Z"));
    let mut all = vec![
        notice::inactive(license, &Inactive::Deactivated, now),
        notice::inactive(license, &Inactive::HeldElsewhere, now),
        notice::inactive(license, &Inactive::ReplacedBy(id("l-2")), now),
        notice::blocked(license, &Blocked::Ended, now),
        notice::blocked(license, &Blocked::Refused("agreement".to_owned()), now),
        notice::renewal_due(license, 14, now),
        notice::seats_over(license, 3, 1, &["ann".to_owned(), "bob".to_owned()], now),
        notice::revalidation_failing(license, since, 36, now),
        notice::revalidation_ok(license, since, now),
        notice::emergency_begun(license, since, now, now),
        notice::emergency_ended(license, since, now, now),
        notice::services_stopped(license, since, now),
        notice::reference_mismatch(license, activation, "WS-17", since, now),
        notice::rehost_done(license, activation, "WS-17", "burned", now),
        notice::webhook_test(&id("w-1"), &id("t-1"), now),
        notice::rehost_waits(license, activation, "WS-17", "burned", "ann", now),
    ];
    let kinds = ["usage", "jump", "gap", "fork", "zombie", "restored"];
    all.extend(kinds.map(|kind| notice::case_opened(license, &case(kind))));
    all
}

fn say(message: &NewMessage, language: &str) -> Text {
    let facts: Map<String, Value> = serde_json::from_str(&message.facts).unwrap();
    let portal = "https://offline.acme.example/";
    let sender = Sender { vendor: "Acme Software", portal, language, zone: Tz::Europe__Berlin };
    text(&message.code, &facts, message.at, &sender)
}

#[test]
fn alt_19_every_message_has_words_in_every_language() {
    let messages = every_message();
    for code in CODES {
        assert!(messages.iter().any(|message| message.code == code.name), "{} is never made", code.name);
    }
    for words in WORDS.iter() {
        let known: Vec<&str> = words.message.keys().map(String::as_str).collect();
        assert!(known.iter().all(|name| by_name(name).is_some()), "words that nobody says: {known:?}");
        assert_eq!(known.len(), CODES.len());
    }
    for (message, language) in messages.iter().flat_map(|message| LANGUAGES.map(|it| (message, it))) {
        let Text { subject, body } = say(message, language);
        let told = [&subject, "\n", &body].concat();
        assert!(!told.contains(['?', '{', '}']), "{} in {language}: {told}", message.code);
        let raw: Map<String, Value> = serde_json::from_str(&message.facts).unwrap();
        for name in ["reason", "kind"] {
            if let Some(value) = raw.get(name).and_then(Value::as_str) {
                assert!(!body.lines().any(|line| line == value), "{value} has no words in {language}");
            }
        }
        assert!(!told.contains(license("").key.as_str()), "a license key is a secret");
    }
}

#[test]
fn ice_14_the_notice_lists_every_account_over_the_limit() {
    let accounts: Vec<String> = (0..300).map(|n| format!("user-{n}")).collect();
    let message = notice::seats_over(&license("Initech"), 400, 100, &accounts, at("2027-06-30T22:00:00Z"));
    let Text { subject, body } = say(&message, "de");
    assert_eq!(subject, "Mehr Konten als Plätze für CAD Pro");
    assert!(body.starts_with("Um Mitternacht (2027-07-01 00:00 (Europe/Berlin))"), "{body}");
    assert!(accounts.iter().all(|account| body.contains(&format!("\n- {account}\n"))));
}

#[test]
fn alt_19_the_same_entry_is_one_message_and_the_next_one_another() {
    let (first, now) = (license("Initech"), at("2027-01-01T00:00:00Z"));
    let again = notice::inactive(&first, &Inactive::Deactivated, now);
    assert_eq!(notice::inactive(&first, &Inactive::Deactivated, now), again);
    let later = Entitlement { revision: 2, ..first.clone() };
    let next = notice::inactive(&later, &Inactive::Deactivated, now);
    assert!(next.key != again.key && next.id != again.id);
}

#[test]
fn a_name_cannot_add_lines_or_turn_the_text_around() {
    let name = "Initech\r\nBcc: all@example.com\u{2028}x\u{202E}y {vendor}";
    let Text { subject, body } =
        say(&notice::inactive(&license(name), &Inactive::Deactivated, at("2027-01-01T00:00:00Z")), "en");
    assert!(body.contains("Customer: Initech  Bcc: all@example.com xy {vendor}\n"), "{body}");
    assert!(!subject.contains(char::is_control));
}
