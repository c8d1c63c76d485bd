use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use crate::instant::Instant;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A name that a machine gave: of a document, a license, an activation, a vendor, a product.
///
/// 1 to 64 characters of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit (spec §5.1). A copy shares the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// Longest id, in characters.
    pub const MAX: usize = 64;

    /// Parses an id; `None` if it is empty, too long or has another character.
    pub fn new(text: &str) -> Option<Id> {
        let first = *text.as_bytes().first()?;
        let fits = text.len() <= Self::MAX
            && first.is_ascii_alphanumeric()
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        fits.then(|| Id(text.into()))
    }

    /// A fresh id from 128 bits of the caller's randomness: 26 characters of Crockford base32.
    pub fn from_random(bits: [u8; 16]) -> Id {
        let value = u128::from_be_bytes(bits);
        let text: String =
            (0..26).rev().map(|i| char::from(ALPHABET[((value >> (i * 5)) & 31) as usize])).collect();
        Id(text.into())
    }

    /// A fresh id that comes after those of earlier moments, so that what is stored by its id is stored in order: 60
    /// bits of time, to the microsecond, and 68 of the caller's randomness. Before 1970 it is all of 1970.
    pub fn in_order(at: Instant, micros: u32, bits: [u8; 16]) -> Id {
        const RANDOM: u32 = 68;
        // At most 2^38 seconds, and 2^20 microseconds.
        let seconds = at.unix().max(0).unsigned_abs();
        let time = u128::from(seconds) << 20 | u128::from(micros.min(999_999));
        let random = u128::from_be_bytes(bits) & ((1 << RANDOM) - 1);
        Id::from_random((time << RANDOM | random).to_be_bytes())
    }

    /// Holds the place of an id that could not be read; never seen outside of this crate.
    pub(crate) fn stand_in() -> Id {
        Id("".into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_order_sort_by_their_time_and_differ_within_a_moment() {
        let id = |seconds, micros, random| {
            Id::in_order(Instant::from_unix(seconds).unwrap(), micros, [random; 16])
        };
        let rising = [
            id(-5, 0, 0),
            id(0, 1, 0),
            id(1, 0, 0xff),
            id(1, 1, 0),
            id(1, 999_999, 0xff),
            id(2, 0, 0),
            id(1_795_000_000, 5, 9),
            Id::in_order(crate::instant::MAX_INSTANT, u32::MAX, [0xff; 16]),
        ];
        assert!(rising.is_sorted_by(|one, next| one < next), "{rising:?}");
        assert!(rising.iter().all(|id| Id::new(id.as_str()).as_ref() == Some(id) && id.as_str().len() == 26));
        assert_ne!(id(7, 7, 1), id(7, 7, 2));
    }
}
