use alloc::string::String;
use core::fmt;

/// Groups in a license key.
pub const GROUPS: usize = 5;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A license key: five groups of four, the last of each a check character (D-17).
///
/// Crockford base32 without `I`, `L`, `O`, `U`; reading takes small letters, `O` for 0, `I` and `L` for 1,
/// and any separators. 75 bits are free. The check finds every wrong character, every two neighbours
/// swapped, and every group in another group's place.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LicenseKey(String);

/// What is wrong with a typed code, so that a page can mark the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// The group, counted from 1, does not fit its check character.
    Group(usize),
    /// A character that no code has, in this group, counted from 1.
    Character(usize),
    /// So many characters are there; twenty are needed.
    Length(usize),
}

impl LicenseKey {
    /// A fresh key from the caller's randomness; the highest 75 bits are used.
    pub fn from_random(bits: [u8; 10]) -> LicenseKey {
        let value = bits.iter().fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
        let mut text = String::new();
        for group in 0..GROUPS {
            if group > 0 {
                text.push('-');
            }
            let digits: [u8; 3] = core::array::from_fn(|i| (value >> (75 - 5 * (group * 3 + i)) & 31) as u8);
            for digit in digits.into_iter().chain([check(group, digits)]) {
                text.push(char::from(ALPHABET[usize::from(digit)]));
            }
        }
        LicenseKey(text)
    }

    /// Holds the place of a key that could not be read; never seen outside of this crate.
    pub(crate) fn stand_in() -> LicenseKey {
        LicenseKey(String::new())
    }

    /// Reads a key as a person types it.
    pub fn parse(text: &str) -> Result<LicenseKey, CodeError> {
        let mut digits = [0_u8; GROUPS * 4];
        let mut count = 0;
        for c in text.chars().filter(|c| !matches!(c, '-' | ' ' | '.' | '_' | '\u{2010}'..='\u{2015}')) {
            let group = count / 4 + 1;
            let digit = digit(c).ok_or(CodeError::Character(group.min(GROUPS)))?;
            if let Some(slot) = digits.get_mut(count) {
                *slot = digit;
            }
            count += 1;
            if count % 4 == 0 && count <= digits.len() {
                let d = &digits[count - 4..count];
                if check(group - 1, [d[0], d[1], d[2]]) != d[3] {
                    return Err(CodeError::Group(group));
                }
            }
        }
        if count != digits.len() {
            return Err(CodeError::Length(count));
        }
        let mut text = String::new();
        for (i, digit) in digits.into_iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(digit)]));
        }
        Ok(LicenseKey(text))
    }

    /// The key in groups, such as `K7QF-0012-…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first and the last group, as pages show a key.
    pub fn short(&self) -> String {
        [&self.0[..4], "-\u{2026}-", &self.0[self.0.len() - 4..]].concat()
    }
}

fn digit(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    // The alphabet has 32 letters, so the index fits.
    ALPHABET.iter().position(|letter| char::from(*letter) == c).map(|index| index as u8)
}

/// A weighted sum over GF(32): distinct non-zero weights find every single error and every transposition,
/// and the group's own constant finds groups that changed places.
fn check(group: usize, digits: [u8; 3]) -> u8 {
    let [a, b, c] = digits;
    times(a, 2) ^ times(b, 4) ^ times(c, 8) ^ (group as u8 + 1)
}

/// Multiplication in GF(2^5) with the polynomial x^5 + x^2 + 1.
fn times(a: u8, b: u8) -> u8 {
    let mut product = 0;
    for bit in 0..5 {
        if b >> bit & 1 == 1 {
            product ^= u16::from(a) << bit;
        }
    }
    for bit in (5..10).rev() {
        if product >> bit & 1 == 1 {
            product ^= 0b10_0101 << (bit - 5);
        }
    }
    // The reduction leaves five bits.
    product as u8
}

impl fmt::Display for LicenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LicenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl serde::Serialize for LicenseKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LicenseKey {
        LicenseKey::from_random([0x9d, 0x3e, 0x41, 0xc8, 0x77, 0x02, 0xab, 0x5f, 0x10, 0xe6])
    }

    #[test]
    fn d_17_a_key_is_read_as_people_type_it() {
        let spoken = key().as_str().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(LicenseKey::parse(&spoken), Ok(key()));
    }

    #[test]
    fn d_17_every_wrong_character_is_found_in_its_group() {
        let text = key().as_str().to_owned();
        for (place, was) in text.char_indices().filter(|(_, c)| *c != '-') {
            for other in ALPHABET.iter().map(|b| char::from(*b)).filter(|c| *c != was) {
                let mut typed = text.clone();
                typed.replace_range(place..=place, &other.to_string());
                assert_eq!(LicenseKey::parse(&typed), Err(CodeError::Group(place / 5 + 1)));
            }
        }
    }

    #[test]
    fn d_17_swapped_neighbours_and_groups_are_found() {
        let text = key().as_str().replace('-', "");
        for i in 0..text.len() - 1 {
            let mut typed: Vec<char> = text.chars().collect();
            typed.swap(i, i + 1);
            let typed: String = typed.into_iter().collect();
            assert!(typed == text || LicenseKey::parse(&typed).is_err(), "{typed}");
        }
        let groups: Vec<&str> = key().0.leak().split('-').collect();
        for (a, b) in [(0, 1), (0, 4), (2, 3)] {
            let mut typed = groups.clone();
            typed.swap(a, b);
            assert!(matches!(LicenseKey::parse(&typed.concat()), Err(CodeError::Group(_))));
        }
    }

    #[test]
    fn d_17_the_multiplication_is_a_field() {
        for a in 1..32 {
            let mut seen: Vec<u8> = (0..32).map(|b| times(a, b)).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 32);
        }
    }
}
