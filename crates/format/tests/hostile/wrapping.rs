//! Any re-wrap of a good file verifies (D-02).

use std::sync::LazyLock;

use handcarry_format::fixtures::{World, trust, world};
use handcarry_format::{Limits, examine};
use proptest::prelude::*;

static WORLD: LazyLock<World> = LazyLock::new(world);

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
    Utf16LeBom,
    Utf16BeBom,
}

fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let little = || text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = || text.encode_utf16().flat_map(u16::to_be_bytes);
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        Encoding::Utf16Le => little().collect(),
        Encoding::Utf16Be => big().collect(),
        Encoding::Utf16LeBom => [0xff, 0xfe].into_iter().chain(little()).collect(),
        Encoding::Utf16BeBom => [0xfe, 0xff].into_iter().chain(big()).collect(),
    }
}

/// The text in lines of other widths, each after `prefix` and before `suffix`.
fn wrap(text: &str, widths: &[usize], prefix: &str, suffix: &str, end: &str) -> String {
    let mut out = String::new();
    let mut widths = widths.iter().cycle();
    let mut rest = text;
    while !rest.is_empty() {
        let width = *widths.next().expect("a cycle does not end");
        let (head, tail) = rest.split_at(rest.len().min(width));
        out.extend([prefix, head, suffix, end]);
        rest = tail;
    }
    out
}

fn encodings() -> impl Strategy<Value = Encoding> {
    prop_oneof![
        Just(Encoding::Utf8),
        Just(Encoding::Utf8Bom),
        Just(Encoding::Utf16Le),
        Just(Encoding::Utf16Be),
        Just(Encoding::Utf16LeBom),
        Just(Encoding::Utf16BeBom),
    ]
}

const PREFIXES: [&str; 9] = ["", "> ", ">", ">> > ", "| ", "    ", "\t", "\u{a0}\u{a0}", "\u{200b} "];
const SUFFIXES: [&str; 5] = ["", " ", "  \t", "\u{a0}", "\u{200b}"];
const ENDS: [&str; 6] = ["\n", "\r\n", "\r", "\r\r\n", "\n\n", "\u{2028}"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn d_02_any_rewrap_of_a_good_file_verifies(
        file in 0_usize..8,
        widths in prop::collection::vec(1_usize..200, 1..6),
        prefix in prop::sample::select(&PREFIXES[..]),
        suffix in prop::sample::select(&SUFFIXES[..]),
        end in prop::sample::select(&ENDS[..]),
        encoding in encodings(),
        before in "Hi[A-Za-z0-9 .,;:!?=/\u{e0}-\u{ff}\u{410}-\u{44f}]{0,80}",
        after in "[A-Za-z0-9 .,;:!?=/\u{e0}-\u{ff}\u{4e00}-\u{4eff}]{0,80}",
        keep_lines in any::<bool>(),
    ) {
        let sealed = WORLD.files()[file].3;
        let text = &sealed.text[sealed.text.find("-----BEGIN").expect("armor")..];
        let body = if keep_lines {
            text.lines().flat_map(|line| [prefix, line, suffix, end]).collect()
        } else {
            wrap(&text.replace('\n', ""), &widths, prefix, suffix, end)
        };
        let changed = format!("{before}{end}{end}{body}{end}{after}");
        let result = examine(&encode(&changed, encoding), &trust(), &Limits::default());
        prop_assert!(result.document.is_ok(), "{:?}", result.document);
        prop_assert_eq!(result.digest, Some(sealed.digest));
    }

    #[test]
    fn d_18_a_random_splice_into_a_file_is_refused_or_changes_nothing(
        file in 0_usize..8,
        at in 0.0_f64..1.0,
        remove in 0_usize..40,
        insert in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let sealed = WORLD.files()[file].3;
        let mut bytes = sealed.text.as_bytes().to_vec();
        // Truncation is the purpose: a place somewhere in the file.
        let start = (at * bytes.len() as f64) as usize;
        let end = (start + remove).min(bytes.len());
        bytes.splice(start..end, insert);
        let result = examine(&bytes, &trust(), &Limits::default());
        if result.document.is_ok() {
            prop_assert_eq!(result.digest, Some(sealed.digest));
        }
    }

    #[test]
    fn nothing_in_any_bytes_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(examine(&bytes, &trust(), &Limits::default()).document.is_err());
    }

    #[test]
    fn nothing_between_begin_and_end_panics(
        inside in prop::collection::vec(any::<u8>(), 0..400),
        complete in any::<bool>(),
    ) {
        let mut bytes = b"-----BEGIN LICENSE-----\n".to_vec();
        bytes.extend(inside);
        if complete {
            bytes.extend(b"-----END LICENSE-----");
        }
        prop_assert!(examine(&bytes, &trust(), &Limits::default()).document.is_err());
    }
}
