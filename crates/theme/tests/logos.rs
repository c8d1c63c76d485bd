//! Logos as a browser's canvas writes them: kept as pictures, without what else travels in the file.

use handcarry_theme::{Logo, LogoDraft, LogoFault, Media, Raster, Theme, ThemeError};

const FILES: [(&str, Media, &[u8]); 4] = [
    ("alpha.png", Media::Png, include_bytes!("logos/alpha.png")),
    ("alpha.webp", Media::Webp, include_bytes!("logos/alpha.webp")),
    ("lossy.webp", Media::Webp, include_bytes!("logos/lossy.webp")),
    ("lossless.webp", Media::Webp, include_bytes!("logos/lossless.webp")),
];

#[test]
fn real_logos_pass_and_lose_their_color_profile() {
    for (name, media, file) in FILES {
        let logo = Raster::read(media, file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((logo.width(), logo.height()), (48, 32), "{name}");
        assert!(!logo.bytes().windows(4).any(|four| four == b"ICCP"), "{name}");
        assert_eq!(
            Raster::read(media, logo.bytes()),
            Ok(logo.clone()),
            "{name}: reading again changes nothing"
        );
        assert!(logo.bytes().len() <= file.len(), "{name}");
        assert_eq!(logo.version().len(), 16);
    }
}

#[test]
fn a_logo_of_the_other_kind_or_cut_off_is_refused() {
    for (name, media, file) in FILES {
        let other = if media == Media::Png { Media::Webp } else { Media::Png };
        assert_eq!(Raster::read(other, file), Err(ThemeError::Logo(LogoFault::Magic)), "{name}");
        for cut in 12..file.len() {
            assert_eq!(
                Raster::read(media, &file[..cut]),
                Err(ThemeError::Logo(LogoFault::Damaged)),
                "{name} {cut}"
            );
        }
        let appended = [file, b"<script>alert(1)</script>"].concat();
        assert_eq!(Raster::read(media, &appended), Err(ThemeError::Logo(LogoFault::Damaged)), "{name}");
    }
}

#[test]
fn a_theme_carries_its_logo_and_can_leave_it_behind() {
    use base64_crate::{Engine, engine::general_purpose::STANDARD};
    let draft = LogoDraft { media: "image/png".into(), bytes: STANDARD.encode(FILES[0].2) };
    let json = serde_json::json!({ "name": "Acme", "logo": draft }).to_string();
    let theme: Theme = serde_json::from_str(&json).expect("a theme that passes");
    let Logo::Raster(raster) = theme.logo() else { panic!("the logo is gone") };
    assert_eq!(raster.media().content_type(), "image/png");
    let again: Theme =
        serde_json::from_str(&serde_json::to_string(&theme).expect("plain data")).expect("as before");
    assert_eq!(again, theme);
    assert_eq!(theme.without_logo().logo(), &Logo::Initial);
}
