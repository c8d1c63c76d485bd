//! Files that other systems really wrote are named for what they are (D-16).

use super::shared;

use handcarry_format::fixtures::trust;
use handcarry_format::{Limits, examine};

fn code(bytes: &[u8]) -> &'static str {
    examine(bytes, &trust(), &Limits::default()).document.map_or_else(|error| error.code(), |_| "ok")
}

#[test]
fn d_16_every_file_of_keygen_is_named() {
    let Some(manifest) = shared::json("keygen/manifest.json") else { return };
    let directory = shared::vectors("keygen").expect("the manifest is there");
    let files = manifest["files"].as_array().expect("a list of files");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| name == "manifest.json") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file");
        assert_eq!(code(&bytes), "foreign.keygen", "{}", path.display());
        // As it comes out of a mail.
        let text = String::from_utf8_lossy(&bytes);
        let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
        assert_eq!(code(quoted.as_bytes()), "foreign.keygen", "{} quoted", path.display());
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(code(&wide), "foreign.keygen", "{} as UTF-16", path.display());
        seen += 1;
    }
    assert!(seen >= files.len(), "{seen} of {}", files.len());
}

#[test]
fn d_03_prose_is_not_taken_for_another_systems_file() {
    for text in [
        "Feature requests: the server is slow.\nVendor: Acme\n",
        "Hello,\n\nplease find our license key below.\nLicense key: K7QF-0012\n\nKim\n",
        "Server maintenance on Monday.\n",
        "increment the counter, then deliver.\n",
        "The attachment is a license file. Load it on the device.\n",
        "{\"name\":\"x\"}",
        "<p>Hello</p>",
    ] {
        let code = code(text.as_bytes());
        assert!(matches!(code, "armor.not_found" | "envelope.not_dsse"), "{code}: {text}");
    }
}

#[test]
fn d_03_a_notice_is_recognized_in_both_languages_and_any_encoding() {
    for notice in [
        "The attachment was removed.",
        "ATTACHMENT BLOCKED by policy 7",
        "One or more attachments have been quarantined.",
        "Die Anlage wurde entfernt.",
        "Der Anhang wurde gel\u{f6}scht.",
        "Dateianhang gesperrt",
    ] {
        let latin: Vec<u8> = notice.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(notice.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [notice.as_bytes(), &latin, &wide] {
            assert_eq!(code(bytes), "armor.gateway_notice", "{notice}");
        }
    }
}
