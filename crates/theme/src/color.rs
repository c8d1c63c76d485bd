//! A color, and the contrast between two.

use std::fmt;

/// An sRGB color without alpha. It is read from `#rgb` or `#rrggbb` and from nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    r: u8,
    g: u8,
    b: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::rgb(255, 255, 255);

    /// A color from its channels.
    #[must_use]
    pub const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// A color from `0xrrggbb`, for tables.
    pub(crate) const fn hex(value: u32) -> Self {
        let [_, r, g, b] = value.to_be_bytes();
        Self { r, g, b }
    }

    /// Reads `#rgb` or `#rrggbb`; `None` for everything else. No names, no functions, no alpha.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?.as_bytes();
        let digit = |at: usize| match digits.get(at)? {
            d @ b'0'..=b'9' => Some(d - b'0'),
            d @ b'a'..=b'f' => Some(d - b'a' + 10),
            d @ b'A'..=b'F' => Some(d - b'A' + 10),
            _ => None,
        };
        let channel = |high: usize, low: usize| Some(digit(high)? * 16 + digit(low)?);
        match digits.len() {
            3 => Some(Self { r: channel(0, 0)?, g: channel(1, 1)?, b: channel(2, 2)? }),
            6 => Some(Self { r: channel(0, 1)?, g: channel(2, 3)?, b: channel(4, 5)? }),
            _ => None,
        }
    }

    /// The relative luminance of WCAG 2.2: 0 for black, 1 for white.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.r) + 0.7152 * linear(self.g) + 0.0722 * linear(self.b)
    }

    /// The contrast ratio of WCAG 2.2, from 1 to 21; the order of the two does not matter.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `percent` of this color over another, channel by channel. More than 100 counts as 100.
    #[must_use]
    pub fn over(self, under: Self, percent: u8) -> Self {
        let share = u16::from(percent.min(100));
        let channel = |top: u8, bottom: u8| {
            let sum = u16::from(top) * share + u16::from(bottom) * (100 - share);
            // At most 255 * 100, so the rounded hundredth is a byte again.
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self { r: channel(self.r, under.r), g: channel(self.g, under.g), b: channel(self.b, under.b) }
    }

    /// Black or white, whichever reads better on this color: at least 4.58 to 1 on every color there is.
    #[must_use]
    pub fn black_or_white(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// The hue in degrees, 0 to 359, or `None` where the color is too gray to have one that people would name.
    #[must_use]
    pub fn hue(self) -> Option<u16> {
        let (r, g, b) = (i32::from(self.r), i32::from(self.g), i32::from(self.b));
        let (max, min) = (r.max(g).max(b), r.min(g).min(b));
        let range = max - min;
        if range < 40 {
            return None;
        }
        let degrees = if max == r {
            60 * (g - b) / range
        } else if max == g {
            120 + 60 * (b - r) / range
        } else {
            240 + 60 * (r - g) / range
        };
        u16::try_from(degrees.rem_euclid(360)).ok()
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.r, self.g, self.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        Color::parse(text).unwrap()
    }

    #[test]
    fn contrast_gives_the_published_wcag_values() {
        let cases = [
            ("#000", "#fff", 21.0),
            ("#777", "#fff", 4.48),
            ("#767676", "#fff", 4.54),
            ("#949494", "#fff", 3.03),
            ("#f00", "#fff", 4.0),
            ("#00f", "#fff", 8.59),
            ("#0f0", "#000", 15.3),
            ("#123456", "#123456", 1.0),
        ];
        for (a, b, ratio) in cases {
            let got = color(a).contrast(color(b));
            assert!((got - ratio).abs() < 0.005, "{a} on {b}: {got}");
            assert_eq!(got, color(b).contrast(color(a)));
        }
    }

    #[test]
    fn only_hash_and_three_or_six_digits_are_a_color() {
        assert_eq!(color("#0aF"), Color::rgb(0, 0xaa, 0xff));
        assert_eq!(color("#0d5F50"), Color::hex(0x0d_5f_50));
        for bad in [
            "",
            "#",
            "red",
            "0d5f50",
            "#12",
            "#1234",
            "#12345",
            "#1234567",
            "#12345678",
            "#gggggg",
            " #fff",
            "#fff ",
            "#ff\u{ff46}",
            "rgb(0,0,0)",
            "url(//evil)",
            "#fff;}",
        ] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn hues_are_the_ones_people_name() {
        assert_eq!(color("#f00").hue(), Some(0));
        assert_eq!(color("#0f0").hue(), Some(120));
        assert_eq!(color("#00f").hue(), Some(240));
        assert_eq!(color("#a1242b").hue(), Some(357));
        assert_eq!(color("#777").hue(), None);
    }
}
