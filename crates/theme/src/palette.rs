//! A palette: what the vendor chose, and what follows from it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::color::Color;
use crate::error::ThemeError;
use crate::pairs::{self, PairCheck};

/// Which of the two palettes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light.
    Light,
    /// Light text on dark.
    Dark,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Light => "light",
            Self::Dark => "dark",
        })
    }
}

/// A color that a vendor may choose. What is not chosen is the pictures' color, or follows from what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The one accent color.
    Accent,
    /// Text on the accent; else black or white, whichever reads better.
    AccentText,
    /// The page.
    Background,
    /// Cards and fields.
    Surface,
    /// Text.
    Text,
    /// Secondary text.
    Muted,
    /// Decorative lines.
    Line,
    /// Chosen row, inline code; else a breath of the accent over the surface.
    Tint,
    /// A check that passed; stays green.
    Ok,
    /// Needs a person; stays amber.
    Warn,
    /// Refused; stays red.
    Danger,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Accent,
        Self::AccentText,
        Self::Background,
        Self::Surface,
        Self::Text,
        Self::Muted,
        Self::Line,
        Self::Tint,
        Self::Ok,
        Self::Warn,
        Self::Danger,
    ];

    /// The key in a theme.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::AccentText => "accent_text",
            Self::Background => "background",
            Self::Surface => "surface",
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Line => "line",
            Self::Tint => "tint",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Danger => "danger",
        }
    }

    /// The color in the pictures.
    fn pictured(self, scheme: Scheme) -> Color {
        let (light, dark) = match self {
            Self::Accent | Self::Ok => (0x0d_5f_50, 0x63_cb_b1),
            Self::AccentText => (0xff_ff_ff, 0x06_23_1d),
            Self::Background => (0xf6_f5_f1, 0x10_14_15),
            Self::Surface => (0xff_ff_ff, 0x18_1d_1f),
            Self::Text => (0x15_19_1d, 0xe9_ec_ea),
            Self::Muted => (0x5b_64_6b, 0x9a_a5_a6),
            Self::Line => (0xde_db_d2, 0x2b_32_35),
            Self::Tint => (0xe8_f1_ee, 0x16_30_2a),
            Self::Warn => (0x8a_52_00, 0xe2_ac_5c),
            Self::Danger => (0xa1_24_2b, 0xf0_8a_8f),
        };
        Color::hex(match scheme {
            Scheme::Light => light,
            Scheme::Dark => dark,
        })
    }

    /// The hues in which a color that carries a verdict must stay.
    fn keeps_its_meaning(self, color: Color) -> bool {
        match (self, color.hue()) {
            (Self::Ok, hue) => hue.is_some_and(|h| (75..=200).contains(&h)),
            (Self::Warn, hue) => hue.is_some_and(|h| (20..=65).contains(&h)),
            (Self::Danger, hue) => hue.is_some_and(|h| h >= 335 || h <= 15),
            _ => true,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A color of the page: chosen or derived. The order is that of the stylesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table in the crate's documentation says what each is for")]
pub enum Role {
    Accent,
    AccentText,
    AccentHover,
    AccentLine,
    Background,
    Surface,
    Text,
    Muted,
    Line,
    ControlLine,
    Tint,
    TintSoft,
    Ok,
    Warn,
    WarnTint,
    Danger,
    DangerText,
    DangerTint,
}

impl Role {
    /// All of them, in the order of the stylesheet.
    pub const ALL: [Self; 18] = [
        Self::Accent,
        Self::AccentText,
        Self::AccentHover,
        Self::AccentLine,
        Self::Background,
        Self::Surface,
        Self::Text,
        Self::Muted,
        Self::Line,
        Self::ControlLine,
        Self::Tint,
        Self::TintSoft,
        Self::Ok,
        Self::Warn,
        Self::WarnTint,
        Self::Danger,
        Self::DangerText,
        Self::DangerTint,
    ];

    /// The custom property that carries it.
    #[must_use]
    pub fn property(self) -> &'static str {
        match self {
            Self::Accent => "--accent",
            Self::AccentText => "--accent-text",
            Self::AccentHover => "--accent-hover",
            Self::AccentLine => "--accent-line",
            Self::Background => "--bg",
            Self::Surface => "--surface",
            Self::Text => "--text",
            Self::Muted => "--muted",
            Self::Line => "--line",
            Self::ControlLine => "--control-line",
            Self::Tint => "--tint",
            Self::TintSoft => "--tint-soft",
            Self::Ok => "--ok",
            Self::Warn => "--warn",
            Self::WarnTint => "--warn-tint",
            Self::Danger => "--danger",
            Self::DangerText => "--danger-text",
            Self::DangerTint => "--danger-tint",
        }
    }
}

/// A palette as written in a theme: only what the vendor chose.
pub type PaletteDraft = BTreeMap<Part, String>;

/// A palette whose every pair of text and background can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    scheme: Scheme,
    chosen: BTreeMap<Part, Color>,
    colors: [Color; Role::ALL.len()],
}

impl Palette {
    /// Reads a palette, derives what was not chosen and checks all of it.
    ///
    /// # Errors
    /// [`ThemeError::Color`], [`ThemeError::Scheme`], [`ThemeError::Meaning`], or [`ThemeError::Contrast`] with the first
    /// pair that cannot be read.
    pub fn parse(scheme: Scheme, draft: &PaletteDraft) -> Result<Self, ThemeError> {
        let palette = Self::unchecked(scheme, draft)?;
        let [background, text] = [palette.color(Role::Background), palette.color(Role::Text)];
        if (background.luminance() > text.luminance()) != (scheme == Scheme::Light) {
            return Err(ThemeError::Scheme { scheme });
        }
        if let Some(pair) = pairs::check(&palette).find(|pair| !pair.passes()) {
            return Err(ThemeError::Contrast { scheme, pair });
        }
        match palette.chosen.iter().find(|(part, color)| !part.keeps_its_meaning(**color)) {
            Some((part, _)) => Err(ThemeError::Meaning { scheme, part: *part }),
            None => Ok(palette),
        }
    }

