use core::fmt;

use handcarry_rules::upgrade::UpgradeRefusal;

use crate::lmx::{MAX_BYTES, MAX_FEATURES, MAX_SETTINGS, MAX_VALUE, Place};

/// Something in a template that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// What.
    pub kind: FaultKind,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file is larger than [`MAX_BYTES`].
    TooLarge,
    /// The file is not UTF-8, or says that it is something else.
    Encoding,
    /// It is no XML: why.
    Xml(String),
    /// It declares a document type. Entities and files from elsewhere are never taken in.
    DocumentType,
    /// It uses an entity that XML does not have by itself.
    Entity(String),
    /// An element has no business here.
    Element(String),
    /// An element ends that is not the one that is open.
    End(String),
    /// Text between the elements.
    Text,
    /// More than [`MAX_FEATURES`] features, or [`MAX_SETTINGS`] settings of one.
    TooMany,
    /// There is no FEATURE in it.
    Empty,
    /// A FEATURE without a name.
    NoName,
    /// A feature's name with other than letters, digits, `_` and `-`, or too long.
    Name(String),
    /// A setting that was there before.
    Repeated(String),
    /// A setting whose value is not what it must be.
    Value {
        /// The setting.
        setting: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A setting that means something with COUNT only: without it the license is local.
    NeedsCount(String),
    /// A setting that has no equal here.
    NoEqual {
        /// The setting.
        setting: String,
        /// Why.
        why: &'static str,
    },
    /// A setting that LM-X does not have.
    Unknown(String),
    /// Its last day is before its first.
    Reversed,
    /// It has ended already.
    Ended,
    /// A term that no license file could hold: which, and why.
    Unsound(String),
    /// LM-X would leave out a second exclusive license of the same feature.
    SecondExclusive(String),
    /// Several licenses could be raised by this upgrade.
    SeveralBases(String),
    /// The upgrade is refused by the rules.
    Upgrade(UpgradeRefusal),
}

/// Every code of a template; those of upgrades are `handcarry_rules`'.
pub const LMX_CODES: &[&str] = &[
    "lmx.too_large",
    "lmx.encoding",
    "lmx.xml",
    "lmx.doctype",
    "lmx.entity",
    "lmx.element",
    "lmx.end",
    "lmx.text",
    "lmx.too_many",
    "lmx.empty",
    "lmx.no_name",
    "lmx.name",
    "lmx.repeated",
    "lmx.value",
    "lmx.needs_count",
    "lmx.no_equal",
    "lmx.unknown",
    "lmx.reversed",
    "lmx.ended",
    "lmx.unsound",
    "lmx.second_exclusive",
    "lmx.several_bases",
];

impl FaultKind {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FaultKind::TooLarge => "lmx.too_large",
            FaultKind::Encoding => "lmx.encoding",
            FaultKind::Xml(_) => "lmx.xml",
            FaultKind::DocumentType => "lmx.doctype",
            FaultKind::Entity(_) => "lmx.entity",
            FaultKind::Element(_) => "lmx.element",
            FaultKind::End(_) => "lmx.end",
            FaultKind::Text => "lmx.text",
            FaultKind::TooMany => "lmx.too_many",
            FaultKind::Empty => "lmx.empty",
            FaultKind::NoName => "lmx.no_name",
            FaultKind::Name(_) => "lmx.name",
            FaultKind::Repeated(_) => "lmx.repeated",
            FaultKind::Value { .. } => "lmx.value",
            FaultKind::NeedsCount(_) => "lmx.needs_count",
            FaultKind::NoEqual { .. } => "lmx.no_equal",
            FaultKind::Unknown(_) => "lmx.unknown",
            FaultKind::Reversed => "lmx.reversed",
            FaultKind::Ended => "lmx.ended",
            FaultKind::Unsound(_) => "lmx.unsound",
            FaultKind::SecondExclusive(_) => "lmx.second_exclusive",
            FaultKind::SeveralBases(_) => "lmx.several_bases",
            FaultKind::Upgrade(refusal) => refusal.code(),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::TooLarge => write!(f, "the file is larger than {MAX_BYTES} bytes"),
            FaultKind::Encoding => f.write_str("the file is not UTF-8"),
            FaultKind::Xml(why) => write!(f, "this is no XML: {why}"),
            FaultKind::DocumentType => f.write_str("a document type is not taken in"),
            FaultKind::Entity(name) => write!(f, "there is no entity `{name}`"),
            FaultKind::Element(name) => write!(f, "`{name}` has no business here"),
            FaultKind::End(name) => write!(f, "`{name}` ends here, and something else is open"),
            FaultKind::Text => f.write_str("there is text between the elements"),
            FaultKind::TooMany => {
                write!(f, "more than {MAX_FEATURES} features, or {MAX_SETTINGS} settings of one")
            }
            FaultKind::Empty => f.write_str("there is no FEATURE in it"),
            FaultKind::NoName => f.write_str("the FEATURE has no name"),
            FaultKind::Name(name) => {
                write!(
                    f,
                    "`{name}` is no feature's name: letters, digits, _ and -, 64 at most, no _ or - first"
                )
            }
            FaultKind::Repeated(setting) => write!(f, "{setting} is there twice"),
            FaultKind::Value { setting, expected } => write!(f, "{setting} is {expected}"),
            FaultKind::NeedsCount(setting) => write!(f, "{setting} means nothing without COUNT"),
            FaultKind::NoEqual { setting, why } => {
                write!(f, "{setting} has no equal here: {why} (--ignore {setting} leaves it out)")
            }
            FaultKind::Unknown(setting) => {
                write!(f, "LM-X has no setting {setting} (--ignore {setting} leaves it out)")
            }
            FaultKind::Reversed => f.write_str("it ends before it starts"),
            FaultKind::Ended => f.write_str("it has ended already"),
            FaultKind::Unsound(why) => f.write_str(why),
            FaultKind::SecondExclusive(name) => {
                write!(f, "a second exclusive license of {name} would be left out")
            }
            FaultKind::SeveralBases(name) => {
                write!(f, "several exclusive licenses have {name}; say with --base which one is raised")
            }
            FaultKind::Upgrade(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.at, self.kind, self.kind.code())
    }
}

impl FaultKind {
    /// A value longer than [`MAX_VALUE`].
    pub(super) fn too_long(setting: &str) -> FaultKind {
        const _: () = assert!(MAX_VALUE == 8_192, "the words below say so");
        FaultKind::Value { setting: setting.to_owned(), expected: "at most 8192 bytes of text, in one line" }
    }
}
