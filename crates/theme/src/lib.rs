//! The white-label theme: typed values, and parsing is the check.
//!
//! A vendor's theme reaches the page only as values of the types in this crate. There is no free CSS text, no HTML, no
//! scalable image and no address outside a short list of schemes, so there is nothing to filter: what parses is safe to
//! serve, and what is not safe does not parse. Every refusal is a [`ThemeError`] with a stable [`code`](ThemeError::code).
//!
//! The crate is pure: no input or output, no clock, no randomness; it runs in the browser (live preview, contrast shown
//! while editing) and on the server (the stylesheet) with the same answers.
//!
//! ```
//! use handcarry_theme::Theme;
//!
//! let parse = |json| Theme::parse(&mut serde_json::Deserializer::from_str(json));
//! let theme = parse(
//!     r##"{
//!         "name": "Acme Software",
//!         "light": { "accent": "#0b57d0" },
//!         "dark": { "accent": "#a8c7fa" },
//!         "radius": 6,
//!         "font": "humanist",
//!         "languages": ["en", "de"],
//!         "links": [{ "label": "Help", "href": "https://help.acme.example/" }],
//!         "legal": ["Acme Software Ltd"],
//!         "words": { "en": { "choose.title": "Return or renew a license" } }
//!     }"##,
//! )?;
//! assert!(theme.stylesheet().contains("--accent:#0b57d0;"));
//!
//! let refused = parse(r#"{ "light": { "accent": "url(//evil.example)" } }"#);
//! assert_eq!(refused.unwrap_err().code(), "theme.color");
//! # Ok::<(), handcarry_theme::ThemeError>(())
//! ```
//!
//! # What a theme never decides
//!
//! What a file is, whose key signed it and what will happen are never themable: the verdict's words are not among the
//! [`WordKey`]s, and the colors that carry a verdict (`--ok`, `--warn`, `--danger`) keep their hue family and do not follow
//! the accent.
//!
//! # The stylesheet
//!
//! [`Theme::stylesheet`] sets exactly these custom properties, and the portal's CSS uses exactly these. The list as data is
//! [`PROPERTIES`]. Colors are `#rrggbb` (the shadow has alpha), lengths are whole `px`.
//!
//! | property | what it is for | in the pictures, light / dark |
//! | --- | --- | --- |
//! | `--accent` | primary button, links, label of the file card, focus ring | `#0d5f50` / `#63cbb1` |
//! | `--accent-text` | text and icons on `--accent` and on `--accent-hover` | `#ffffff` / `#06231d` |
//! | `--accent-hover` | the primary button under the pointer or pressed | derived from `--accent` |
//! | `--accent-line` | dashed edge of the drop zone, edge of a chosen filter; 3:1 | derived from `--accent` |
//! | `--bg` | the page | `#f6f5f1` / `#101415` |
//! | `--surface` | cards, secondary buttons, fields, side panel | `#ffffff` / `#181d1f` |
//! | `--text` | text | `#15191d` / `#e9ecea` |
//! | `--muted` | secondary text: labels, hints, lead paragraph | `#5b646b` / `#9aa5a6` |
//! | `--line` | decorative lines: card edge, table rows, perforation | `#dedbd2` / `#2b3235` |
//! | `--control-line` | edge of a field or check box that must be seen; 3:1 | derived from `--text` |
//! | `--tint` | chosen row, number of a step, inline code | `#e8f1ee` / `#16302a` |
//! | `--tint-soft` | head of the file card, inside of the drop zone | derived from `--tint` |
//! | `--ok` | a check that passed, a stamp, a good verdict; does not follow the accent | `#0d5f50` / `#63cbb1` |
//! | `--warn` | needs a person | `#8a5200` / `#e2ac5c` |
//! | `--warn-tint` | background of a note about it, with `--text` or `--warn` on it | derived from `--warn` |
//! | `--danger` | refused, damaged | `#a1242b` / `#f08a8f` |
//! | `--danger-text` | text on a `--danger` button | derived from `--danger` |
//! | `--danger-tint` | background of a note about it, with `--text` or `--danger` on it | derived from `--danger` |
//! | `--shadow` | color of the card's shadow, with alpha | `#15191d1a` / `#00000066` |
//! | `--radius` | buttons, fields, notes | `10px` |
//! | `--radius-large` | cards (7/5 of the radius) | `14px` |
//! | `--radius-small` | inline code, key caps (half the radius) | `5px` |
//! | `--font` | text | [`FontStack`] |
//! | `--font-mono` | file names, digests, codes | the system's monospaced font |
//!
//! `color-scheme` is set with them. The light values stand on `:root`, the dark ones under
//! `@media (prefers-color-scheme: dark)`; `data-scheme="light"` or `"dark"` on the root element overrides both ways.
//!
//! Text may stand on these backgrounds, each pair checked to 4.5:1 (WCAG 2.2 AA): `--text`, `--muted`, `--accent`, `--ok`,
//! `--warn` and `--danger` on each of `--bg`, `--surface`, `--tint`, `--tint-soft`; `--text` on `--warn-tint` and
//! `--danger-tint`; `--warn` on `--warn-tint`, `--danger` on `--danger-tint`; `--accent-text` on `--accent` and
//! `--accent-hover`; `--danger-text` on `--danger`.

mod base64;
mod color;
mod error;
mod link;
mod logo;
mod object;
mod pairs;
mod palette;
mod shape;
mod stylesheet;
mod text;
mod theme;
mod words;

pub use color::Color;
pub use error::{LinkFault, TextFault, ThemeError};
pub use link::Link;
pub use logo::{Logo, LogoDraft, LogoFault, Media, Raster};
pub use pairs::PairCheck;
pub use palette::{Palette, PaletteDraft, Part, Role, Scheme};
pub use shape::{FontStack, Radius};
pub use text::{Line, Name};
pub use theme::{LinkDraft, Theme, ThemeDraft};
pub use words::{Language, WordKey, Words, WordsDraft};

/// Every custom property that the stylesheet sets, in the order in which it sets them.
pub const PROPERTIES: &[&str] = &[
    "--accent",
    "--accent-text",
    "--accent-hover",
    "--accent-line",
    "--bg",
    "--surface",
    "--text",
    "--muted",
    "--line",
    "--control-line",
    "--tint",
    "--tint-soft",
    "--ok",
    "--warn",
    "--warn-tint",
    "--danger",
    "--danger-text",
    "--danger-tint",
    "--shadow",
    "--radius",
    "--radius-large",
    "--radius-small",
    "--font",
    "--font-mono",
];
