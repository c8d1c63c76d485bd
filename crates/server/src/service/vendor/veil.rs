//! Answers that hold a secret are kept veiled: only the caller that got one can have it shown again.
//!
//! The mask is HMAC-SHA-256 in counter mode. Its key follows from the caller's token, of which the store has no more than
//! a hash; the nonce is fresh for each answer.

use handcarry_format::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a caller's answers are veiled with.
#[derive(Clone, PartialEq, Eq)]
pub struct Veil([u8; 32]);

impl std::fmt::Debug for Veil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Veil")
    }
}

impl Veil {
    /// The veil of a token's text.
    pub fn of(secret: &str) -> Veil {
        Veil(*Digest::of(&[b"handcarry veil ".as_slice(), secret.as_bytes()].concat()).as_bytes())
    }

    /// Veils a text, or takes the veil off again.
    #[must_use]
    pub fn over(&self, nonce: &str, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for (place, block) in (0_u64..).zip(text.chunks(32)) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key for HMAC");
            mac.update(&place.to_be_bytes());
            mac.update(nonce.as_bytes());
            let mask = mac.finalize().into_bytes();
            out.extend(block.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_veil_comes_off_for_its_own_token_and_nonce_only() {
        let text = b"a secret that is longer than one block of the mask is";
        let veil = Veil::of("hc_one");
        let veiled = veil.over("n1", text);
        assert_ne!(veiled, text);
        assert_eq!(veil.over("n1", &veiled), text);
        assert_ne!(veil.over("n2", &veiled), text);
        assert_ne!(Veil::of("hc_two").over("n1", &veiled), text);
        assert_eq!(format!("{veil:?}"), "Veil");
    }
}
