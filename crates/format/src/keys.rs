use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::ed25519::signature::{MultipartSigner as _, MultipartVerifier as _};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::digest::{hex_to_bytes, to_hex};

/// An Ed25519 public key (RFC 8032). Small-order keys cannot be made: they verify anything (spec §4.2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The first eight bytes of the SHA-256 of a public key. A name, never a proof: the key itself decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

/// The 64 bytes of a signature.
pub type SignatureBytes = [u8; 64];

/// An Ed25519 secret key. Its `Debug` shows the key id only; it is wiped when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl PublicKey {
    /// From the 32 bytes of RFC 8032; `None` if they are no point, or one of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Option<PublicKey> {
        VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(PublicKey)
    }

    /// Holds the place of a key that could not be read; never seen outside of this crate.
    pub(crate) fn stand_in() -> PublicKey {
        PublicKey(VerifyingKey::default())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// From standard base64, 44 characters.
    pub fn parse(text: &str) -> Option<PublicKey> {
        PublicKey::from_bytes(&PublicKey::bytes_of(text)?)
    }

    /// The 32 bytes of a key that may be none.
    pub(crate) fn bytes_of(text: &str) -> Option<[u8; 32]> {
        STANDARD.decode(text).ok()?.try_into().ok()
    }

    /// The key's short name.
    pub fn id(&self) -> KeyId {
        let hash: [u8; 32] = Sha256::digest(self.as_bytes()).into();
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        KeyId(id)
    }

    /// Strict verification: canonical `S`, canonical `R`, no small order, no cofactor (spec §4.2).
    pub fn verifies(&self, message: &[u8], signature: &SignatureBytes) -> bool {
        self.verifies_parts(&[message], signature)
    }

    /// The same for a message in parts, so that a large one need not be copied.
    pub(crate) fn verifies_parts(&self, message: &[&[u8]], signature: &SignatureBytes) -> bool {
        let signature = Signature::from_bytes(signature);
        // What `verify_strict` does, which takes its message in one piece. It compares `R` with the bytes of a point, so
        // that `R` itself need not be unpacked: of small order it is if it is one of those few.
        !self.0.is_weak()
            && !is_small_order(signature.r_bytes())
            && self.0.multipart_verify(message, &signature).is_ok()
    }
}

/// Whether the point with these bytes has an order of 1, 2, 4 or 8. Its bytes are the y coordinate, smallest byte first,
/// and in the last bit the sign of x.
fn is_small_order(point: &[u8; 32]) -> bool {
    let (last, middle) = (point[31] & 0x7f, &point[1..31]);
    let all = |byte: u8| middle.iter().all(|other| *other == byte);
    match point[0] {
        0 | 1 if last == 0 => all(0),
        0xec if last == 0x7f => all(0xff),
        _ => ORDER_8.iter().any(|y| point[..31] == y[..31] && last == y[31]),
    }
}

/// The two y coordinates of the four points of order 8.
const ORDER_8: [[u8; 32]; 2] = [
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
];

impl KeyId {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Holds the place of an id that could not be read; never seen outside of this crate.
    pub(crate) fn stand_in() -> KeyId {
        KeyId([0; 8])
    }

    /// Parses sixteen lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<KeyId> {
        hex_to_bytes(text).map(KeyId)
    }
}

impl SecretKey {
    /// From the 32-byte seed of RFC 8032, which the caller drew from a secure source.
    pub fn from_seed(seed: &[u8; 32]) -> SecretKey {
        SecretKey(SigningKey::from_bytes(seed))
    }

    /// The seed, to be stored where only its owner can read it.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[&[u8]]) -> SignatureBytes {
        self.0.multipart_sign(message).to_bytes()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = to_hex(&self.0);
        f.write_str(&text)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

impl serde::Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl serde::Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library says of the point with these bytes, if there is one.
    fn is_weak(bytes: &[u8; 32]) -> Option<bool> {
        VerifyingKey::from_bytes(bytes).ok().map(|point| point.is_weak())
    }

    #[test]
    fn points_of_small_order_are_known_by_their_bytes() {
        let one_byte = |first: u8, rest: u8, last: u8| {
            let mut bytes = [rest; 32];
            (bytes[0], bytes[31]) = (first, last);
            bytes
        };
        let small =
            [one_byte(0, 0, 0), one_byte(1, 0, 0), one_byte(0xec, 0xff, 0x7f), ORDER_8[0], ORDER_8[1]];
        for y in small {
            for sign in [0, 0x80] {
                let mut point = y;
                point[31] |= sign;
                assert!(is_small_order(&point));
                assert_ne!(is_weak(&point), Some(false), "{point:02x?}");
            }
            assert_eq!(is_weak(&y), Some(true), "{y:02x?}");
            // What differs in any one bit of y is another point, or none.
            for bit in 0..255 {
                let mut near = y;
                near[bit / 8] ^= 1 << (bit % 8);
                // A y from p on is no point's own spelling: no signature has it that is taken.
                let own = near[31] != 0x7f || near[1..31] != [0xff; 30] || near[0] < 0xed;
                assert_eq!(is_small_order(&near), own && is_weak(&near) == Some(true), "{near:02x?}");
            }
        }
        for seed in 0..64 {
            let key = SecretKey::from_seed(&[seed; 32]).public();
            assert!(!is_small_order(key.as_bytes()));
        }
    }
}
