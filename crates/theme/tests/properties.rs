//! Whatever is written as a theme: it is refused with a code, or its stylesheet is harmless.

use handcarry_theme::{
    Color, LinkDraft, LogoDraft, Media, PaletteDraft, Part, Raster, Role, Theme, ThemeDraft, ThemeError,
};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Often a color, sometimes what only looks like one.
fn color() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "#[0-9a-fA-F]{6}",
        2 => "#[0-9a-f]{3}",
        1 => ".{0,12}",
        1 => select(vec!["url(//evil)", "red;}body{", "#fff}", "#000000;", "/*", "\\0"]).prop_map(String::from),
    ]
}

fn palette(dark: bool) -> impl Strategy<Value = PaletteDraft> {
    // Black on white under the rest, so that a good share of the drafts passes.
    let ground = if dark { ["#000", "#fff"] } else { ["#fff", "#000"] };
    let accents = btree_map(select(vec![Part::Accent, Part::Tint, Part::Line]), color(), 0..3);
    let any = btree_map(select(Part::ALL.to_vec()), color(), 0..6);
    let plain = accents.prop_map(move |mut draft| {
        draft.insert(Part::Background, ground[0].into());
        draft.insert(Part::Surface, ground[0].into());
        draft.insert(Part::Text, ground[1].into());
        draft
    });
    prop_oneof![3 => Just(PaletteDraft::new()), 3 => plain, 1 => any]
}

prop_compose! {
    fn draft()(
        name in of(prop_oneof![3 => "[A-Za-z ]{1,20}", 1 => ".{0,70}"]),
        light in palette(false),
        dark in palette(true),
        radius in of(prop_oneof![5 => 0i64..=24, 1 => any::<i64>()]),
        font in of(prop_oneof![5 => select(vec!["system", "humanist", "geometric", "serif", "mono"]).prop_map(String::from), 1 => ".*"]),
        links in vec(("[A-Za-z]{1,8}", prop_oneof![3 => "/[a-z]{0,9}", 1 => ".{0,30}"]), 0..3),
        legal in vec("[A-Za-z ;{}<>\"']{1,40}", 0..3),
        logo in prop_oneof![9 => Just(None), 1 => ("image/(png|webp|gif)", "[A-Za-z0-9+/]{0,16}").prop_map(Some)],
    ) -> ThemeDraft {
        ThemeDraft {
            name, light, dark, radius, font, legal,
            logo: logo.map(|(media, bytes)| LogoDraft { media, bytes }),
            links: links.into_iter().map(|(label, href)| LinkDraft { label, href }).collect(),
            ..ThemeDraft::default()
        }
    }
}

/// The whole alphabet of a stylesheet, what may stand between braces, and how deep they go.
fn is_harmless(css: &str) -> bool {
    let mut depth = 0;
    for c in css.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            'a'..='z'
            | 'A'..='Z'
            | '0'..='9'
            | ' '
            | '\n'
            | '#'
            | ','
            | ':'
            | ';'
            | '-'
            | '('
            | ')'
            | '@'
            | '['
            | ']'
            | '=' => {}
            _ => return false,
        }
        if !(0..=2).contains(&depth) {
            return false;
        }
    }
    let media = "(prefers-color-scheme:dark)";
    depth == 0
        && css.matches('{').count() == 5
        && css.matches('@').count() == 1
        && css.matches('(').count() == css.matches(media).count()
        && !css.contains("//")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn threat_malicious_theme_a_theme_that_parses_yields_a_harmless_stylesheet(draft in draft()) {
        match Theme::try_from(draft) {
            Ok(theme) => {
                let css = theme.stylesheet();
                prop_assert!(is_harmless(&css), "{css}");
                let again: Theme = serde_json::from_str(&serde_json::to_string(&theme).unwrap()).unwrap();
                prop_assert_eq!(again.version(), theme.version());
                prop_assert_eq!(again, theme);
            }
            Err(error) => prop_assert!(error.code().starts_with("theme."), "{error}"),
        }
    }

    #[test]
    fn a_palette_that_parses_can_be_read(dark in any::<bool>(), draft in palette(false), darker in palette(true)) {
        let mut whole = ThemeDraft::default();
        if dark { whole.dark = darker } else { whole.light = draft }
        if let Ok(theme) = Theme::try_from(whole) {
            for palette in [theme.light(), theme.dark()] {
                for text in [Role::Text, Role::Muted, Role::Accent, Role::Ok, Role::Warn, Role::Danger] {
                    for ground in [Role::Background, Role::Surface, Role::Tint, Role::TintSoft] {
                        let ratio = palette.color(text).contrast(palette.color(ground));
                        prop_assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio}");
                    }
                }
            }
        }
    }

    #[test]
    fn black_or_white_reads_on_every_color(r: u8, g: u8, b: u8) {
        let color = Color::rgb(r, g, b);
        prop_assert!(color.contrast(color.black_or_white()) >= 4.58);
        prop_assert_eq!(Color::parse(&color.to_string()), Some(color));
    }

    #[test]
    fn threat_malicious_theme_no_bytes_make_the_logo_reader_fall(bytes: Vec<u8>, webp: bool, magic: bool) {
        let (media, head) = match webp {
            true => (Media::Webp, &b"RIFF"[..]),
            false => (Media::Png, &b"\x89PNG\r\n\x1a\n"[..]),
        };
        let bytes = if magic { [head, &bytes].concat() } else { bytes };
        let refused = matches!(Raster::read(media, &bytes), Err(ThemeError::Logo(_)));
        prop_assert!(refused);
    }
}
