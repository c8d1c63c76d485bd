//! The pairs of colors that meet on the page, and the contrast that each needs.

use std::fmt;

use crate::palette::{Palette, Role};

/// What text needs (WCAG 2.2, 1.4.3).
pub(crate) const TEXT: f64 = 4.5;
/// What the edge of a control needs (WCAG 2.2, 1.4.11).
pub(crate) const EDGE: f64 = 3.0;

const GROUNDS: &[Role] = &[Role::Background, Role::Surface, Role::Tint, Role::TintSoft];

const PAIRS: &[(Role, &[Role], f64)] = &[
    (Role::Text, GROUNDS, TEXT),
    (Role::Muted, GROUNDS, TEXT),
    (Role::Accent, GROUNDS, TEXT),
    (Role::Ok, GROUNDS, TEXT),
    (Role::Warn, GROUNDS, TEXT),
    (Role::Danger, GROUNDS, TEXT),
    (Role::AccentText, &[Role::Accent, Role::AccentHover], TEXT),
    (Role::DangerText, &[Role::Danger], TEXT),
    (Role::Text, &[Role::WarnTint, Role::DangerTint], TEXT),
    (Role::Warn, &[Role::WarnTint], TEXT),
    (Role::Danger, &[Role::DangerTint], TEXT),
    (Role::ControlLine, &[Role::Background, Role::Surface], EDGE),
    (Role::AccentLine, &[Role::Background, Role::Surface, Role::TintSoft], EDGE),
];

/// Two colors that meet, the contrast between them and the contrast that they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairCheck {
    /// Text or edge.
    pub foreground: Role,
    /// What it stands on.
    pub background: Role,
    /// The ratio in hundredths, rounded down so that a failing pair never shows as the needed ratio.
    pub ratio: u16,
    /// The needed ratio in hundredths: 450 for text, 300 for edges of controls.
    pub needed: u16,
}

impl PairCheck {
    /// Whether the pair reaches what it needs.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.ratio >= self.needed
    }
}

impl fmt::Display for PairCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { foreground, background, ratio, needed } = self;
        let (front, back) = (foreground.property(), background.property());
        let parts = [ratio / 100, ratio % 100, needed / 100, needed % 100];
        let [whole, part, needed, needed_part] = parts;
        write!(f, "{front} on {back} is {whole}.{part:02}:1, needs {needed}.{needed_part:02}:1")
    }
}

/// Every pair of a palette.
pub(crate) fn check(palette: &Palette) -> impl Iterator<Item = PairCheck> + '_ {
    PAIRS.iter().flat_map(move |&(foreground, grounds, needed)| {
        grounds.iter().map(move |&background| PairCheck {
            foreground,
            background,
            ratio: hundredths(palette.color(foreground).contrast(palette.color(background))),
            needed: hundredths(needed),
        })
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio is 1 to 21")]
fn hundredths(ratio: f64) -> u16 {
    (ratio * 100.0).floor() as u16
}
