//! The same texts, read here and by a visitor that ends at the first thing that the profile forbids: verdict, value and end
//! are the same.

use std::cell::Cell;
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::error::PayloadCause;
use crate::json::{Json, MAX_SAFE, parse_or_cut};

const DEPTH: usize = 4;

/// What was read, or why not and whether the text just ends too early.
type Verdict = Result<String, (PayloadCause, bool)>;

fn here(text: &[u8]) -> Verdict {
    parse_or_cut(text, DEPTH).map(|value| format!("{value:?}")).map_err(|(error, cut)| (error.cause, cut))
}

fn there(text: &[u8]) -> Verdict {
    let cause = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let seed = Profile { depth: DEPTH, cause: &cause };
    let value = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value
        .map(|value| format!("{value:?}"))
        .map_err(|error| (cause.take().unwrap_or(PayloadCause::Syntax), error.is_eof()))
}

#[derive(Clone, Copy)]
struct Profile<'a> {
    depth: usize,
    cause: &'a Cell<Option<PayloadCause>>,
}

impl Profile<'_> {
    fn fail<E: Error>(self, cause: PayloadCause) -> E {
        self.cause.set(Some(cause));
        E::custom("")
    }

    fn inside<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| self.fail(PayloadCause::TooDeep))?;
        Ok(Profile { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Profile<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Profile<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json<'de>, E> {
        let safe = (-MAX_SAFE..=MAX_SAFE).contains(&value);
        if safe { Ok(Json::Int(value)) } else { Err(self.fail(PayloadCause::Number)) }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'de>, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json<'de>, E> {
        Err(self.fail(PayloadCause::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inside)? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let inside = self.inside()?;
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            members.push((key.into(), map.next_value_seed(inside)?));
        }
        let twice = (1..members.len()).any(|i| members[..i].iter().any(|(name, _)| *name == members[i].0));
        if twice { Err(self.fail(PayloadCause::DuplicateKey)) } else { Ok(Json::Object(members)) }
    }
}

/// Pieces of JSON, and of what is nearly JSON.
const PIECES: [&[u8]; 64] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"[",
    b"]",
    b",",
    b",",
    b":",
    b":",
    b" ",
    b"\n\r\t",
    b"\"a\"",
    b"\"a\":",
    b"\"b\":",
    b"{\"a\":1",
    b"{\"a\":",
    b"\"\"",
    b"\"",
    b"\\",
    b"\"\\n\\\"\"",
    b"\"\\u00e9x\"",
    b"\"\\ud83d\\uDE00\"",
    b"\"\\ud83d\"",
    b"\"\\ud83d",
    b"\"\\ud83d\\u0041\"",
    b"\"\\udc00\"",
    b"\"\\ud83d\\ud83d\"",
    b"\"\\u12",
    b"\"\\u12g4\"",
    b"\"\\x\"",
    b"\"\xc3\xa9\"",
    b"\"\xff\"",
    b"\xff",
    b"\"\x01\"",
    b"\"\x7f\"",
    b"\x00",
    b"0",
    b"-0",
    b"00",
    b"-",
    b"-1",
    b"12",
    b"1.",
    b"1.5",
    b".5",
    b"1e",
    b"1e5",
    b"1E+2",
    b"0e-1",
    b"1.5e",
    b"1e999",
    b"9007199254740991",
    b"-9007199254740991",
    b"9007199254740992",
    b"9223372036854775808",
    b"18446744073709551616",
    b"true",
    b"tru",
    b"false",
    b"null",
    b"nul",
    b"nulL",
    b"\xef\xbb\xbf",
];

fn value() -> impl Strategy<Value = String> {
    let string = "[a-c\\u{e9}\\u{1f600}]{0,3}".prop_map(|text| format!("\"{text}\""));
    let leaf = prop_oneof![
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(|number| number.to_string()),
        (-20..20_i64).prop_map(|number| number.to_string()),
        string.clone(),
        Just("true".to_owned()),
        Just("null".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let members = vec((string.clone(), inner.clone()), 0..4).prop_map(|members| {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            format!("{{{}}}", members.join(","))
        });
        prop_oneof![vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(" ,"))), members]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_is_nearly_json_has_the_verdict_of_a_reader_that_stops_at_once(pieces in vec(0..PIECES.len(), 0..9)) {
        let text = pieces.into_iter().map(|piece| PIECES[piece]).collect::<Vec<_>>().concat();
        prop_assert_eq!(here(&text), there(&text), "{}", text.escape_ascii());
    }

    #[test]
    fn json_has_the_verdict_of_a_reader_that_stops_at_once_whole_cut_and_with_a_wrong_byte(
        value in value(), cut in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut text = value.into_bytes();
        prop_assert_eq!(here(&text), there(&text), "{}", text.escape_ascii());
        let cut = &text[..cut.index(text.len())];
        prop_assert_eq!(here(cut), there(cut), "{}", cut.escape_ascii());
        let at = at.index(text.len());
        text[at] = byte;
        prop_assert_eq!(here(&text), there(&text), "{}", text.escape_ascii());
    }
}

#[test]
fn the_place_of_an_error_is_its_line_and_column() {
    let place = |text: &str| parse_or_cut(text.as_bytes(), DEPTH).unwrap_err().0.field;
    assert_eq!(place("{\n \"a\": x}"), "line 2, column 7");
    assert_eq!(place("["), "line 1, column 1");
    assert_eq!(place(""), "line 1, column 0");
}
