//! The strict profile of JSON that payloads use (spec §5.1): objects without duplicate keys, integers
//! inside ±(2^53 − 1), no fractions or exponents, bounded depth, valid Unicode, nothing after the end.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::error::PayloadError;
use crate::ledger::Ledger;
use crate::parser::Parser;

/// The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
pub const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// Values that one text may have, usage entries aside (spec §6.3). They bound the memory of a tree, whatever the text:
/// a list of zeros has one in every other byte.
pub const MOST_VALUES: usize = 1_000_000;

/// Items that the list of usage entries may have, be they entries or not: no payload holds so many that are.
pub(crate) const MOST_ITEMS: usize = 2 * MOST_VALUES;

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
    Parser::new(bytes, usize::MAX).parse(depth, None).map_err(|(error, _)| error)
}

/// The same to be shown: of each array only the first `items`, and [`Json::More`] in place of the others.
pub fn parse_head(bytes: &[u8], depth: usize, items: usize) -> Result<Json<'_>, PayloadError> {
    Parser::new(bytes, items).parse(depth, None).map_err(|(error, _)| error)
}

/// The same for a document to be decoded: a usage report's entries become a [`Ledger`].
pub(crate) fn parse_document(bytes: &[u8], depth: usize) -> Result<Json<'_>, PayloadError> {
    Parser::new(bytes, usize::MAX).parse(depth, Some(&["usage", "entries"])).map_err(|(error, _)| error)
}

/// Parses an envelope; beside the error, whether the text just ends too early.
pub(crate) fn parse_or_cut(bytes: &[u8], depth: usize) -> Result<Json<'_>, (PayloadError, bool)> {
    Parser::new(bytes, usize::MAX).parse(depth, None)
}

/// Whether two members have one name.
pub(crate) fn has_twice(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
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
