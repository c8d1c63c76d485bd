//! A hostile theme is refused with the right code, and nothing of it reaches the stylesheet.

use handcarry_theme::{LogoDraft, Theme, ThemeDraft, ThemeError};

fn parse(json: &str) -> Result<Theme, ThemeError> {
    Theme::parse(&mut serde_json::Deserializer::from_str(json))
}

fn code(json: &str) -> &'static str {
    match parse(json) {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}

#[test]
fn threat_malicious_theme_is_refused_by_code() {
    for (json, expected) in [
        // Text that would be CSS anywhere else.
        (r#"{"light":{"accent":"url(//evil.example/x)"}}"#, "theme.color"),
        (r#"{"light":{"accent":"red;}body{display:none"}}"#, "theme.color"),
        (r#"{"dark":{"background":"var(--x)"}}"#, "theme.color"),
        (r##"{"dark":{"text":"#fff/**/"}}"##, "theme.color"),
        (r#"{"light":{"tint":"expression(alert(1))"}}"#, "theme.color"),
        (r#"{"light":{"line":""}}"#, "theme.color"),
        (r#"{"light":{"line":"transparent"}}"#, "theme.color"),
        (r#"{"font":"Arial;}@import url(//evil)"}"#, "theme.font"),
        (r#"{"font":"Comic Sans MS"}"#, "theme.font"),
        // Colors that hide or invert.
        (r##"{"light":{"text":"#fff"}}"##, "theme.scheme"),
        (r##"{"light":{"background":"#000","surface":"#000","text":"#fff"}}"##, "theme.scheme"),
        (r##"{"light":{"muted":"#f6f5f1"}}"##, "theme.contrast"),
        (r##"{"light":{"accent":"#ffcc00"}}"##, "theme.contrast"),
        (r##"{"light":{"accent":"#0d5f50","accent_text":"#0d5f50"}}"##, "theme.contrast"),
        (r##"{"dark":{"accent":"#0d5f50"}}"##, "theme.contrast"),
        (r##"{"light":{"danger":"#0d5f50"}}"##, "theme.meaning"),
        (r##"{"light":{"ok":"#a1242b"}}"##, "theme.meaning"),
        (r##"{"light":{"warn":"#444"}}"##, "theme.meaning"),
        // Numbers.
        (r#"{"radius":25}"#, "theme.radius"),
        (r#"{"radius":-1}"#, "theme.radius"),
        (r#"{"radius":9223372036854775807}"#, "theme.radius"),
        (r#"{"radius":1e400}"#, "theme.shape"),
        (r#"{"radius":1.5}"#, "theme.shape"),
        (r#"{"radius":"10px"}"#, "theme.shape"),
        // Text that lies about itself.
        (r#"{"name":""}"#, "theme.text"),
        (r#"{"name":"Acme\u0000"}"#, "theme.text"),
        (r#"{"name":"Acme\u202emoc.live"}"#, "theme.text"),
        (r#"{"name":"\u2066Acme\u2069"}"#, "theme.text"),
        (r#"{"name":"Ac\u200bme"}"#, "theme.text"),
        (r#"{"legal":["one\ntwo"]}"#, "theme.text"),
        (r#"{"words":{"en":{"choose.title":"\u202e"}}}"#, "theme.text"),
        // Words that are not a vendor's to choose, and tags that are none.
        (r#"{"words":{"en":{"review.verdict":"All is well"}}}"#, "theme.word"),
        (r#"{"words":{"../../etc":{"choose.title":"x"}}}"#, "theme.language"),
        (r#"{"languages":["en","<b>"]}"#, "theme.language"),
        // Addresses.
        (r#"{"links":[{"label":"Help","href":"javascript:alert(1)"}]}"#, "theme.link"),
        (r#"{"links":[{"label":"Help","href":"JAVASCRIPT:alert(1)"}]}"#, "theme.link"),
        (r#"{"links":[{"label":"Help","href":"java\nscript:alert(1)"}]}"#, "theme.link"),
        (r#"{"links":[{"label":"Help","href":"//evil.example"}]}"#, "theme.link"),
        (r#"{"links":[{"label":"Help","href":"https://acme.example@evil.example"}]}"#, "theme.link"),
        (r#"{"links":[{"label":"Help\u202e","href":"/help"}]}"#, "theme.text"),
        (r#"{"links":[{"label":"Help","href":"/help","target":"_top"}]}"#, "theme.shape"),
        // Logos.
        (r#"{"logo":{"media":"image/svg+xml","bytes":"PHN2Zy8+"}}"#, "theme.logo"),
        (r#"{"logo":{"media":"text/html","bytes":""}}"#, "theme.logo"),
        (r#"{"logo":{"media":"image/png","bytes":"PHN2Zy8+"}}"#, "theme.logo"),
        (r#"{"logo":{"media":"image/png","bytes":"not base64!"}}"#, "theme.logo"),
        (r#"{"logo":{"media":"image/webp","bytes":""}}"#, "theme.logo"),
        (r#"{"logo":{"media":"image/png","bytes":"","url":"//evil"}}"#, "theme.shape"),
        (r#"{"logo":"https://evil.example/logo.png"}"#, "theme.shape"),
        // Shapes.
        (r#"{"css":"body{}"}"#, "theme.shape"),
        (r##"{"light":{"shadow":"#000"}}"##, "theme.shape"),
        (r#"{"light":{"accent":{"url":"//evil"}}}"#, "theme.shape"),
        (r#"{"name":"A","name":"B"}"#, "theme.shape"),
        (r#"[]"#, "theme.shape"),
        (r#"["Acme"]"#, "theme.shape"),
        (r#"{"links":[["Help","/help"]]}"#, "theme.shape"),
        (r#"{"logo":["image/png",""]}"#, "theme.shape"),
        (r#"null"#, "theme.shape"),
        ("", "theme.shape"),
        (r##"{"light":{"accent":"#000""##, "theme.shape"),
    ] {
        assert_eq!(code(json), expected, "{json}");
        assert!(serde_json::from_str::<Theme>(json).is_err(), "{json}");
    }
}

#[test]
fn threat_denial_of_service_huge_values_are_refused_before_they_are_worked_on() {
    let long = "x".repeat(10_000_000);
    let draft = |change: &dyn Fn(&mut ThemeDraft)| {
        let mut draft = ThemeDraft::default();
        change(&mut draft);
        Theme::try_from(draft).map_err(|error| error.code()).err()
    };
    assert_eq!(draft(&|d| d.name = Some(long.clone())), Some("theme.text"));
    assert_eq!(draft(&|d| d.legal = vec![long.clone()]), Some("theme.text"));
    assert_eq!(draft(&|d| d.legal = vec!["x".into(); 7]), Some("theme.too_many"));
    assert_eq!(draft(&|d| d.languages = vec!["en".into(); 41]), Some("theme.too_many"));
    assert_eq!(
        draft(&|d| d.logo = Some(LogoDraft { media: "image/png".into(), bytes: "A".repeat(10_000_000) })),
        Some("theme.logo")
    );
    let links = format!("[{}]", [r#"{"label":"a","href":"/a"}"#; 9].join(","));
    assert_eq!(code(&format!(r#"{{"links":{links}}}"#)), "theme.too_many");
    assert_eq!(code(&format!(r##"{{"light":{{"accent":"#{long}"}}}}"##)), "theme.color");
}

#[test]
fn a_contrast_refusal_names_the_pair_the_ratio_and_the_needed_one() {
    let error = parse(r##"{"light":{"muted":"#777","surface":"#fff","background":"#fff"}}"##).unwrap_err();
    assert_eq!(error.to_string(), "theme.contrast: light: --muted on --bg is 4.47:1, needs 4.50:1");
    let text = serde_json::from_str::<Theme>(r##"{"dark":{"danger":"#300"}}"##).unwrap_err().to_string();
    assert!(text.starts_with("theme.contrast: dark: --danger on --bg is 1."), "{text}");
}
