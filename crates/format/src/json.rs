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
        value.map_err(|error| {
            let cause = self.cause.take().unwrap_or(PayloadCause::Syntax);
            let place =
                ["line ", &error.line().to_string(), ", column ", &error.column().to_string()].concat();
            (PayloadError { cause, field: place }, error.is_eof())
        })
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
    fn fail<E: serde::de::Error>(self, cause: PayloadCause) -> E {
        self.parser.cause.set(Some(cause));
        E::custom("")
    }

    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Value { depth, ledger: None, ..self }),
            None => Err(self.fail(PayloadCause::TooDeep)),
        }
    }

    /// Counts one value of those that may still come.
    fn one<E: serde::de::Error>(self) -> Result<(), E> {
        let left = self.parser.left.get().checked_sub(1);
        left.map(|left| self.parser.left.set(left)).ok_or_else(|| self.fail(PayloadCause::OutOfRange))
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

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Json<'de>, E> {
        if (-MAX_SAFE..=MAX_SAFE).contains(&value) {
            Ok(Json::Int(value))
        } else {
            Err(self.fail(PayloadCause::Number))
        }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Json<'de>, E> {
        i64::try_from(value)
            .map_err(|_| self.fail(PayloadCause::Number))
            .and_then(|value| self.visit_i64(value))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Json<'de>, E> {
        Err(self.fail(PayloadCause::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(value.into())))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
        let inside = self.inside()?;
        let parser = self.parser;
        let mut ledger = self.ledger.filter(|path| path.is_empty()).map(|_| Box::<Ledger<'de>>::default());
        let (mut list, mut more) = (Vec::new(), 0);
        loop {
            let left = parser.left.get();
            let Some(value) = seq.next_element_seed(inside)? else { break };
            match &mut ledger {
                None if list.len() < parser.items => {
                    self.one()?;
                    list.push(value);
                    continue;
                }
                None => more += 1,
                Some(ledger) if ledger.count < MOST_ITEMS => parser.spare.set(ledger.push(value)),
                Some(_) => return Err(self.fail(PayloadCause::OutOfRange)),
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
        let inside = self.inside()?;
        let mut members = self.parser.spare.take();
        while let Some(key) = map.next_key_seed(inside)? {
            // A key is a text, whatever the reader asks for.
            let Json::Text(key) = key else { continue };
            self.one()?;
            let ledger = self.ledger.and_then(|path| path.split_first());
            let ledger = ledger.filter(|(name, _)| key == **name).map(|(_, rest)| rest);
            members.push((key, map.next_value_seed(Value { ledger, ..inside })?));
        }
        if has_twice(&members) {
            Err(self.fail(PayloadCause::DuplicateKey))
        } else {
            Ok(Json::Object(members))
        }
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
