//! The strict profile of JSON that payloads use (spec §5.1): objects without duplicate keys, integers
//! inside ±(2^53 − 1), no fractions or exponents, bounded depth, valid Unicode, nothing after the end.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{PayloadCause, PayloadError};
use crate::ledger::Ledger;

/// The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
pub const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// Values that one text may have, usage entries aside (spec §6.3). They bound the memory of a tree, whatever the text:
/// a list of zeros has one in every other byte.
pub const MOST_VALUES: usize = 1_000_000;

/// Items that the list of usage entries may have, be they entries or not: no payload holds so many that are.
const MOST_ITEMS: usize = 2 * MOST_VALUES;

/// A value of the strict profile. It borrows from the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer inside ±(2^53 − 1).
    Int(i64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object, in the order it was written; its keys are distinct.
    Object(Members<'a>),
    /// At the end of an array that [`parse_head`] has cut: how many items follow.
    More(usize),
    /// The entries of a usage report, decoded while they were parsed. Only in what this crate decodes.
    #[doc(hidden)]
    Ledger(Box<Ledger<'a>>),
}

/// The members of an object.
pub type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

impl<'a> Json<'a> {
    /// The member of an object; `None` if this is no object or has no such member.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
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
pub fn parse(bytes: &[u8], depth: usize) -> Result<Json<'_>, PayloadError> {
    Parser::new(usize::MAX).parse(bytes, depth, None).map_err(|(error, _)| error)
}

/// The same to be shown: of each array only the first `items`, and [`Json::More`] in place of the others.
pub fn parse_head(bytes: &[u8], depth: usize, items: usize) -> Result<Json<'_>, PayloadError> {
    Parser::new(items).parse(bytes, depth, None).map_err(|(error, _)| error)
}

/// The same for a document to be decoded: a usage report's entries become a [`Ledger`].
pub(crate) fn parse_document(bytes: &[u8], depth: usize) -> Result<Json<'_>, PayloadError> {
    Parser::new(usize::MAX).parse(bytes, depth, Some(&["usage", "entries"])).map_err(|(error, _)| error)
}

/// Parses an envelope; beside the error, whether the text just ends too early.
pub(crate) fn parse_or_cut(bytes: &[u8], depth: usize) -> Result<Json<'_>, (PayloadError, bool)> {
    Parser::new(usize::MAX).parse(bytes, depth, None)
}

/// What all the values of a text share.
struct Parser<'de> {
    cause: Cell<Option<PayloadCause>>,
    /// Values that may still come.
    left: Cell<usize>,
    /// Items of an array that are kept.
    items: usize,
    /// An emptied object of before: a ledger has a million small ones, and needs no memory for each.
    spare: Cell<Members<'de>>,
}

impl<'de> Parser<'de> {
    fn new(items: usize) -> Parser<'de> {
        let (cause, left, spare) = (Cell::default(), Cell::new(MOST_VALUES), Cell::default());
        Parser { cause, left, items, spare }
    }

    #[inline(never)]
    fn parse(&self, bytes: &'de [u8], depth: usize, ledger: Path) -> Result<Json<'de>, (PayloadError, bool)> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let value = Value { depth, ledger, parser: self }
            .deserialize(&mut reader)
            .and_then(|value| reader.end().map(|()| value));
        let cause = self.cause.take();
        let (line, column, cut) = match (value, cause) {
            (Ok(value), None) => return Ok(value),
            // The whole of it is read: it is a number that is none of ours, or an object that ends here.
            (Ok(_), Some(_)) => (1, bytes.len(), false),
            (Err(error), _) => (error.line(), error.column(), error.is_eof() && cause.is_none()),
        };
        let place = ["line ", &line.to_string(), ", column ", &column.to_string()].concat();
        Err((PayloadError { cause: cause.unwrap_or(PayloadCause::Syntax), field: place }, cut))
    }
}

/// The way from here to the usage entries; `None` if they are not below here.
type Path = Option<&'static [&'static str]>;

#[derive(Clone, Copy)]
struct Value<'p, 'de> {
    depth: usize,
    ledger: Path,
    parser: &'p Parser<'de>,
}

impl Value<'_, '_> {
    /// Notes what is wrong, if nothing was before. Whoever reads an array or object stops then in the midst of it, at which
    /// the reader fails too: an error of ours would bring along how the library takes its texts apart.
    fn fail<'de>(self, cause: PayloadCause) -> Json<'de> {
        self.parser.cause.set(self.parser.cause.get().or(Some(cause)));
        Json::Null
    }

    /// Whether something is wrong so far.
    fn failed(self) -> bool {
        self.parser.cause.get().is_some()
    }

    /// Counts one value of those that may still come; `false` if none may.
    fn one(self) -> bool {
        let left = self.parser.left.get().checked_sub(1);
        left.map(|left| self.parser.left.set(left)).is_some()
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, 'de> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
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

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        let safe = (-MAX_SAFE..=MAX_SAFE).contains(&value);
        Ok(if safe { Json::Int(value) } else { self.fail(PayloadCause::Number) })
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Json<'de>, E> {
        self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(self.fail(PayloadCause::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.into())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let Some(depth) = self.depth.checked_sub(1) else { return Ok(self.fail(PayloadCause::TooDeep)) };
        let inside = Value { depth, ledger: None, ..self };
        let parser = self.parser;
        let mut ledger = self.ledger.filter(|path| path.is_empty()).map(|_| Box::<Ledger<'de>>::default());
        let (mut list, mut more) = (Vec::new(), 0);
        loop {
            let left = parser.left.get();
            let Some(value) = seq.next_element_seed(inside)? else { break };
            if self.failed() {
                return Ok(Json::Null);
            }
            match &mut ledger {
                None if list.len() < parser.items => {
                    if !self.one() {
                        return Ok(self.fail(PayloadCause::OutOfRange));
                    }
                    list.push(value);
                    continue;
                }
                None => more += 1,
                Some(ledger) if ledger.count < MOST_ITEMS => parser.spare.set(ledger.push(value)),
                Some(_) => return Ok(self.fail(PayloadCause::OutOfRange)),
            }
            // What is not kept takes no memory.
            parser.left.set(left);
        }
        if more > 0 {
            list.push(Json::More(more));
        }
        Ok(ledger.map_or(Json::List(list), Json::Ledger))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let Some(depth) = self.depth.checked_sub(1) else { return Ok(self.fail(PayloadCause::TooDeep)) };
        let inside = Value { depth, ledger: None, ..self };
        let mut members = self.parser.spare.take();
        while let Some(key) = map.next_key_seed(inside)? {
            // A key is a text, whatever the reader asks for.
            let Json::Text(key) = key else { continue };
            if !self.one() {
                return Ok(self.fail(PayloadCause::OutOfRange));
            }
            let ledger = self.ledger.and_then(|path| path.split_first());
            let ledger = ledger.filter(|(name, _)| key == **name).map(|(_, rest)| rest);
            members.push((key, map.next_value_seed(Value { ledger, ..inside })?));
            if self.failed() {
                return Ok(Json::Null);
            }
        }
        Ok(if has_twice(&members) { self.fail(PayloadCause::DuplicateKey) } else { Json::Object(members) })
    }
}

fn has_twice(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
