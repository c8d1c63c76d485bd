use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

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
