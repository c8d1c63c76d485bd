//! The theme as a whole, and the shape in which it is written.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::ThemeError;
use crate::link::Link;
use crate::logo::{Logo, LogoDraft};
use crate::object::{self, Object};
use crate::palette::{Palette, PaletteDraft, Scheme};
use crate::shape::{FontStack, Radius};
use crate::text::{Line, Name};
use crate::words::{Language, Words, WordsDraft};

/// A vendor's theme. Every value of this type has passed every check; there is no other way to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "ThemeDraft")]
pub struct Theme {
    name: Name,
    logo: Logo,
    light: Palette,
    dark: Palette,
    radius: Radius,
    font: FontStack,
    languages: Vec<Language>,
    links: Vec<Link>,
    legal: Vec<Line>,
    words: Words,
}

/// A theme as it is written, before any check. Every field may be missing; a field that is not here is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThemeDraft {
    /// The vendor's name: 1 to 60 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The logo; without one, the name's initial stands in its place.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "object::optional")]
    pub logo: Option<LogoDraft>,
    /// Colors of the light palette, `#rgb` or `#rrggbb`; `accent` alone is enough.
    #[serde(skip_serializing_if = "PaletteDraft::is_empty")]
    pub light: PaletteDraft,
    /// Colors of the dark palette.
    #[serde(skip_serializing_if = "PaletteDraft::is_empty")]
    pub dark: PaletteDraft,
    /// Corner radius in pixels, 0 to 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<i64>,
    /// Key of a font stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// Languages to offer, the first one by default; empty for all that the portal speaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Links in the page's head and foot.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "object::list")]
    pub links: Vec<LinkDraft>,
    /// Lines of legal text in the foot.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub legal: Vec<String>,
    /// The vendor's own words, by language and key.
    #[serde(skip_serializing_if = "WordsDraft::is_empty")]
    pub words: WordsDraft,
}

/// A link as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkDraft {
    /// What it says: 1 to 60 characters.
    pub label: String,
    /// Where it leads: `https:`, `mailto:` or relative.
    pub href: String,
}

impl Theme {
    /// The most languages.
    pub const MAX_LANGUAGES: usize = Words::MAX_LANGUAGES;
    /// The most links.
    pub const MAX_LINKS: usize = 8;
    /// The most legal lines.
    pub const MAX_LEGAL: usize = 6;

    /// Reads a theme from any data format, with the typed error that plain deserialization would turn into text.
    ///
    /// # Errors
    /// [`ThemeError::Shape`] where the data has not the shape of a theme, else the error of the first value that failed.
    pub fn parse<'de, D: Deserializer<'de>>(data: D) -> Result<Self, ThemeError> {
        match Object::<ThemeDraft>::deserialize(data) {
            Ok(Object(draft)) => Self::try_from(draft),
            Err(error) => Err(ThemeError::Shape { detail: error.to_string() }),
        }
    }

    /// The vendor's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The logo.
    #[must_use]
    pub fn logo(&self) -> &Logo {
        &self.logo
    }

    /// The light palette.
    #[must_use]
    pub fn light(&self) -> &Palette {
        &self.light
    }

    /// The dark palette.
    #[must_use]
    pub fn dark(&self) -> &Palette {
        &self.dark
    }

    /// The corner radius.
    #[must_use]
    pub fn radius(&self) -> Radius {
        self.radius
    }

    /// The font stack.
    #[must_use]
    pub fn font(&self) -> FontStack {
        self.font
    }

    /// The languages to offer, the first one by default; empty for all that the portal speaks.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The links.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The legal lines.
    #[must_use]
    pub fn legal(&self) -> &[Line] {
        &self.legal
    }

    /// The vendor's own words.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The same theme with the initial in the logo's place: for answers whose reader gets the image by its own address.
    #[must_use]
    pub fn without_logo(&self) -> Self {
        Self { logo: Logo::Initial, ..self.clone() }
    }
}

impl Default for Theme {
    /// The look of the pictures, with a name that is nobody's.
    fn default() -> Self {
        Self {
            name: Name::neutral(),
            logo: Logo::Initial,
            light: Palette::pictured(Scheme::Light),
            dark: Palette::pictured(Scheme::Dark),
            radius: Radius::default(),
            font: FontStack::default(),
            languages: Vec::new(),
            links: Vec::new(),
            legal: Vec::new(),
            words: Words::default(),
        }
    }
}

impl<'de> Deserialize<'de> for Theme {
    fn deserialize<D: Deserializer<'de>>(data: D) -> Result<Self, D::Error> {
        Self::try_from(Object::<ThemeDraft>::deserialize(data)?.0).map_err(D::Error::custom)
    }
}

impl TryFrom<ThemeDraft> for Theme {
    type Error = ThemeError;

    fn try_from(draft: ThemeDraft) -> Result<Self, ThemeError> {
        Ok(Self {
            name: match &draft.name {
                Some(name) => Name::parse("name", name)?,
                None => Name::neutral(),
            },
            logo: match &draft.logo {
                Some(logo) => Logo::parse(logo)?,
                None => Logo::Initial,
            },
            light: Palette::parse(Scheme::Light, &draft.light)?,
            dark: Palette::parse(Scheme::Dark, &draft.dark)?,
            radius: draft.radius.map_or(Ok(Radius::default()), Radius::new)?,
            font: draft.font.as_deref().map_or(Ok(FontStack::default()), FontStack::parse)?,
            languages: list("languages", Self::MAX_LANGUAGES, &draft.languages, |tag| Language::parse(tag))?,
            links: list("links", Self::MAX_LINKS, &draft.links, |link| Link::parse(&link.label, &link.href))?,
            legal: list("legal", Self::MAX_LEGAL, &draft.legal, |line| Line::parse("legal", line))?,
            words: Words::parse(&draft.words)?,
        })
    }
}

impl From<Theme> for ThemeDraft {
    /// Only what the vendor chose: a derived color follows again when the accent changes.
    fn from(theme: Theme) -> Self {
        Self {
            name: Some(theme.name.as_str().to_owned()),
            logo: theme.logo.to_draft(),
            light: theme.light.to_draft(),
            dark: theme.dark.to_draft(),
            radius: Some(i64::from(theme.radius.px())),
            font: Some(theme.font.key().to_owned()),
            languages: theme.languages.iter().map(|tag| tag.as_str().to_owned()).collect(),
            links: theme
                .links
                .iter()
                .map(|link| LinkDraft {
                    label: link.label().as_str().to_owned(),
                    href: link.href().to_owned(),
                })
                .collect(),
            legal: theme.legal.iter().map(|line| line.as_str().to_owned()).collect(),
            words: theme.words.to_draft(),
        }
    }
}

fn list<T, U>(
    field: &'static str,
    max: usize,
    items: &[T],
    read: impl FnMut(&T) -> Result<U, ThemeError>,
) -> Result<Vec<U>, ThemeError> {
    if items.len() > max {
        return Err(ThemeError::TooMany { field, max });
    }
    items.iter().map(read).collect()
}
