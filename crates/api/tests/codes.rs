//! Every code has its words, and no word is without its code.

use std::collections::BTreeSet;

use handcarry_api::{code, explain};

fn all() -> Vec<&'static str> {
    let rules = [
        handcarry_rules::REFUSAL_CODES,
        handcarry_rules::STAFF_REFUSAL_CODES,
        handcarry_rules::upgrade::UPGRADE_CODES,
        handcarry_rules::session::SESSION_CODES,
    ]
    .concat();
    [handcarry_format::CODES, &rules, code::CODES].concat()
}

#[test]
fn every_code_is_explained_and_given_once() {
    let codes = all();
    let distinct: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(distinct.len(), codes.len(), "a code has two meanings");
    for code in codes {
        let words = explain(code).unwrap_or_else(|| panic!("{code} is not explained"));
        assert!(!words.title.is_empty() && !words.next.is_empty(), "{code}");
        assert!(!words.title.ends_with('.') && words.next.ends_with('.'), "{code}");
    }
    assert!(explain("no.such_code").is_none());
}
