//! Why a theme was refused.

use std::fmt;

use crate::logo::LogoFault;
use crate::pairs::PairCheck;
use crate::palette::{Part, Scheme};

/// Why a piece of plain text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextFault {
    /// Nothing is left after trimming, or nothing that can be read.
    Empty,
    /// More characters than the field takes.
    TooLong {
        /// The most characters that the field takes.
        max: usize,
    },
    /// A control character, line breaks included.
    Control,
    /// A character that changes the direction of text, so that it reads differently from what it is.
    Direction,
    /// A character without a shape of its own: zero width, filler, tag.
    Invisible,
}

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkFault {
    /// Empty, or longer than 500 characters.
    Length,
    /// A scheme other than `https` and `mailto`, or an address that borrows the page's scheme (`//host`).
    Scheme,
    /// White space, a control character, a quote, a backslash, or any other character that belongs escaped.
    Character,
    /// `%` without two hexadecimal digits.
    Escape,
    /// No host, a malformed one, or a user name in front of it.
    Host,
    /// A mail address that is none.
    Mailbox,
}

/// Why a theme was refused. Each has a stable [`code`](Self::code); the text is for logs and developers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ThemeError {
    /// Not the shape of a theme: an unknown key, a wrong type, not even data.
    Shape {
        /// The parser's words.
        detail: String,
    },
    /// A color that is not `#rgb` or `#rrggbb`.
    Color {
        /// The palette.
        scheme: Scheme,
        /// The color's key.
        part: Part,
    },
    /// Two colors that meet on the page do not reach the ratio that people need to read them.
    Contrast {
        /// The palette.
        scheme: Scheme,
        /// The pair, its ratio and the needed one.
        pair: PairCheck,
    },
    /// A color that carries a verdict left its hue family: a red "passed" would lie.
    Meaning {
        /// The palette.
        scheme: Scheme,
        /// The color's key.
        part: Part,
    },
    /// The light palette is dark or the dark one light.
    Scheme {
        /// The palette.
        scheme: Scheme,
    },
    /// A corner radius outside 0 to 24 pixels.
    Radius,
    /// A font stack that is not one of the closed set.
    Font,
    /// Text that is not plain text of the allowed length.
    Text {
        /// The field, as in `name` or `legal`.
        field: &'static str,
        /// What is wrong.
        fault: TextFault,
    },
    /// An address that is not `https`, `mailto` or relative.
    Link(LinkFault),
    /// A logo that is not a small, undamaged, still PNG or WebP.
    Logo(LogoFault),
    /// A key that is not one of the words that a vendor may change.
    Word,
    /// A language tag that is none.
    Language,
    /// More entries in a list than it takes.
    TooMany {
        /// The list.
        field: &'static str,
        /// The most entries that it takes.
        max: usize,
    },
}

impl ThemeError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "theme.shape",
            Self::Color { .. } => "theme.color",
            Self::Contrast { .. } => "theme.contrast",
            Self::Meaning { .. } => "theme.meaning",
            Self::Scheme { .. } => "theme.scheme",
            Self::Radius => "theme.radius",
            Self::Font => "theme.font",
            Self::Text { .. } => "theme.text",
            Self::Link(_) => "theme.link",
            Self::Logo(_) => "theme.logo",
            Self::Word => "theme.word",
            Self::Language => "theme.language",
            Self::TooMany { .. } => "theme.too_many",
        }
    }
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.code())?;
        match self {
            Self::Shape { detail } => f.write_str(detail),
            Self::Color { scheme, part } => write!(f, "{scheme}.{part} is not #rgb or #rrggbb"),
            Self::Contrast { scheme, pair } => write!(f, "{scheme}: {pair}"),
            Self::Meaning { scheme, part } => {
                write!(f, "{scheme}.{part} must stay in its hue family, it carries a verdict")
            }
            Self::Scheme { scheme } => write!(f, "the {scheme} palette is not {scheme}"),
            Self::Radius => f.write_str("the radius is 0 to 24 pixels"),
            Self::Font => f.write_str("unknown font stack"),
            Self::Text { field, fault } => match fault {
                TextFault::Empty => write!(f, "{field} is empty"),
                TextFault::TooLong { max } => write!(f, "{field} has more than {max} characters"),
                TextFault::Control => write!(f, "{field} has a control character"),
                TextFault::Direction => {
                    write!(f, "{field} has a character that changes the text's direction")
                }
                TextFault::Invisible => write!(f, "{field} has an invisible character"),
            },
            Self::Link(fault) => f.write_str(match fault {
                LinkFault::Length => "an address has 1 to 500 characters",
                LinkFault::Scheme => "an address is https, mailto or relative",
                LinkFault::Character => "an address has a character that must be escaped",
                LinkFault::Escape => "an address has a % without two hexadecimal digits",
                LinkFault::Host => "an address has no plain host name",
                LinkFault::Mailbox => "a mail address is malformed",
            }),
            Self::Logo(fault) => fault.fmt(f),
            Self::Word => f.write_str("this word cannot be changed by a theme"),
            Self::Language => f.write_str("a language is a tag such as en, pt-BR or zh-Hans"),
            Self::TooMany { field, max } => write!(f, "{field} has more than {max} entries"),
        }
    }
}

impl std::error::Error for ThemeError {}
