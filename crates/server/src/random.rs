//! Randomness, drawn before any unit of work: work may run twice, and must not differ.

use handcarry_format::{Id, LicenseKey, SecretKey};
use handcarry_rules::Fresh;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("without the system's randomness nothing may be issued");
    bytes
}

/// Bytes that nobody can guess.
pub fn secret() -> [u8; 32] {
    bytes()
}

/// A fresh id.
pub fn id() -> Id {
    Id::from_random(bytes())
}

/// A fresh license key.
pub fn license_key() -> LicenseKey {
    LicenseKey::from_random(bytes())
}

/// A fresh signing key.
pub fn secret_key() -> SecretKey {
    SecretKey::from_seed(&bytes())
}

/// Two groups of four characters that people can read to each other: `7QK2-M4XD`.
pub fn reference() -> String {
    let mut text = String::with_capacity(9);
    for (place, byte) in bytes::<8>().into_iter().enumerate() {
        if place == 4 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    text
}

/// Ids for whatever a decision may make.
pub fn fresh() -> Fresh {
    Fresh { activation: id(), license: id(), receipt: id(), receipt_number: format!("R-{}", reference()) }
}
