//! One line before the body of every state file: what it is, and a code over it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Key of the codes, derived from the device key: a file of another home does not fit in here.
///
/// It finds damage and mix-ups. It is no protection from the machine's owner, who can read the device key.
#[derive(Clone)]
pub(crate) struct FrameKey([u8; 32]);

impl FrameKey {
    /// The key for the files of the device with this seed.
    pub(crate) fn of_device(seed: &[u8; 32]) -> FrameKey {
        FrameKey(mac(seed, &[b"handcarry device state v1"]))
    }

    /// The key for the device key's own file, which no other key can protect.
    pub(crate) fn public() -> FrameKey {
        FrameKey(mac(b"handcarry device key file v1", &[]))
    }

    /// The body with its line.
    pub(crate) fn seal(&self, kind: &str, body: &str) -> Vec<u8> {
        format!("{}{body}", self.line(kind, body)).into_bytes()
    }

    /// The body of a file, if it is exactly what was written.
    pub(crate) fn open<'a>(&self, kind: &str, bytes: &'a [u8]) -> Option<&'a str> {
        let text = std::str::from_utf8(bytes).ok()?;
        let end = text.find('\n')? + 1;
        let (line, body) = text.split_at(end);
        (line == self.line(kind, body)).then_some(body)
    }

    /// The code of a ledger record: over it and, by the code before, over everything before it.
    pub(crate) fn link(&self, before: &str, record: &str) -> String {
        hex(&mac(&self.0, &[b"ledger\n", before.as_bytes(), b"\n", record.as_bytes()])[..8])
    }

    fn line(&self, kind: &str, body: &str) -> String {
        let code = mac(&self.0, &[kind.as_bytes(), b"\n", body.as_bytes()]);
        format!("handcarry-device/1 {kind} {}\n", hex(&code))
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
