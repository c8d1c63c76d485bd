use crate::document::Kind;
use crate::error::Error;

/// What a reader is willing to take. Checked before anything is parsed (threat: denial of service by a file).
///
/// All sizes are bytes. `Default` is what browser, server and device share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole file, armor and preamble included.
    pub file: u64,
    /// The decoded payload of any document that is not named below.
    pub payload: usize,
    /// The decoded payload of a usage report or a deactivation, which carry usage entries, and of a pool file, which
    /// carries up to a thousand licenses.
    pub usage_payload: usize,
    /// Nesting of JSON arrays and objects.
    pub depth: usize,
    /// Signature lines of one document.
    pub signatures: usize,
    /// Entries of one usage report.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file: 96 << 20,
            payload: 1 << 20,
            usage_payload: 64 << 20,
            depth: 12,
            signatures: 4,
            entries: 1_000_000,
        }
    }
}

impl Limits {
    /// The largest payload of a kind.
    pub(crate) fn payload_of(&self, kind: Kind) -> usize {
        match kind {
            Kind::UsageReport | Kind::Deactivation | Kind::Pool => self.usage_payload,
            _ => self.payload,
        }
    }

    /// Refuses a file by its size alone, so that a caller need not read it (D-06).
    pub fn check_size(&self, size: u64) -> Result<(), Error> {
        if size > self.file { Err(Error::TooLarge { size, limit: self.file }) } else { Ok(()) }
    }
}
