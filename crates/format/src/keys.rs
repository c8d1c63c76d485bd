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
        let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
        PublicKey::from_bytes(&bytes)
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
        // What `verify_strict` does, which takes its message in one piece.
        let strict = |point: &VerifyingKey| !point.is_weak();
        strict(&self.0)
            && VerifyingKey::from_bytes(signature.r_bytes()).is_ok_and(|point| strict(&point))
            && self.0.multipart_verify(message, &signature).is_ok()
    }
}

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
