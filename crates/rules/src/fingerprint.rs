use handcarry_format::{Fingerprint, FingerprintPart, Id, Source};

/// LMX-25: percent of the known fingerprint's weight that the present one still has, rounded down.
pub fn match_percent(known: &Fingerprint, present: &Fingerprint) -> u32 {
    percent(known.parts.iter(), present)
}

/// LMX-25: enough of the known fingerprint is there; a rate of 0 is always enough.
pub fn matches(known: &Fingerprint, present: &Fingerprint, match_rate: u32) -> bool {
    match_percent(known, present) >= match_rate
}

fn percent<'a>(known: impl Iterator<Item = &'a FingerprintPart>, present: &Fingerprint) -> u32 {
    let (mut same, mut all) = (0_u32, 0_u32);
    for part in known {
        all += part.weight;
        if has(present, part) {
            same += part.weight;
        }
    }
    // At most 32 parts of weight 100: no overflow.
    (same * 100).checked_div(all).unwrap_or(0)
}

fn has(fingerprint: &Fingerprint, part: &FingerprintPart) -> bool {
    fingerprint.parts.iter().any(|other| other.name == part.name && other.hash == part.hash)
}

/// D-09: the parts of the known fingerprint that the present one has not, or has otherwise.
pub fn differing(known: &Fingerprint, present: &Fingerprint) -> Vec<Id> {
    known.parts.iter().filter(|part| !has(present, part)).map(|part| part.name.clone()).collect()
}

/// D-10: the hardware is the same, whatever happened to the system on it. Two matching parts at least,
/// and three quarters of the weight both ways, so that machines of one model are told apart.
pub fn hardware_matches(known: &Fingerprint, present: &Fingerprint, match_rate: u32) -> bool {
    let hardware = |fingerprint: &Fingerprint| Fingerprint {
        parts: fingerprint.parts.iter().filter(|part| part.source == Source::Hardware).cloned().collect(),
    };
    let (known, present) = (hardware(known), hardware(present));
    let needed = match_rate.max(75);
    known.parts.iter().filter(|part| has(&present, part)).count() >= 2
        && match_percent(&known, &present) >= needed
        && match_percent(&present, &known) >= needed
}
