//! Every word of the page, from `locales/`. What a language lacks stops the build (`build.rs`).

use std::cell::Cell;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The languages of the page: tag and own name.
pub const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("de", "Deutsch")];

thread_local! {
    /// Empty until the first word is asked for.
    static CURRENT: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// A word in the present language.
pub fn t(word: W) -> &'static str {
    at(word as usize)
}

/// Title, what happened and what to do, for a code; the last are steps. General words where there are none of its own.
pub fn of_code(code: &str) -> (&'static str, &'static str, Vec<&'static str>) {
    let (title, what, next) = own(code).or_else(|| own("page.unknown")).unwrap_or(GENERAL);
    (title, what, steps(next))
}

/// Whether there are words of its own for a code.
pub fn knows(code: &str) -> bool {
    own(code).is_some()
}

fn own(code: &str) -> Option<(&'static str, &'static str, &'static str)> {
    // After the words come the codes, each with its three texts; see `values`.
    let codes = current().get(W::ALL.len()..)?;
    codes.chunks_exact(4).find(|own| own[0] == code).map(|own| (own[1], own[2], own[3]))
}

/// The steps of a text, parted by `|`.
pub fn steps(text: &str) -> Vec<&str> {
    let mut steps = Vec::new();
    for step in text.split('|') {
        steps.push(step.trim_matches(' '));
    }
    steps
}

/// Where to fetch a language's words, those for codes included.
pub fn source(tag: &str) -> String {
    let version = if tag == "de" { DE_VERSION } else { EN_VERSION };
    [tag, ".toml?v=", version].concat()
}

/// Switches to the English in the page, which has only general words for codes.
pub fn use_english() {
    let mut texts = Vec::with_capacity(W::ALL.len());
    for text in ENGLISH.split('\n') {
        texts.push(text);
    }
    CURRENT.set(Vec::leak(texts));
}

#[inline(never)]
fn current() -> &'static [&'static str] {
    if CURRENT.get().is_empty() {
        use_english();
    }
    CURRENT.get()
}

/// Switches to the words of a fetched file; `false` if it is not the file that belongs to this page.
pub fn use_file(text: String) -> bool {
    // Read once a choice and kept for good: words are handed out as `&'static str` everywhere.
    let values: Vec<&'static str> = values(String::leak(text)).collect();
    let whole = values.len() == WHOLE;
    if whole {
        CURRENT.set(Vec::leak(values));
    }
    whole
}

/// The texts of a file of words, in its order; before the texts of a code stands the code.
pub fn values(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (_, text) = line.split_once('"')?;
        text.strip_suffix(if line.starts_with('[') { "\"]" } else { "\"" })
    })
}

fn at(place: usize) -> &'static str {
    current().get(place).copied().unwrap_or_default()
}

/// A stretch of a text: `*strong*`, `` `code` ``, or plain; or a place to fill, `{0}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Plain(&'a str),
    /// Text that stands out.
    Strong(&'a str),
    /// A command or a file's name.
    Code(&'a str),
}

/// Takes a text apart at its marks. Marks never nest; what fills a place is not looked at.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['*', '`']) {
        let mark = &rest[start..=start];
        let Some(length) = rest[start + 1..].find(mark) else { break };
        let inner = &rest[start + 1..start + 1 + length];
        if start > 0 {
            found.push(Piece::Plain(&rest[..start]));
        }
        found.push(if mark == "*" { Piece::Strong(inner) } else { Piece::Code(inner) });
        rest = &rest[start + length + 2..];
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

/// Whether a character may be one that is written from right to left, or marks that.
fn turns(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{200e}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Fills `{0}`, `{1}` … with these texts.
pub fn fill(text: &str, with: &[String]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let slot = after.as_bytes().first().map_or(usize::MAX, |digit| usize::from(digit.wrapping_sub(b'0')));
        if let Some(text) = with.get(slot) {
            // What is written from right to left must not draw the words around it along.
            let apart = text.contains(turns);
            out.extend(apart.then_some('\u{2068}'));
            out.push_str(text);
            out.extend(apart.then_some('\u{2069}'));
        }
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}
