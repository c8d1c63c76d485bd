//! The default look, what a vendor gets from one color, and the stylesheet's form.

use handcarry_theme::{Color, PROPERTIES, Palette, PaletteDraft, Part, Role, Scheme, Theme, ThemeDraft};

fn theme(json: &str) -> Theme {
    serde_json::from_str(json).expect("a theme that passes")
}

#[test]
fn every_pair_of_the_default_look_passes() {
    for scheme in [Scheme::Light, Scheme::Dark] {
        let report = Palette::report(scheme, &PaletteDraft::new()).unwrap();
        assert_eq!(report.len(), 36);
        for pair in report {
            assert!(pair.passes(), "{scheme}: {pair}");
        }
    }
    assert_eq!(Theme::try_from(ThemeDraft::default()).unwrap(), Theme::default());
}

#[test]
fn the_default_look_is_that_of_the_pictures() {
    let light = Theme::default().light().clone();
    let dark = Theme::default().dark().clone();
    for (role, in_light, in_dark) in [
        (Role::Accent, "#0d5f50", "#63cbb1"),
        (Role::AccentText, "#ffffff", "#06231d"),
        (Role::Background, "#f6f5f1", "#101415"),
        (Role::Surface, "#ffffff", "#181d1f"),
        (Role::Text, "#15191d", "#e9ecea"),
        (Role::Muted, "#5b646b", "#9aa5a6"),
        (Role::Line, "#dedbd2", "#2b3235"),
        (Role::Tint, "#e8f1ee", "#16302a"),
        (Role::TintSoft, "#f2f7f6", "#172725"),
        (Role::WarnTint, "#f4efe8", "#2a2a24"),
    ] {
        assert_eq!(light.color(role).to_string(), in_light, "{role:?}");
        assert_eq!(dark.color(role).to_string(), in_dark, "{role:?}");
    }
}

#[test]
fn one_accent_is_enough_for_a_brand() {
    for accent in ["#0b57d0", "#6d28d9", "#a8003a", "#1a1a1a"] {
        let palette =
            Palette::parse(Scheme::Light, &PaletteDraft::from([(Part::Accent, accent.into())])).unwrap();
        assert_eq!(palette.color(Role::AccentText), Color::WHITE, "{accent}");
        assert_eq!(
            palette.color(Role::Ok).to_string(),
            "#0d5f50",
            "a passed check does not follow the accent"
        );
    }
    let dark = Palette::parse(Scheme::Dark, &PaletteDraft::from([(Part::Accent, "#fc0".into())])).unwrap();
    assert_eq!(dark.color(Role::AccentText), Color::BLACK);
}

#[test]
fn a_brand_that_cannot_be_read_gets_the_nearest_color_that_can() {
    for brand in ["#ffcc00", "#ff6600", "#0d5f50", "#ffffff", "#000000", "#777777"] {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let nearest = Palette::nearest_accent(scheme, Color::parse(brand).unwrap());
            let draft = PaletteDraft::from([(Part::Accent, nearest.to_string())]);
            assert!(Palette::parse(scheme, &draft).is_ok(), "{scheme} {brand} -> {nearest}");
        }
    }
    let fine = Color::parse("#0d5f50").unwrap();
    assert_eq!(Palette::nearest_accent(Scheme::Light, fine), fine);
}

#[test]
fn the_stylesheet_sets_exactly_the_listed_properties() {
    let css = Theme::default().stylesheet();
    let first = css.lines().next().unwrap();
    let set: Vec<&str> = first
        .trim_start_matches(":root{")
        .trim_end_matches('}')
        .split_terminator(';')
        .filter_map(|declaration| declaration.split(':').next())
        .collect();
    assert_eq!(set[0], "color-scheme");
    assert_eq!(&set[1..], PROPERTIES);
    // Two schemes, each once by preference and once by force.
    assert_eq!(css.matches("color-scheme:light;").count(), 2);
    assert_eq!(css.matches("color-scheme:dark;").count(), 2);
    for selector in
        ["@media (prefers-color-scheme:dark){:root{", ":root[data-scheme=light]{", ":root[data-scheme=dark]{"]
    {
        assert_eq!(css.matches(selector).count(), 1, "{selector}");
    }
}

#[test]
fn the_version_follows_the_stylesheet_and_nothing_else() {
    let theme_a = theme(r##"{"light":{"accent":"#0b57d0"}}"##);
    assert_eq!(theme_a.version(), theme(r##"{"light":{"accent":"#0B57D0"},"name":"Other"}"##).version());
    assert_ne!(theme_a.version(), Theme::default().version());
    assert_ne!(theme(r#"{"radius":0}"#).version(), Theme::default().version());
    assert_eq!(theme_a.version().len(), 16);
}

#[test]
fn a_theme_is_written_as_it_was_chosen_and_read_again() {
    let json = r##"{"name":"Acme Software","light":{"accent":"#0b57d0"},"dark":{"accent":"#ffcc00"},"radius":6,"font":"serif","languages":["en","de"],"links":[{"label":"Help","href":"https://help.acme.example/"}],"legal":["Acme Software Ltd, Northline 4"],"words":{"de":{"choose.title":"Lizenz abgeben"}}}"##;
    let theme = theme(json);
    assert_eq!(serde_json::to_string(&theme).unwrap(), json);
    assert_eq!(theme.name().initial(), 'A');
}