    /// Every checked pair with its ratio, also where some do not pass: what the editor shows while colors are chosen.
    ///
    /// # Errors
    /// [`ThemeError::Color`] where a value is not a color at all.
    pub fn report(scheme: Scheme, draft: &PaletteDraft) -> Result<Vec<PairCheck>, ThemeError> {
        Ok(pairs::check(&Self::unchecked(scheme, draft)?).collect())
    }

    /// The color nearest to a brand's accent that passes with everything else left to the portal: darker for the light
    /// palette, lighter for the dark one.
    #[must_use]
    pub fn nearest_accent(scheme: Scheme, accent: Color) -> Color {
        let end = match scheme {
            Scheme::Light => Color::BLACK,
            Scheme::Dark => Color::WHITE,
        };
        let passes = |color: &Color| {
            let palette = Self::derive(scheme, BTreeMap::from([(Part::Accent, *color)]));
            pairs::check(&palette).all(|pair| pair.passes())
        };
        (0..=100).map(|percent| end.over(accent, percent)).find(passes).unwrap_or(end)
    }

    /// Which of the two it is.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// A color of the page.
    #[must_use]
    pub fn color(&self, role: Role) -> Color {
        self.colors[role as usize]
    }

    /// What the vendor chose, as it would be written in a theme.
    #[must_use]
    pub fn to_draft(&self) -> PaletteDraft {
        self.chosen.iter().map(|(part, color)| (*part, color.to_string())).collect()
    }

    /// The pictures' palette.
    pub(crate) fn pictured(scheme: Scheme) -> Self {
        Self::derive(scheme, BTreeMap::new())
    }

    fn unchecked(scheme: Scheme, draft: &PaletteDraft) -> Result<Self, ThemeError> {
        let color = |(part, text): (&Part, &String)| {
            Color::parse(text).map(|color| (*part, color)).ok_or(ThemeError::Color { scheme, part: *part })
        };
        Ok(Self::derive(scheme, draft.iter().map(color).collect::<Result<_, _>>()?))
    }

    fn derive(scheme: Scheme, chosen: BTreeMap<Part, Color>) -> Self {
        let has = |part| chosen.contains_key(&part);
        let or = |part: Part, derived: &dyn Fn() -> Color| chosen.get(&part).copied().unwrap_or_else(derived);
        let plain = |part: Part| or(part, &|| part.pictured(scheme));

        let [accent, background, surface] = [Part::Accent, Part::Background, Part::Surface].map(plain);
        let [text, ok, warn, danger] = [Part::Text, Part::Ok, Part::Warn, Part::Danger].map(plain);

        // The pictures' grays belong to the pictures' surface and text; other ones get their own.
        let own_ground = has(Part::Surface) || has(Part::Text);
        let gray = |part: Part, percent| {
            or(part, &|| if own_ground { text.over(surface, percent) } else { part.pictured(scheme) })
        };
        let muted = gray(Part::Muted, 72);
        let line = gray(Part::Line, 14);

        let accent_text = or(Part::AccentText, &|| match has(Part::Accent) {
            true => accent.black_or_white(),
            false => Part::AccentText.pictured(scheme),
        });
        // Away from the text on it, so its contrast only grows.
        let away = if accent_text.luminance() > accent.luminance() { Color::BLACK } else { Color::WHITE };
        let accent_hover = away.over(accent, 12);

        let tint = or(Part::Tint, &|| match has(Part::Accent) || has(Part::Surface) {
            true => tint(accent, surface, &[text, muted, accent, ok, warn, danger]),
            false => Part::Tint.pictured(scheme),
        });
        let tint_soft = tint.over(surface, 55);

        let colors = Role::ALL.map(|role| match role {
            Role::Accent => accent,
            Role::AccentText => accent_text,
            Role::AccentHover => accent_hover,
            Role::AccentLine => edge(accent, surface, &[background, surface, tint_soft]),
            Role::Background => background,
            Role::Surface => surface,
            Role::Text => text,
            Role::Muted => muted,
            Role::Line => line,
            Role::ControlLine => edge(text, surface, &[background, surface]),
            Role::Tint => tint,
            Role::TintSoft => tint_soft,
            Role::Ok => ok,
            Role::Warn => warn,
            Role::WarnTint => self::tint(warn, surface, &[text, warn]),
            Role::Danger => danger,
            Role::DangerText => danger.black_or_white(),
            Role::DangerTint => self::tint(danger, surface, &[text, danger]),
        });
        Self { scheme, chosen, colors }
    }
}

/// A breath of a color over the surface: nine hundredths, less where a text on it would no longer be readable.
fn tint(color: Color, surface: Color, texts: &[Color]) -> Color {
    let readable = |ground: &Color| texts.iter().all(|text| text.contrast(*ground) >= pairs::TEXT);
    (0..=9).rev().map(|percent| color.over(surface, percent)).find(readable).unwrap_or(surface)
}

/// The quietest mix of a color with the surface that can still be seen as an edge on each of the grounds.
fn edge(color: Color, surface: Color, grounds: &[Color]) -> Color {
    let seen = |edge: &Color| grounds.iter().all(|ground| edge.contrast(*ground) >= pairs::EDGE);
    (30..=100).map(|percent| color.over(surface, percent)).find(seen).unwrap_or(color)
}
