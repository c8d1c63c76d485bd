//! Randomness, drawn before any unit of work: work may run twice, and must not differ.

use handcarry_format::{Id, LicenseKey, SecretKey};
use handcarry_rules::Fresh;

use crate::clock::Clock;

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
    spelled(bytes())
}

fn spelled(random: [u8; 8]) -> String {
    let mut text = String::with_capacity(9);
    for (place, byte) in random.into_iter().enumerate() {
        if place == 4 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    text
}

/// Ids for whatever a decision may make. Activations are stored in the order of their ids, so those follow the time.
pub fn fresh(clock: &dyn Clock) -> Fresh {
    // All of it is drawn at once: to ask the system costs more than what it gives.
    let random: [u8; 56] = bytes();
    let part = |place: usize| {
        let mut bits = [0; 16];
        bits.copy_from_slice(&random[16 * place..16 * (place + 1)]);
        bits
    };
    let mut number = [0; 8];
    number.copy_from_slice(&random[48..]);
    let (now, micros) = clock.fine();
    Fresh {
        activation: Id::in_order(now, micros, part(0)),
        license: Id::from_random(part(1)),
        receipt: Id::from_random(part(2)),
        receipt_number: format!("R-{}", spelled(number)),
    }
}
