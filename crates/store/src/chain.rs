use handcarry_format::{Digest, Instant};
use sha2::{Digest as _, Sha256};

use crate::{LogHead, NewLogEntry, Page, StoreError, TenantId, Tx};

/// What stands before the first entry.
pub(crate) fn start() -> Digest {
    Digest::from_bytes([0; 32])
}

/// Entries that are checked at a time.
const STEP: u32 = 1000;

/// SHA-256 over the six fields, each after its length as eight bytes, so that none can flow into the next.
pub(crate) fn hash(tenant: TenantId, seq: i64, previous: &Digest, entry: &NewLogEntry) -> Digest {
    let mut hash = Sha256::new();
    let fields: [&[u8]; 6] = [
        &tenant.0.to_be_bytes(),
        &seq.to_be_bytes(),
        previous.as_bytes(),
        &entry.at.unix().to_be_bytes(),
        entry.event.as_bytes(),
        entry.data.as_bytes(),
    ];
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    Digest::from_bytes(hash.finalize().into())
}

/// What checking a tenant's log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogCheck {
    /// Every entry is there and as it was written.
    Whole {
        /// The end of the chain, for a note outside of this database; none = an empty log.
        head: Option<LogHead>,
    },
    /// The entry at this place is not the one that was written, or is missing.
    Broken {
        /// Its place.
        seq: i64,
        /// The time of the last entry that is right.
        after: Option<Instant>,
    },
}

/// Follows a tenant's log from its first entry to its head (D-28), inside one [`crate::Store::read`].
///
/// The hash of an entry is SHA-256 over six fields, each preceded by its length in bytes as an unsigned
/// 64-bit integer: the tenant's number; the entry's place; the hash of the entry before, 32 zero bytes for
/// the first; its time in seconds since 1970; its event; its data. All integers are 64 bits, big-endian.
///
/// This finds what was changed, removed or cut off inside the database. Somebody who can rewrite all of it
/// can make a new chain: only a head that was noted elsewhere shows that.
pub fn verify_log(tx: &mut dyn Tx, tenant: TenantId) -> Result<LogCheck, StoreError> {
    let (mut seq, mut last, mut after) = (0, start(), None);
    loop {
        let page = Page { after: Some(seq.to_string()), limit: STEP };
        let entries = tx.log(tenant, &page)?;
        let full = entries.len() == STEP as usize;
        for entry in entries {
            if entry.seq != seq + 1 || entry.hash != hash(tenant, entry.seq, &last, &entry.entry) {
                return Ok(LogCheck::Broken { seq: seq + 1, after });
            }
            (seq, last, after) = (entry.seq, entry.hash, Some(entry.entry.at));
        }
        if !full {
            break;
        }
    }
    let head = tx.log_head(tenant)?;
    let expected = (seq > 0).then_some(LogHead { seq, hash: last });
    if head == expected { Ok(LogCheck::Whole { head }) } else { Ok(LogCheck::Broken { seq: seq + 1, after }) }
}
