//! Plain text that shows what it is.

use std::fmt;

use crate::error::{TextFault, ThemeError};

/// A name or label: 1 to 60 characters of plain text, trimmed, with at least one letter or digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// A line of plain text: 1 to 300 characters, trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

impl Name {
    /// The most characters of a name.
    pub const MAX: usize = 60;

    /// Reads a name. `field` is what an error calls it.
    ///
    /// # Errors
    /// [`ThemeError::Text`] with the reason.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, ThemeError> {
        let text = plain(field, text, Self::MAX)?;
        if text.chars().any(char::is_alphanumeric) {
            Ok(Self(text))
        } else {
            Err(ThemeError::Text { field, fault: TextFault::Empty })
        }
    }

    /// The name of a portal that has none yet.
    pub(crate) fn neutral() -> Self {
        Self("Offline licenses".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first letter or digit in upper case, for the place where a logo would stand.
    #[must_use]
    pub fn initial(&self) -> char {
        let first = self.0.chars().find(|c| c.is_alphanumeric()).unwrap_or('·');
        let mut upper = first.to_uppercase();
        // A letter like ß has two capitals; one glyph is all there is room for.
        match (upper.next(), upper.next()) {
            (Some(one), None) => one,
            _ => first,
        }
    }
}

impl Line {
    /// The most characters of a line.
    pub const MAX: usize = 300;

    /// Reads a line. `field` is what an error calls it.
    ///
    /// # Errors
    /// [`ThemeError::Text`] with the reason.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, ThemeError> {
        plain(field, text, Self::MAX).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn plain(field: &'static str, text: &str, max: usize) -> Result<String, ThemeError> {
    let text = text.trim();
    let fault = if text.is_empty() {
        Some(TextFault::Empty)
    } else if text.chars().nth(max).is_some() {
        Some(TextFault::TooLong { max })
    } else {
        text.chars().find_map(fault_of)
    };
    match fault {
        Some(fault) => Err(ThemeError::Text { field, fault }),
        None => Ok(text.to_owned()),
    }
}

fn fault_of(c: char) -> Option<TextFault> {
    match c {
        _ if c.is_control() => Some(TextFault::Control),
        // Line and paragraph separators break lines as a control character would.
        '\u{2028}' | '\u{2029}' => Some(TextFault::Control),
        // Marks, embeddings, overrides and isolates: Unicode's whole Bidi_Control set.
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(TextFault::Direction)
        }
        // Zero width (the joiners stay: Persian and Indic scripts need them), fillers, annotations, tags.
        '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => Some(TextFault::Invisible),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<TextFault> {
        match Name::parse("name", text) {
            Ok(_) => None,
            Err(ThemeError::Text { fault, .. }) => Some(fault),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_name_is_trimmed_readable_and_short() {
        assert_eq!(Name::parse("name", "  Acme Software \n").unwrap().to_string(), "Acme Software");
        assert_eq!(fault("Łódź 株式会社 شرکت"), None);
        assert_eq!(fault(&"ü".repeat(60)), None);
        assert_eq!(fault(&"ü".repeat(61)), Some(TextFault::TooLong { max: 60 }));
        assert_eq!(fault(" \t "), Some(TextFault::Empty));
        assert_eq!(fault("—…—"), Some(TextFault::Empty));
        assert_eq!(fault("a\u{0}b"), Some(TextFault::Control));
        assert_eq!(fault("a\nb"), Some(TextFault::Control));
        assert_eq!(fault("a\u{2028}b"), Some(TextFault::Control));
        assert_eq!(fault("Acme \u{202e}moc.live"), Some(TextFault::Direction));
        assert_eq!(fault("\u{2066}Acme"), Some(TextFault::Direction));
        assert_eq!(fault("Ac\u{200b}me"), Some(TextFault::Invisible));
        assert_eq!(fault("\u{3164}"), Some(TextFault::Invisible));
    }

    #[test]
    fn the_initial_is_one_capital() {
        for (name, initial) in
            [("acme", 'A'), ("“éclair”", 'É'), ("3M", '3'), ("ßtraße", 'ß'), ("株式", '株')]
        {
            assert_eq!(Name::parse("name", name).unwrap().initial(), initial);
        }
    }
}
