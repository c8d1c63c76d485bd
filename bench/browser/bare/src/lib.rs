//! Strict Ed25519 verification and nothing else, built as the page is: what the page's speed is held against.
//!
//! It reads no file, no JSON and no base64: keys, signatures and messages lie in memory, parted already, as
//! `crates/format/examples/fleet.rs` writes them.

use ed25519_dalek::{Signature, VerifyingKey};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

const KEY: usize = 32;
const SIGNATURE: usize = 64;
const LENGTH: usize = 4;

/// Signatures to verify, with their keys and messages.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
#[derive(Debug)]
pub struct Signatures {
    bytes: Vec<u8>,
    /// Where each record begins, and where the last one ends.
    starts: Vec<usize>,
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
impl Signatures {
    /// Takes the records apart. What is no whole record ends the list.
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen(constructor))]
    pub fn new(bytes: Vec<u8>) -> Signatures {
        let mut starts = vec![0];
        let mut at = 0;
        while let Some(length) = bytes.get(at + KEY + SIGNATURE..at + KEY + SIGNATURE + LENGTH) {
            let length = length.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            at += KEY + SIGNATURE + LENGTH + length;
            if at > bytes.len() {
                break;
            }
            starts.push(at);
        }
        Signatures { bytes, starts }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Verifies so many of them, from this one on and around the end; how many hold.
    pub fn verify(&self, from: usize, count: usize) -> usize {
        let all = self.count().max(1);
        (from..from + count).filter(|place| self.holds(place % all) == Some(true)).count()
    }
}

impl Signatures {
    fn holds(&self, place: usize) -> Option<bool> {
        let record = self.bytes.get(*self.starts.get(place)?..*self.starts.get(place + 1)?)?;
        let (key, rest) = record.split_first_chunk::<KEY>()?;
        let (signature, rest) = rest.split_first_chunk::<SIGNATURE>()?;
        let message = rest.get(LENGTH..)?;
        let key = VerifyingKey::from_bytes(key).ok()?;
        Some(key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    fn record(seed: u8, message: &[u8]) -> Vec<u8> {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let length = u32::try_from(message.len()).unwrap().to_le_bytes();
        [&key.verifying_key().to_bytes()[..], &key.sign(message).to_bytes(), &length, message].concat()
    }

    #[test]
    fn what_holds_is_counted_and_what_does_not_is_not() {
        let mut bytes = [record(1, b"one"), record(2, b"another")].concat();
        let both = Signatures::new(bytes.clone());
        assert_eq!((both.count(), both.verify(0, 2), both.verify(1, 4)), (2, 2, 4));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert_eq!(Signatures::new(bytes.clone()).verify(0, 2), 1);
        assert_eq!(Signatures::new(bytes[..last].to_vec()).count(), 1);
    }
}
