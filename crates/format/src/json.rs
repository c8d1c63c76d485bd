//! The strict profile of JSON that payloads use (spec §5.1): objects without duplicate keys, integers
//! inside ±(2^53 − 1), no fractions or exponents, bounded depth, valid Unicode, nothing after the end.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{PayloadCause, PayloadError};

/// The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
pub const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// A value of the strict profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer inside ±(2^53 − 1).
    Int(i64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order it was written; its keys are distinct.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member of an object; `None` if this is no object or has no such member.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Parses one value of the strict profile; arrays and objects nest at most `depth` deep.
pub fn parse(bytes: &[u8], depth: usize) -> Result<Json, PayloadError> {
    parse_or_cut(bytes, depth).map_err(|(error, _)| error)
}

/// The same; beside the error, whether the text just ends too early.
pub(crate) fn parse_or_cut(bytes: &[u8], depth: usize) -> Result<Json, (PayloadError, bool)> {
    let cause = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Value { depth, cause: &cause }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        let cause = cause.take().unwrap_or(PayloadCause::Syntax);
        let place = ["line ", &error.line().to_string(), ", column ", &error.column().to_string()].concat();
        (PayloadError { cause, field: place }, error.is_eof())
    })
}

#[derive(Clone, Copy)]
struct Value<'a> {
    depth: usize,
    cause: &'a Cell<Option<PayloadCause>>,
}

impl Value<'_> {
    fn fail<E: serde::de::Error>(self, cause: PayloadCause) -> E {
        self.cause.set(Some(cause));
        E::custom("")
    }

    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Value { depth, ..self }),
            None => Err(self.fail(PayloadCause::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Json, E> {
        if (-MAX_SAFE..=MAX_SAFE).contains(&value) {
            Ok(Json::Int(value))
        } else {
            Err(self.fail(PayloadCause::Number))
        }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Json, E> {
        i64::try_from(value)
            .map_err(|_| self.fail(PayloadCause::Number))
            .and_then(|value| self.visit_i64(value))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Json, E> {
        Err(self.fail(PayloadCause::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(inside)? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let inside = self.inside()?;
        let mut members: Vec<(String, Json)> = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            members.push((key, map.next_value_seed(inside)?));
        }
        if has_twice(&members) {
            Err(self.fail(PayloadCause::DuplicateKey))
        } else {
            Ok(Json::Object(members))
        }
    }
}

fn has_twice(members: &[(String, Json)]) -> bool {
    // A ledger has a million small objects: no allocation for each of them.
    if members.len() <= 8 {
        return (1..members.len()).any(|i| members[..i].iter().any(|(name, _)| *name == members[i].0));
    }
    repeats(members.iter().map(|(name, _)| name.as_bytes()).collect())
}

/// Whether any of these is there twice. Sorting keeps it at n log n: a million keys must not cost a million squared.
///
/// Not generic: every type of key would bring a sort of its own into the page.
pub(crate) fn repeats(mut keys: Vec<&[u8]>) -> bool {
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}
