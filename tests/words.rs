//! Every code that a person can meet has words, in every language, and no word is there for nothing.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use handcarry_portal::words::{Piece, W, fill, knows, of_code, pieces, source, t, use_file, values};

/// Codes of the page itself, for what no format and no server knows.
const OWN: [&str; 5] =
    ["page.unreadable", "page.too_slow", "page.answer_unreadable", "page.answer_not_genuine", "page.unknown"];

fn codes() -> impl Iterator<Item = &'static str> {
    let known = [handcarry_format::CODES, handcarry_rules::REFUSAL_CODES, handcarry_api::code::CODES];
    known.into_iter().flatten().copied().chain(OWN)
}

#[test]
fn every_code_has_title_what_happened_and_what_to_do() {
    assert!(use_file(fs::read_to_string("locales/en.toml").unwrap()));
    let missing: Vec<&str> = codes().filter(|code| !knows(code)).collect();
    assert!(missing.is_empty(), "locales/en.toml has no words for {missing:?}");
    for code in codes() {
        let (title, what, next) = of_code(code);
        assert!(!title.is_empty() && !what.is_empty(), "{code}");
        assert!(next.iter().all(|step| !step.is_empty()), "{code}");
    }
}

#[test]
fn threat_script_in_names_what_is_written_from_right_to_left_stays_in_its_place() {
    let filled = |name: &str| fill("On {0}: 1 of 2", &[name.to_owned()]);
    assert_eq!(filled("WS-17 Z\u{fc}rich \u{7530}"), "On WS-17 Z\u{fc}rich \u{7530}: 1 of 2");
    for name in ["\u{5d0}\u{5d1}", "\u{627} 7", "\u{200f}x", "\u{fdfa}", "\u{1e900}"] {
        assert_eq!(filled(name), format!("On \u{2068}{name}\u{2069}: 1 of 2"));
    }
}

#[test]
fn no_code_has_words_for_nothing() {
    let known: BTreeSet<&str> = codes().collect();
    let file = fs::read_to_string("locales/en.toml").unwrap();
    let stale: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("[code.\"")?.strip_suffix("\"]"))
        .filter(|code| !known.contains(code))
        .collect();
    assert!(stale.is_empty(), "{stale:?}");
}

#[test]
fn no_word_is_there_for_nothing() {
    let mut code = String::new();
    read(Path::new("src"), &mut code);
    let unused: Vec<String> =
        W::ALL.iter().map(|word| format!("W::{word:?}")).filter(|word| !uses(&code, word)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_code_that_is_new_to_the_page_gets_general_words() {
    let before = of_code("armor.damaged");
    assert_eq!(before, of_code("page.unknown"), "the words for codes are fetched");
    assert!(use_file(fs::read_to_string("locales/en.toml").unwrap()));
    assert_eq!(of_code("tomorrow.unheard_of"), before);
    assert_ne!(of_code("armor.damaged"), before);
}

#[test]
fn a_fetched_language_takes_the_place_of_english_and_a_wrong_file_does_not() {
    let german = fs::read_to_string("locales/de.toml").unwrap();
    let english = t(W::ReviewCancel);
    assert!(source("de").starts_with("de.toml?v="));
    assert!(source("en").starts_with("en.toml?v="));
    assert!(!use_file(german.lines().take(40).collect::<Vec<_>>().join("\n")), "half a file");
    assert_eq!(t(W::ReviewCancel), english);
    assert!(use_file(german.clone()));
    assert_eq!(t(W::ReviewCancel), "Abbrechen");
    assert_eq!(values(&german).next(), Some("Offline-Lizenzen"));
}

#[test]
fn marks_are_taken_apart_before_places_are_filled() {
    let template = "Carry `{0}` to *{1}*.";
    let expected = [
        Piece::Plain("Carry "),
        Piece::Code("{0}"),
        Piece::Plain(" to "),
        Piece::Strong("{1}"),
        Piece::Plain("."),
    ];
    assert_eq!(pieces(template), expected);
    assert_eq!(pieces("2 * 3"), [Piece::Plain("2 * 3")]);
    assert_eq!(fill("{1}, {0}, {9}{", &["*a*".into(), "{0}".into()]), "{0}, *a*, ");
}

fn read(directory: &Path, into: &mut String) {
    for entry in fs::read_dir(directory).expect("src is there") {
        let path = entry.expect("src can be listed").path();
        if path.is_dir() {
            read(&path, into);
        } else {
            into.push_str(&fs::read_to_string(path).expect("src can be read"));
        }
    }
}

fn uses(code: &str, word: &str) -> bool {
    code.match_indices(word)
        .any(|(at, _)| !code[at + word.len()..].starts_with(|next: char| next.is_alphanumeric()))
}
