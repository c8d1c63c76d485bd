//! Corner radius and font stack.

use std::fmt;

use crate::error::ThemeError;

/// The corner radius of buttons and fields, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Radius(u8);

impl Radius {
    /// The largest radius.
    pub const MAX: u8 = 24;

    /// A radius of 0 to 24 pixels.
    ///
    /// # Errors
    /// [`ThemeError::Radius`] outside of that.
    pub fn new(px: i64) -> Result<Self, ThemeError> {
        u8::try_from(px).ok().filter(|px| *px <= Self::MAX).map(Self).ok_or(ThemeError::Radius)
    }

    /// Buttons, fields and notes.
    #[must_use]
    pub fn px(self) -> u8 {
        self.0
    }

    /// Cards: seven fifths of it.
    #[must_use]
    pub fn large(self) -> u8 {
        self.0 * 7 / 5
    }

    /// Inline code and key caps: half of it.
    #[must_use]
    pub fn small(self) -> u8 {
        self.0 / 2
    }
}

impl Default for Radius {
    fn default() -> Self {
        Self(10)
    }
}

/// The fonts of the page: stacks of fonts that systems bring with them. Nothing is ever loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FontStack {
    /// The font of the reader's system.
    #[default]
    System,
    /// Open, hand-drawn forms, such as Optima.
    Humanist,
    /// Circles and straight lines, such as Avenir.
    Geometric,
    /// A book face, such as Charter.
    Serif,
    /// Every letter of the same width.
    Mono,
}

impl FontStack {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::System, Self::Humanist, Self::Geometric, Self::Serif, Self::Mono];

    /// The key in a theme.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Humanist => "humanist",
            Self::Geometric => "geometric",
            Self::Serif => "serif",
            Self::Mono => "mono",
        }
    }

    /// The stack with this key.
    ///
    /// # Errors
    /// [`ThemeError::Font`] for everything else.
    pub fn parse(key: &str) -> Result<Self, ThemeError> {
        Self::ALL.into_iter().find(|font| font.key() == key).ok_or(ThemeError::Font)
    }

    /// The value of `font-family`. Family names of several words are written without quotes, as CSS allows.
    #[must_use]
    pub fn css(self) -> &'static str {
        match self {
            Self::System => {
                "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,Helvetica Neue,Arial,sans-serif"
            }
            Self::Humanist => "Seravek,Gill Sans Nova,Ubuntu,Calibri,DejaVu Sans,source-sans-pro,sans-serif",
            Self::Geometric => "Avenir,Montserrat,Corbel,URW Gothic,source-sans-pro,sans-serif",
            Self::Serif => "Charter,Bitstream Charter,Sitka Text,Cambria,Georgia,serif",
            Self::Mono => "ui-monospace,SF Mono,Cascadia Code,Consolas,Menlo,DejaVu Sans Mono,monospace",
        }
    }
}

impl fmt::Display for FontStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radius_is_0_to_24_and_scales_as_in_the_pictures() {
        assert_eq!(
            (Radius::default().px(), Radius::default().large(), Radius::default().small()),
            (10, 14, 5)
        );
        for px in [0, 10, 24] {
            assert!(Radius::new(px).is_ok(), "{px}");
        }
        for px in [-1, 25, 256, i64::MAX, i64::MIN] {
            assert_eq!(Radius::new(px), Err(ThemeError::Radius), "{px}");
        }
        assert_eq!(Radius(24).large(), 33);
    }

    #[test]
    fn a_font_is_a_key_never_a_family() {
        for font in FontStack::ALL {
            assert_eq!(FontStack::parse(font.key()), Ok(font));
        }
        for bad in ["", "Arial", "System", "serif;}", "url(//evil)"] {
            assert_eq!(FontStack::parse(bad), Err(ThemeError::Font), "{bad}");
        }
    }
}
