use handcarry_format::{Digest, Fingerprint};

/// The reference id of a device (ICE-01): its fingerprint, short enough to be read over a telephone. `3F2A-91BC-0D44-7E18`.
///
/// It does not depend on the order of the parts, and changes when any of them does.
pub fn reference_id(fingerprint: &Fingerprint) -> String {
    let mut parts: Vec<String> =
        fingerprint.parts.iter().map(|part| format!("{}={}\n", part.name, part.hash)).collect();
    parts.sort();
    let hex = Digest::of(parts.concat().as_bytes()).hex().to_uppercase();
    [0, 4, 8, 12].map(|from| &hex[from..from + 4]).join("-")
}
