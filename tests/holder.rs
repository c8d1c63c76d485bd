//! What the page says of the license and who holds it, after an answer.
#![cfg(not(target_arch = "wasm32"))]

use handcarry_portal::card::{Arg, Fact, Phrase};
use handcarry_portal::client;
use handcarry_portal::words::W;
use serde_json::{Value, json};

fn holder(facts: Value) -> Vec<Fact> {
    let text = json!({
        "outcome": "booked",
        "receipt": {"name": "acme-receipt.txt", "text": "x", "number": "R-1"},
        "license_facts": facts,
    });
    client::answer(&text.to_string(), None).expect("an answer with a file").holder
}

fn word(word: W) -> Arg {
    Arg::Phrase(Phrase::plain(word))
}

#[test]
fn ice_01_the_page_shows_who_holds_the_license_and_what_it_extends() {
    let facts = holder(json!({
        "name": "Jo Berg", "company": "Globex Corp.", "email": "jo@globex.example",
        "address": "Hafenstraße 4\n28195 Bremen", "reference_id": "3F2A-91BC-0D44-7E18", "order": "PO-2",
        "previous_order": "PO-1", "registration": "ok", "lines": [], "recommended": [],
    }));
    let text = |text: &str| Arg::Text(text.into());
    let expected = [
        (W::FactCustomer, text("Jo Berg")),
        (W::FactCompany, text("Globex Corp.")),
        (W::FactEmail, text("jo@globex.example")),
        (W::FactAddress, text("Hafenstraße 4\n28195 Bremen")),
        (W::FactReference, text("3F2A-91BC-0D44-7E18")),
        (W::FactOrder, text("PO-2")),
        (W::FactPrevious, text("PO-1")),
        (W::FactRegistration, word(W::HolderOk)),
    ];
    assert_eq!(facts, expected.map(|(label, value)| Fact { label, value }));
}

#[test]
fn ice_04_08_09_11_the_page_shows_how_the_license_stands_with_a_mark_on_lines_over() {
    let line = |name, used, over| json!({"name": name, "used": used, "seats": 10, "over": over});
    let facts = holder(json!({
        "registration": "reference_id_mismatch", "runs_until": "2026-11-28T14:00:00Z", "renewal_days": 30,
        "lines": [line("devices", 10, false), line("reported", 11, true)],
        "recommended": ["add_users", "renew_license"],
    }));
    let of = |word, used| Arg::Phrase(Phrase::with(word, Arg::Number(used)).arg(Arg::Number(10)));
    let expected = [
        (W::FactRegistration, word(W::HolderMismatch)),
        (W::FactStops, Arg::Time("2026-11-28T14:00:00Z".into())),
        (W::FactRenewal, Arg::Phrase(Phrase::with(W::FactDays, Arg::Number(30)))),
        (W::FactSeats, of(W::FactSeatsOf, 10)),
        (W::FactUsers, of(W::FactOver, 11)),
        (W::FactRecommended, word(W::HolderAddUsers)),
        (W::FactRecommended, word(W::HolderRenew)),
    ];
    assert_eq!(facts, expected.map(|(label, value)| Fact { label, value }));
    assert_eq!(holder(json!({"registration": "evaluation"}))[0].value, word(W::HolderEvaluation));
}

#[test]
fn ice_01_an_answer_without_these_facts_is_an_answer() {
    assert!(holder(Value::Null).is_empty());
}
