//! The big list of naughty strings through every field that people fill.

use super::shared;

use handcarry_format::fixtures::{key, trust, world};
use handcarry_format::*;

fn strings() -> Vec<String> {
    let Some(list) = shared::json("blns/blns.json") else { return Vec::new() };
    let list = list.as_array().expect("a list").iter();
    let mut strings: Vec<String> = list.map(|text| text.as_str().expect("a text").to_string()).collect();
    assert!(strings.len() > 400);
    strings.extend(
        ["-----BEGIN LICENSE-----", "--- --BEGIN LICENSE RECEIPT-----", "a\u{202e}b", "\u{0}"]
            .map(String::from),
    );
    strings
}

/// The rule of spec §5.1: 1 to `longest` characters, none of them control or direction-changing.
fn allowed(text: &str, longest: usize) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (1..=longest).contains(&text.chars().count()) && !text.chars().any(odd)
}

/// Sealed and read back exactly, or refused by its limits.
fn goes_through<D: Document>(document: &D, signer: &str, allowed: bool, what: &str) {
    match seal(document, &key(signer), Some("https://offline.acme.example")) {
        Err(SealError(error)) => {
            assert_eq!(error.cause, PayloadCause::OutOfRange, "{what}");
            assert!(!allowed, "{what}: refused at {}", error.field);
        }
        Ok(sealed) => {
            assert!(allowed, "{what}: taken");
            assert!(sealed.text.is_ascii(), "{what}");
            for file in [sealed.text.clone(), sealed.envelope.to_json()] {
                let opened = open::<D>(file.as_bytes(), &trust(), &Limits::default());
                let opened = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(*opened, *document, "{what}");
            }
        }
    }
}

#[test]
fn threat_script_in_names_naughty_strings_in_every_field_are_kept_exactly_or_refused() {
    let world = world();
    for text in strings() {
        let (name, value) = (allowed(&text, 120), allowed(&text, 400));
        let request = |change: &dyn Fn(&mut ActivationRequest), allowed, field: &str| {
            let mut request = world.request.document.clone();
            change(&mut request);
            goes_through(&request, "device", allowed, &format!("{field} {text:?}"));
        };
        request(&|r| r.device.name = text.clone(), name, "device.name");
        request(&|r| r.vendor.name = text.clone(), name, "vendor.name");
        request(&|r| r.product.name = text.clone(), name, "product.name");
        request(&|r| r.product.version = Some(text.clone()), name, "product.version");
        request(&|r| r.platform.os = text.clone(), name, "platform.os");
        request(&|r| r.platform.arch = text.clone(), name, "platform.arch");
        request(&|r| r.platform.client = text.clone(), name, "platform.client");
        request(&|r| r.claim = Claim::User(text.clone()), value, "user");
        request(&|r| r.variables = [("x".to_string(), text.clone())].into(), value, "variables value");
        request(&|r| r.variables = [(text.clone(), "x".to_string())].into(), name, "variables name");
        let license = |change: &dyn Fn(&mut License), allowed, field: &str| {
            let mut license = world.license.document.clone();
            change(&mut license);
            goes_through(&license, "issuing", allowed, &format!("{field} {text:?}"));
        };
        license(&|l| l.customer = Some(Customer { name: text.clone(), order: None }), name, "customer.name");
        let order = |l: &mut License| {
            l.customer = Some(Customer { name: "Northline".to_string(), order: Some(text.clone()) });
        };
        license(&order, value, "customer.order");
        license(&|l| l.features[0].name = text.clone(), name, "features.0.name");
        license(&|l| l.term.zone = text.clone(), name, "term.zone");
        let request = |change: &dyn Fn(&mut PoolRequest), allowed, field: &str| {
            let mut request = world.pool_request.document.clone();
            change(&mut request);
            goes_through(&request, "site", allowed, &format!("{field} {text:?}"));
        };
        request(&|r| r.site.name = text.clone(), name, "site.name");
        request(&|r| r.site.portal = text.clone(), value, "site.portal");
        let pool = |change: &dyn Fn(&mut Grant), allowed, field: &str| {
            let mut file = world.pool.document.clone();
            change(&mut file.licenses[0]);
            goes_through(&file, "issuing", allowed, &format!("{field} {text:?}"));
        };
        pool(&|g| g.edition = Some(text.clone()), name, "edition");
        pool(&|g| g.previous_order = Some(text.clone()), value, "previous_order");
        pool(&|g| g.zone = text.clone(), name, "zone");
        let since = world.pool.document.issued_at;
        pool(&|g| g.verdict = Verdict::Held { site: text.clone(), since }, name, "verdict.held.site");
        let mut receipt = world.report_receipt.document.clone();
        receipt.number = text.clone();
        goes_through(&receipt, "issuing", name, &format!("number {text:?}"));
        receipt = world.report_receipt.document.clone();
        receipt.usage.over = vec![text.clone()];
        goes_through(&receipt, "issuing", name, &format!("usage.over {text:?}"));
    }
}

#[test]
fn naughty_strings_as_a_file_are_refused_and_as_an_id_or_code_are_none() {
    for text in strings() {
        let result = examine(text.as_bytes(), &trust(), &Limits::default());
        assert!(result.document.is_err(), "{text:?}");
        // Parsing never panics; what it takes is what it gives back.
        if let Some(id) = Id::new(&text) {
            assert_eq!(id.as_str(), text);
        }
        assert_eq!(Digest::parse(&text), None);
        assert_eq!(PublicKey::parse(&text), None);
        let _ = LicenseKey::parse(&text);
        let _ = Instant::parse(&text);
    }
}
