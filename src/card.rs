//! What the page says about a file, apart from any language: words with what fills them.

use crate::words::W;

/// A word and what fills its places.
#[derive(Clone, Debug, PartialEq)]
pub struct Phrase {
    /// The word.
    pub word: W,
    /// What fills `{0}`, `{1}` …
    pub args: Vec<Arg>,
}

/// Something to show, written in the person's language and time zone only when it is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// Text as it stands.
    Text(String),
    /// An id, a digest, a code: shown in the monospaced font.
    Code(String),
    /// A number.
    Number(i64),
    /// A number of bytes.
    Size(u64),
    /// An instant, `2026-11-21T14:02:00Z`.
    Time(String),
    /// A day, `2026-11-21`.
    Day(String),
    /// A phrase.
    Phrase(Phrase),
}

/// A line of facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What it is.
    pub label: W,
    /// The fact.
    pub value: Arg,
}

/// The kinds of files that are read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// Asks for a license.
    Request,
    /// A license file or license refresh file.
    License,
    /// Gives a license back.
    Deactivation,
    /// Reports usage.
    Usage,
    /// The portal's own answer.
    Receipt,
    /// The vendor's list of keys.
    Keyring,
    /// A site asks for licenses.
    PoolRequest,
    /// Licenses for a site.
    Pool,
}

impl CardKind {
    /// All kinds.
    pub const ALL: [CardKind; 8] = [
        CardKind::Request,
        CardKind::License,
        CardKind::Deactivation,
        CardKind::Usage,
        CardKind::Receipt,
        CardKind::Keyring,
        CardKind::PoolRequest,
        CardKind::Pool,
    ];

    /// Whether the portal has something to do for such a file. The others are explained.
    pub fn has_action(self) -> bool {
        !matches!(self, CardKind::Receipt | CardKind::Keyring | CardKind::Pool)
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckMark {
    /// As it should be.
    Passed,
    /// Odd: a person will look at it, and it stops nothing.
    Noted,
    /// The reason why the file is refused.
    Failed,
    /// Not made.
    NotReached,
}

/// A check in words.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckLine {
    /// How it came out.
    pub mark: CheckMark,
    /// What was checked.
    pub what: Phrase,
    /// What exactly was found.
    pub detail: Option<Phrase>,
}

/// A counter's line in the table of usage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsageRow {
    /// The counter's id.
    pub id: String,
    /// The counter's name.
    pub name: String,
    /// Booked before this file.
    pub before: i64,
    /// In this file.
    pub added: i64,
    /// After it.
    pub after: i64,
    /// The most that is licensed.
    pub maximum: Option<i64>,
}

impl UsageRow {
    /// More than is licensed; equal is not over (ICE-08).
    pub fn is_over(&self) -> bool {
        self.maximum.is_some_and(|maximum| self.after > maximum)
    }
}

/// A part of the fingerprint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartRow {
    /// What was measured.
    pub name: String,
    /// The salted hash.
    pub hash: String,
    /// Hardware, not the installed system.
    pub hardware: bool,
}

/// A file that was read and proven.
#[derive(Clone, Debug, PartialEq)]
pub struct FileCard {
    /// What it is.
    pub kind: CardKind,
    /// The product, with its version.
    pub product: String,
    /// The device's name; empty where there is none.
    pub device: String,
    /// Facts of the left column.
    pub facts: Vec<Fact>,
    /// The checks, in the order in which they were made.
    pub checks: Vec<CheckLine>,
    /// What is odd about the usage.
    pub notes: Vec<Phrase>,
    /// Usage by counter.
    pub usage: Vec<UsageRow>,
    /// The device's fingerprint.
    pub parts: Vec<PartRow>,
    /// Values that the application chose to send.
    pub variables: Vec<(String, String)>,
    /// A usage report that asks for a license refresh file in the same trip (D-25).
    pub refresh: bool,
    /// Everything that was signed, as text (D-27); empty = not made yet.
    pub content: String,
    /// The file's digest: what the server files its answer under.
    pub digest: String,
}

/// A file that was not accepted, here or by the portal.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// A short reference for support.
    pub reference: String,
    /// What exactly was found.
    pub facts: Vec<Fact>,
    /// The checks as far as they came; empty where there was no document.
    pub checks: Vec<CheckLine>,
    /// A file that the person can have instead (D-15).
    pub offer: Option<OutFile>,
    /// The portal's own answer, for keeping; empty where the page itself refused.
    pub raw: String,
}

