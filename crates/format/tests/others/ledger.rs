//! Usage entries, which are read as they come and not from a tree.

use handcarry_format::fixtures::{at, id, key, payload, sign, trust, world};
use handcarry_format::{
    AnyVerified, Error, Examination, Kind, Limits, PayloadCause, UsageEntry, UsageFinding, armor, examine,
};

/// The report of the small world with other text in the place of its entries.
fn report(entries: &str) -> Examination {
    let text = payload(&world().report.sealed.envelope);
    let (head, rest) = text.split_once("\"entries\":[").expect("a report has entries");
    let (_, tail) = rest.split_once(']').expect("and their end");
    let text = [head, "\"entries\":[", entries, "]", tail].concat();
    let envelope = sign(&Kind::UsageReport.media_type(), text.as_bytes(), &key("device"));
    examine(armor(Kind::UsageReport, &envelope, "").as_bytes(), &trust(), &Limits::default())
}

fn read(entries: &str) -> Result<Vec<UsageEntry>, (PayloadCause, String)> {
    match report(entries).document {
        Ok(AnyVerified::UsageReport(report)) => Ok(report.usage.entries.clone()),
        Err(Error::Payload(error)) => Err((error.cause, error.field)),
        other => panic!("{other:?}"),
    }
}

const GOOD: &str = r#"{"at":"2026-03-01T00:00:00Z","feature":"renders","amount":-1}"#;

#[test]
fn an_entry_is_the_same_however_its_members_are_written() {
    let entry = UsageEntry { at: at("2026-03-01T00:00:00Z"), feature: id("renders"), amount: -1 };
    let other = r#" { "amount" : -1, "f\u0065ature" :"rend\u0065rs" ,"at":"2026-03-01T00:00:00Z" } "#;
    let entries = [GOOD, other, GOOD].join(",");
    assert_eq!(read(&entries), Ok(vec![entry; 3]));
    assert_eq!(read(""), Ok(Vec::new()));
}

#[test]
fn the_first_entry_that_is_wrong_is_named_with_what_is_wrong_first() {
    let at_two = |field: &str| format!("usage.entries.2{field}");
    for (wrong, cause, field) in [
        ("[]", PayloadCause::WrongType, ""),
        ("null", PayloadCause::WrongType, ""),
        ("{}", PayloadCause::MissingField, ".at"),
        (r#"{"at":"2026-03-01T00:00:00Z","feature":"a"}"#, PayloadCause::MissingField, ".amount"),
        (r#"{"at":null,"feature":"a","amount":1}"#, PayloadCause::WrongType, ".at"),
        (r#"{"at":"2026-03-01T00:00:00+00:00","feature":7,"amount":1}"#, PayloadCause::Malformed, ".at"),
        (
            r#"{"at":"2026-03-01T00:00:00Z","feature":"a b","amount":"1"}"#,
            PayloadCause::Malformed,
            ".feature",
        ),
        (r#"{"at":"2026-03-01T00:00:00Z","feature":"","amount":1}"#, PayloadCause::Malformed, ".feature"),
        (r#"{"at":"2026-03-01T00:00:00Z","feature":"a","amount":"1"}"#, PayloadCause::WrongType, ".amount"),
        (
            r#"{"at":"2026-03-01T00:00:00Z","feature":"a","amount":1,"by":0}"#,
            PayloadCause::UnknownField,
            ".by",
        ),
    ] {
        let entries = [GOOD, GOOD, wrong, GOOD, "7", r#"{"x":1}"#].join(",");
        assert_eq!(read(&entries), Err((cause, at_two(field))), "{wrong}");
    }
}

#[test]
fn what_is_no_strict_json_is_refused_before_any_entry() {
    for (wrong, cause) in [
        (r#"{"at":1,"at":2}"#, PayloadCause::DuplicateKey),
        (r#"{"at":1.5}"#, PayloadCause::Number),
        (r#"{"at":[[[[[[[[[[[1]]]]]]]]]]]}"#, PayloadCause::TooDeep),
        (r#"{"at"}"#, PayloadCause::Syntax),
    ] {
        let found = read(&["7", GOOD, wrong].join(",")).unwrap_err();
        assert_eq!(found.0, cause, "{wrong}");
        assert!(found.1.starts_with("line 1, column "), "{}", found.1);
    }
}

#[test]
fn threat_denial_of_service_a_report_that_names_a_counter_in_each_of_many_entries_is_looked_at_once() {
    // Time squared by this number would stop a portal for minutes.
    let entry = |n: u32| format!(r#"{{"at":"2026-03-01T00:00:00Z","feature":"f{n}","amount":-1}}"#);
    let entries: Vec<String> = (0..100_000).map(entry).collect();
    let found = report(&entries.join(",")).findings;
    assert_eq!(found.len(), 4_000);
    let negative = found.iter().filter(|finding| matches!(finding, UsageFinding::Negative { .. }));
    assert!(negative.count() > 3_990);
}
