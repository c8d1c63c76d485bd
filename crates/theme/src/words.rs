//! The few words that a vendor may say differently, by language.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::ThemeError;
use crate::text::Line;

/// A language tag: `en`, `pt-BR`, `zh-Hans`, `zh-Hant-TW`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Language(String);

impl Language {
    /// Reads a tag of a language, an optional script and an optional region, each in its usual case.
    ///
    /// # Errors
    /// [`ThemeError::Language`] for everything else.
    pub fn parse(tag: &str) -> Result<Self, ThemeError> {
        let mut parts = tag.split('-').peekable();
        let language = parts.next().unwrap_or_default();
        let mut good = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        let is_script = |part: &&str| match part.as_bytes() {
            [first, rest @ ..] => {
                rest.len() == 3 && first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_lowercase)
            }
            [] => false,
        };
        parts.next_if(is_script);
        if let Some(region) = parts.next() {
            good &= region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
        }
        if good && parts.next().is_none() { Ok(Self(tag.to_owned())) } else { Err(ThemeError::Language) }
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place whose words a vendor may choose. The set is closed, and no key in it says what a file is, who signed it or what
/// a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKey {
    /// What the portal is called beside the name: "Offline license desk".
    PortalTitle,
    /// The heading above the drop zone.
    ChooseTitle,
    /// The paragraph under that heading.
    ChooseLead,
    /// A closing line under the steps when all went well.
    DoneNote,
    /// Whom to ask, shown where a file was refused.
    RefusedHelp,
    /// A line in the foot of every page.
    FootNote,
    /// What the staff's side is called.
    DeskTitle,
}

impl WordKey {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PortalTitle,
        Self::ChooseTitle,
        Self::ChooseLead,
        Self::DoneNote,
        Self::RefusedHelp,
        Self::FootNote,
        Self::DeskTitle,
    ];

    /// The key in a theme.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::PortalTitle => "portal.title",
            Self::ChooseTitle => "choose.title",
            Self::ChooseLead => "choose.lead",
            Self::DoneNote => "done.note",
            Self::RefusedHelp => "refused.help",
            Self::FootNote => "foot.note",
            Self::DeskTitle => "desk.title",
        }
    }

    /// The place with this key.
    ///
    /// # Errors
    /// [`ThemeError::Word`] for everything else.
    pub fn parse(key: &str) -> Result<Self, ThemeError> {
        Self::ALL.into_iter().find(|word| word.key() == key).ok_or(ThemeError::Word)
    }
}

/// The vendor's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(BTreeMap<Language, BTreeMap<WordKey, Line>>);

/// Words as written in a theme: language, then key, then text.
pub type WordsDraft = BTreeMap<String, BTreeMap<String, String>>;

impl Words {
    /// The most languages.
    pub const MAX_LANGUAGES: usize = 40;

    /// Reads the words.
    ///
    /// # Errors
    /// [`ThemeError::Language`], [`ThemeError::Word`], [`ThemeError::Text`] or [`ThemeError::TooMany`].
    pub fn parse(draft: &WordsDraft) -> Result<Self, ThemeError> {
        if draft.len() > Self::MAX_LANGUAGES {
            return Err(ThemeError::TooMany { field: "words", max: Self::MAX_LANGUAGES });
        }
        let mut all = BTreeMap::new();
        for (language, texts) in draft {
            let mut words = BTreeMap::new();
            for (key, text) in texts {
                words.insert(WordKey::parse(key)?, Line::parse("words", text)?);
            }
            all.insert(Language::parse(language)?, words);
        }
        Ok(Self(all))
    }

    /// The vendor's words for a place in a language; `None` leaves the portal's own.
    #[must_use]
    pub fn get(&self, language: &Language, key: WordKey) -> Option<&Line> {
        self.0.get(language)?.get(&key)
    }

    pub(crate) fn to_draft(&self) -> WordsDraft {
        let texts = |words: &BTreeMap<WordKey, Line>| {
            words.iter().map(|(key, text)| (key.key().to_owned(), text.as_str().to_owned())).collect()
        };
        self.0.iter().map(|(language, words)| (language.0.clone(), texts(words))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_plain_tag() {
        for good in ["en", "de", "gsw", "pt-BR", "zh-Hans", "zh-Hant-TW"] {
            assert!(Language::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "e", "EN", "english", "en-", "en-us", "en_US", "zh-hans", "zh-Hans-TW-x", "../en", "en\u{0}"]
        {
            assert_eq!(Language::parse(bad), Err(ThemeError::Language), "{bad}");
        }
    }

    #[test]
    fn only_the_closed_set_of_words_can_be_changed() {
        for key in WordKey::ALL {
            assert_eq!(WordKey::parse(key.key()), Ok(key));
        }
        for bad in ["", "review.title", "check.signature", "Choose.title"] {
            assert_eq!(WordKey::parse(bad), Err(ThemeError::Word), "{bad}");
        }
    }
}
