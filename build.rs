//! Makes the words of the page from `locales/*.toml`: an enum of every word, the English text of each, and the proof
//! that every other language has exactly the same words with the same places to fill. What is missing stops the build.
//!
//! The words for codes are not in the page's binary: they are a third of all its text and are fetched after the first
//! paint. In it are only the general ones, for a refusal that comes before.
//!
//! The files use a small part of TOML: sections, and `key = "text"` on one line without escapes.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const OTHERS: &[&str] = &["de"];
/// The code whose words stand in for those of any other.
const GENERAL: &str = "code.page.unknown.title";

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=build.rs");
    let english = read("en");
    let mut code = String::new();
    for language in OTHERS.iter().chain(&["en"]) {
        let other = read(language);
        compare(language, &english, &other);
        let version = other
            .iter()
            .flat_map(|(key, text)| [key.as_str(), text])
            .fold(0xcbf2_9ce4_8422_2325, fingerprint);
        let _ = writeln!(
            code,
            "/// Names the content of `{language}.toml` for caches.\npub(crate) const {}_VERSION: &str = \"{version:016x}\";",
            language.to_uppercase()
        );
    }
    let plain: Vec<&(String, String)> = english.iter().filter(|(key, _)| !key.starts_with("code.")).collect();
    assert!(
        english[..plain.len()].iter().all(|(key, _)| !key.starts_with("code.")),
        "locales: the sections of codes come last"
    );
    code.push_str(
        "/// A word of the page.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n#[repr(u16)]\npub enum W {\n",
    );
    for (key, text) in &plain {
        let _ = writeln!(code, "    /// {text}\n    {},", variant(key));
    }
    code.push_str(
        "}\n\nimpl W {\n    /// Every word, in the order of the files.\n    pub const ALL: &[W] = &[",
    );
    for (key, _) in &plain {
        let _ = write!(code, "W::{},", variant(key));
    }
    // One text and no table of them: pointers and lengths compress badly. No text has a line break in it.
    let texts: Vec<&str> = plain.iter().map(|(_, text)| text.as_str()).collect();
    let _ = writeln!(
        code,
        "];\n}}\n\n/// The English text of every word, each on its line.\nconst ENGLISH: &str = {:?};",
        texts.join("\n")
    );
    let general =
        english.iter().position(|(key, _)| key == GENERAL).expect("locales: the general words are there");
    let [title, what, next] = [0, 1, 2].map(|at| &english[general + at].1);
    let codes = english[plain.len()..].chunks(3);
    let whole = plain.len() + 4 * codes.len();
    codes.for_each(check);
    let _ =
        writeln!(code, "\npub(crate) static GENERAL: (&str, &str, &str) = ({title:?}, {what:?}, {next:?});");
    let _ = writeln!(
        code,
        "/// Texts of a whole file, codes among them.\npub(crate) const WHOLE: usize = {whole};"
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    fs::write(Path::new(&out).join("words.rs"), code).expect("OUT_DIR is writable");
}

/// The three lines of a code must be its title, what and next.
fn check(lines: &[(String, String)]) {
    let first = &lines[0].0;
    let code = first.strip_prefix("code.").and_then(|key| key.strip_suffix(".title"));
    let code = code.unwrap_or_else(|| panic!("locales: `{first}` stands where a code's title should"));
    assert_eq!(lines.len(), 3, "locales: `{code}` has not all of title, what and next");
    for ((key, _), end) in lines.iter().zip(["title", "what", "next"]) {
        assert_eq!(
            *key,
            format!("code.{code}.{end}"),
            "locales: a code has title, what and next, in this order"
        );
    }
}

fn read(language: &str) -> Vec<(String, String)> {
    let file = format!("locales/{language}.toml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut section = String::new();
    let mut words: Vec<(String, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let at = at + 1;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.replace('"', "");
            continue;
        }
        let parts = line.split_once(" = \"").and_then(|(key, text)| Some((key, text.strip_suffix('"')?)));
        let Some((key, text)) = parts else { panic!("{file}:{at}: not `key = \"text\"`") };
        assert!(!text.contains(['"', '\\']), "{file}:{at}: no quotes and no escapes in a text");
        assert!(!text.trim().is_empty(), "{file}:{at}: empty");
        let key = format!("{section}.{key}");
        assert!(words.iter().all(|(known, _)| *known != key), "{file}:{at}: `{key}` twice");
        words.push((key, text.to_owned()));
    }
    words
}

fn compare(language: &str, english: &[(String, String)], other: &[(String, String)]) {
    for (place, (key, text)) in english.iter().enumerate() {
        let Some((found, theirs)) = other.get(place) else {
            panic!("locales/{language}.toml: `{key}` is missing")
        };
        assert_eq!(found, key, "locales/{language}.toml: the words come in the order of en.toml");
        assert_eq!(
            slots(theirs),
            slots(text),
            "locales/{language}.toml: `{key}` fills other places than in en.toml"
        );
    }
    assert_eq!(other.len(), english.len(), "locales/{language}.toml has words that en.toml has not");
}

fn slots(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(slot, _)| slot).collect()
}

/// `review.license.title` as `ReviewLicenseTitle`.
fn variant(key: &str) -> String {
    key.split(['.', '_', '-'])
        .flat_map(|part| {
            part.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c })
        })
        .collect()
}

fn fingerprint(hash: u64, text: &str) -> u64 {
    text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