/// A file to carry back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutFile {
    /// Its name, with one dot.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What became of a file, as the signed receipt says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A license was issued.
    Activated,
    /// A license was issued to the same device again; no further seat was taken.
    Repaired,
    /// The seat is free.
    Returned,
    /// The usage was booked.
    Booked,
    /// The usage waits for a person.
    Held,
    /// Newer usage was booked before.
    Outdated,
    /// The newest license, with nothing to receipt.
    Refreshed,
    /// What was brought is the newest license already.
    Current,
    /// A site gets its pool file.
    Answered,
}

/// The portal's answer, proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What happened.
    pub outcome: Outcome,
    /// The product.
    pub product: String,
    /// The device's name.
    pub device: String,
    /// Facts of the receipt.
    pub facts: Vec<Fact>,
    /// Usage that was booked, by counter.
    pub booked: Vec<(String, i64)>,
    /// What else to know.
    pub notes: Vec<Phrase>,
    /// What the portal says of the license and who holds it; nobody has signed that.
    pub holder: Vec<Fact>,
    /// The receipt to carry back.
    pub receipt: Option<OutFile>,
    /// The license file to carry back; the pool file if the outcome is [`Outcome::Answered`].
    pub license: Option<OutFile>,
    /// The license file's digest, by which the portal tells what its license is now; empty = there is none.
    pub followed: String,
    /// When the same file was processed before, if it was (D-14).
    pub first: Option<String>,
    /// The portal's answer as it came, for keeping.
    pub raw: String,
}

// Not inlined: they are called in some hundred places.
impl Phrase {
    /// A word that has nothing to fill, or nothing yet.
    #[inline(never)]
    pub fn plain(word: W) -> Phrase {
        Phrase { word, args: Vec::new() }
    }

    /// A word and what fills its first place.
    #[inline(never)]
    pub fn with(word: W, arg: Arg) -> Phrase {
        Phrase::plain(word).arg(arg)
    }

    /// Fills the next place.
    #[inline(never)]
    #[must_use]
    pub fn arg(mut self, arg: Arg) -> Phrase {
        self.args.push(arg);
        self
    }

    /// Fills the next place with a text.
    #[inline(never)]
    #[must_use]
    pub fn text(self, text: &str) -> Phrase {
        self.arg(Arg::Text(text.to_owned()))
    }

    /// Fills the next place with a number.
    #[inline(never)]
    #[must_use]
    pub fn number(self, number: i64) -> Phrase {
        self.arg(Arg::Number(number))
    }
}

impl Fact {
    /// A fact.
    #[inline(never)]
    pub fn new(label: W, value: Arg) -> Fact {
        Fact { label, value }
    }

    /// A fact that is a text.
    #[inline(never)]
    pub fn text(label: W, text: &str) -> Fact {
        Fact { label, value: Arg::Text(text.to_owned()) }
    }

    /// A fact that is an id, a digest or a code.
    #[inline(never)]
    pub fn code(label: W, text: &str) -> Fact {
        Fact { label, value: Arg::Code(text.to_owned()) }
    }

    /// A fact that is a number.
    #[inline(never)]
    pub fn number(label: W, number: i64) -> Fact {
        Fact { label, value: Arg::Number(number) }
    }

    /// A fact that is an instant, `2026-11-21T14:02:00Z`.
    #[inline(never)]
    pub fn time(label: W, instant: &str) -> Fact {
        Fact { label, value: Arg::Time(instant.to_owned()) }
    }

    /// A fact in words.
    #[inline(never)]
    pub fn phrase(label: W, phrase: Phrase) -> Fact {
        Fact { label, value: Arg::Phrase(phrase) }
    }
}

impl FileCard {
    /// A card with nothing on it yet. Boxed from the start: it is large to move.
    #[inline(never)]
    pub fn new(kind: CardKind, product: String, device: &str) -> Box<FileCard> {
        Box::new(FileCard {
            kind,
            product,
            device: device.to_owned(),
            facts: Vec::new(),
            checks: Vec::new(),
            notes: Vec::new(),
            usage: Vec::new(),
            parts: Vec::new(),
            variables: Vec::new(),
            refresh: false,
            content: String::new(),
            digest: String::new(),
        })
    }

    /// Adds a fact.
    #[inline(never)]
    pub fn fact(&mut self, fact: Fact) {
        self.facts.push(fact);
    }
}
