//! The device's identity in parts, as salted hashes: the values never leave the machine (D-27).

#[cfg(feature = "test-fingerprint")]
mod file;
mod machine;

#[cfg(feature = "test-fingerprint")]
pub use file::FileFingerprint;
use handcarry_format::{Fingerprint, FingerprintPart, Id, Source};
use hmac::{Hmac, KeyInit as _, Mac as _};
pub use machine::Machine;
use sha2::Sha256;

/// Most parts that a document carries.
const PARTS: usize = 32;

/// Something that was measured on the machine, in clear. It never leaves this crate unhashed.
#[derive(Clone)]
pub struct MeasuredPart {
    /// What was measured: `board`, `system`, …
    pub name: Id,
    /// Where it comes from.
    pub source: Source,
    /// The value.
    pub value: String,
    /// How much it counts, 1 to 100.
    pub weight: u32,
}

impl std::fmt::Debug for MeasuredPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MeasuredPart({}, weight {})", self.name, self.weight)
    }
}

/// Where the parts of a fingerprint come from. An application can bring its own, such as a dongle's serial.
pub trait FingerprintSource: Send + Sync {
    /// Measures the machine. Parts that cannot be read are left out.
    fn measure(&self) -> Vec<MeasuredPart>;
}

/// Hashes what was measured: HMAC-SHA-256, keyed for this use and vendor, over part name and value; the first
/// sixteen bytes in hexadecimal. Two vendors cannot compare what they see.
pub fn fingerprint(vendor: &Id, parts: &[MeasuredPart]) -> Fingerprint {
    let mut hashed: Vec<FingerprintPart> = Vec::new();
    for part in parts {
        if hashed.len() == PARTS || hashed.iter().any(|known| known.name == part.name) {
            continue;
        }
        hashed.push(FingerprintPart {
            name: part.name.clone(),
            source: part.source,
            hash: hash(vendor, &part.name, &part.value),
            weight: part.weight.clamp(1, 100),
        });
    }
    Fingerprint { parts: hashed }
}

fn hash(vendor: &Id, name: &Id, value: &str) -> String {
    let key = format!("handcarry fingerprint v1\n{vendor}");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(name.as_str().as_bytes());
    mac.update(b"\n");
    mac.update(value.as_bytes());
    mac.finalize().into_bytes()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, value: &str) -> MeasuredPart {
        MeasuredPart {
            name: Id::new(name).unwrap(),
            source: Source::Hardware,
            value: value.into(),
            weight: 10,
        }
    }

    #[test]
    fn d_27_the_same_machine_looks_different_to_two_vendors() {
        let parts = [part("board", "SN-1")];
        let one = fingerprint(&Id::new("acme").unwrap(), &parts);
        let other = fingerprint(&Id::new("other").unwrap(), &parts);
        assert_ne!(one.parts[0].hash, other.parts[0].hash);
        assert_eq!(one.parts[0].hash.len(), 32);
        assert!(!format!("{parts:?}").contains("SN-1"));
    }

    #[test]
    fn lmx_25_two_of_three_parts_are_sixty_six_percent() {
        let vendor = Id::new("acme").unwrap();
        let known = fingerprint(&vendor, &[part("a", "1"), part("b", "2"), part("c", "3")]);
        let present = fingerprint(&vendor, &[part("a", "1"), part("b", "2"), part("c", "x")]);
        assert_eq!(handcarry_rules::match_percent(&known, &present), 66);
    }

    #[test]
    fn this_machine_has_a_fingerprint_and_it_is_the_same_again() {
        let (one, two) = (Machine.measure(), Machine.measure());
        let vendor = Id::new("acme").unwrap();
        assert!(one.len() >= 3, "{one:?}");
        assert_eq!(fingerprint(&vendor, &one), fingerprint(&vendor, &two));
    }
}
