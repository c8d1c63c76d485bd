//! Each byte altered, and the file cut after each byte (D-06, D-18).

use std::sync::LazyLock;

use handcarry_format::fixtures::{World, trust, world};
use handcarry_format::{Digest, Kind, Limits, Sealed, Trust, examine};

/// Bytes that carry no meaning between BEGIN and END, as far as one byte can be such (spec §3.2).
fn meaningless(byte: u8) -> bool {
    matches!(byte, 0..=b' ' | 0x7f | b'>' | b'|' | 0xa0)
}

fn digest(file: &[u8]) -> Option<Digest> {
    let result = examine(file, &TRUST, &Limits::default());
    result.document.is_ok().then_some(result.digest).flatten()
}

static TRUST: LazyLock<Trust> = LazyLock::new(trust);

const MASKS: [u8; 3] = [0x01, 0x20, 0x80];

/// One file of each kind, by name.
fn files(world: &World) -> impl Iterator<Item = (&'static str, &Sealed)> {
    let once = |file: &(Kind, &str, &str, &Sealed)| !matches!(file.1, "license-refresh" | "receipt-return");
    world.files().into_iter().filter(once).map(|(_, name, _, sealed)| (name, sealed))
}

#[test]
fn threat_forged_license_d_18_every_altered_byte_of_an_armored_file_is_noticed() {
    let mut accepted = 0;
    for (name, sealed) in files(&world()) {
        let file = sealed.text.trim_end().as_bytes();
        let begin = sealed.text.find("-----BEGIN").expect("armor");
        for place in begin..file.len() {
            for mask in MASKS {
                let mut altered = file.to_vec();
                altered[place] ^= mask;
                let Some(found) = digest(&altered) else { continue };
                accepted += 1;
                let (was, is) = (file[place], altered[place]);
                assert!(meaningless(was) && meaningless(is), "{name}: byte {place}, {was:#x} is now {is:#x}");
                assert_eq!(found, sealed.digest, "{name}: byte {place}");
            }
        }
    }
    assert!(accepted > 0, "white space may change");
}

#[test]
fn threat_forged_license_d_18_every_altered_byte_of_a_dsse_file_is_noticed() {
    for (name, sealed) in files(&world()) {
        let file = sealed.envelope.to_json().into_bytes();
        for place in 0..file.len() {
            // One mask a byte: nearly every one of these costs four signatures.
            let mask = MASKS[place % MASKS.len()];
            let mut altered = file.clone();
            altered[place] ^= mask;
            assert_eq!(digest(&altered), None, "{name}: byte {place} by {mask:#x}");
        }
    }
}

#[test]
fn d_06_a_file_that_is_cut_anywhere_is_refused_as_cut() {
    for (name, sealed) in files(&world()) {
        let file = sealed.text.trim_end().as_bytes();
        // Fewer characters than the first words of a preamble cannot be told from any other text.
        let opening = sealed.text.find("Acme").expect("the preamble names the product or vendor");
        for end in 0..file.len() {
            let result = examine(&file[..end], &TRUST, &Limits::default());
            let code = result.document.map_or_else(|error| error.code(), |_| "ok");
            match end {
                0 => assert_eq!(code, "armor.empty"),
                _ if end < opening => {
                    assert!(matches!(code, "armor.not_found" | "armor.truncated"), "{code}")
                }
                _ => assert_eq!(code, "armor.truncated", "{name} cut at {end}"),
            }
        }
        assert_eq!(digest(file), Some(sealed.digest), "{name}: the last line end may be lost");
    }
}

#[test]
fn d_06_a_dsse_file_that_is_cut_anywhere_is_refused() {
    for (name, sealed) in files(&world()) {
        let file = sealed.envelope.to_json();
        for end in 0..file.len() {
            let result = examine(&file.as_bytes()[..end], &TRUST, &Limits::default());
            let code = result.document.map_or_else(|error| error.code(), |_| "ok");
            let known = end >= "{\"payloadType\"".len();
            assert!(!known || code == "armor.truncated", "{name} cut at {end}: {code}");
            assert_ne!(code, "ok");
        }
    }
}

#[test]
fn d_06_a_file_without_its_beginning_is_refused() {
    for (name, sealed) in files(&world()) {
        let begin = sealed.text.find("-----BEGIN").expect("armor");
        for start in begin + 1..sealed.text.len() {
            assert_eq!(digest(&sealed.text.as_bytes()[start..]), None, "{name} from {start}");
        }
    }
}
