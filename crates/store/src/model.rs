use handcarry_format::{Digest, Id, Instant, Kind, PublicKey};
use handcarry_rules::TenantRules;

/// A tenant's number in this store. It comes from the host, the path or the session, never from a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub i64);

/// A vendor that this portal serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its number.
    pub id: TenantId,
    /// Its vendor id, which is its place in the path: `/t/{slug}/`.
    pub slug: Id,
    /// Its name.
    pub name: String,
    /// The host name that it is served under, if it has one of its own.
    pub host: Option<String>,
    /// The portal's address, as files and vendor files name it.
    pub portal: String,
    /// IANA name of the zone whose midnights its dates mean.
    pub zone: String,
    /// The pinned root key.
    pub root: PublicKey,
    /// The newest keyring file, armored.
    pub keyring: Option<String>,
    /// The theme as JSON, as `handcarry-theme` reads it; `{}` is the default look.
    pub theme: String,
    /// What it decides for all its licenses.
    pub rules: TenantRules,
    /// When it was made.
    pub created_at: Instant,
}

/// A document that was accepted, with the answer it got: the answer is sent again byte for byte (D-12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The document's id.
    pub id: Id,
    /// Its digest.
    pub digest: Digest,
    /// Its kind.
    pub kind: Kind,
    /// When it was accepted.
    pub at: Instant,
    /// The answer's bytes.
    pub answer: Vec<u8>,
}

/// A document to file with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// What is filed.
    pub filed: Filed,
    /// The activation that it is about.
    pub activation: Id,
    /// The number of its usage report, if it has one.
    pub report: Option<u32>,
    /// The document itself, as a DSSE JSON envelope.
    pub envelope: String,
}

/// A signed file that the portal issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedFile {
    /// Its digest.
    pub digest: Digest,
    /// License, receipt or keyring.
    pub kind: Kind,
    /// The activation that it is for.
    pub activation: Id,
    /// When it was issued.
    pub at: Instant,
    /// The armored text.
    pub text: String,
}

/// A signed file that the portal issued in the answer to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredFile {
    /// Its digest.
    pub digest: Digest,
    /// License or receipt.
    pub kind: Kind,
    /// The activation that it is for.
    pub activation: Id,
    /// When it was issued.
    pub at: Instant,
    /// The digest of the filed document in whose answer its text stands.
    pub document: Digest,
    /// Where: an RFC 6901 pointer to a string in the answer, which is JSON.
    pub place: &'static str,
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCase {
    /// Its id.
    pub id: Id,
    /// Why: a name of `handcarry_rules::CaseKind`.
    pub kind: String,
    /// The activation.
    pub activation: Id,
    /// The document that raised it, as a DSSE JSON envelope; kept even where the document was refused.
    pub envelope: String,
    /// Digest of that document. The same document opens a case of one kind once.
    pub digest: Digest,
    /// What was found, as JSON.
    pub findings: String,
    /// When.
    pub at: Instant,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its place in the order of opening: the cursor for the next page.
    pub seq: i64,
    /// The case.
    pub case: NewCase,
}

/// An entry to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogEntry {
    /// When.
    pub at: Instant,
    /// What happened, as a stable name such as `document.accepted`.
    pub event: String,
    /// The facts, as JSON. No secrets.
    pub data: String,
}

/// A log entry. Its hash covers the one before: an entry cannot be removed or changed without a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place, from 1, without gaps.
    pub seq: i64,
    /// The entry.
    pub entry: NewLogEntry,
    /// SHA-256 over tenant, place, the hash before, time, event and data; see [`crate::verify_log`].
    pub hash: Digest,
}

/// The end of a tenant's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// Place of the last entry.
    pub seq: i64,
    /// Its hash.
    pub hash: Digest,
}

/// A license whose kept number of taken seats is not what counting them gives. There should be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatDifference {
    /// The license.
    pub license: Id,
    /// What is kept beside it, and what decisions see.
    pub kept: i64,
    /// Its activations whose seat is taken.
    pub counted: i64,
}

/// A page of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Entries after this cursor; none = from the beginning.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Why a store call failed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A unique value is taken: which.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// A row that must be there is not.
    #[error("{0} is not there")]
    Missing(&'static str),
    /// It was changed since it was read: its revision did not rise.
    #[error("the {0} was changed meanwhile")]
    Stale(&'static str),
    /// A cursor that is none of this listing.
    #[error("the cursor is not one of this listing")]
    Cursor,
    /// A row cannot be read: the database was changed from outside, or by a newer version.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// The database was made by a newer version of this program.
    #[error("the database has schema {found}; this program knows {known}")]
    Newer {
        /// What is there.
        found: i64,
        /// What is known.
        known: i64,
    },
    /// The address names no database that this program can open: why.
    #[error("the store's address: {0}")]
    Address(&'static str),
    /// A write inside of [`crate::Store::read`].
    #[error("this unit of work may only read")]
    ReadOnly,
    /// More waits than the store takes, or another process holds the database. Trying later is right.
    #[error("the store is busy")]
    Busy,
    /// No room is left, on the disk or whatever else the engine takes of its machine: the engine's words for what.
    /// Nothing was stored, and somebody must make room.
    #[error("no room is left: {0}")]
    Full(String),
    /// The connection was lost over a commit, and it could not be found out what became of it. Asking, or doing
    /// the same again where that is harmless, is right.
    #[error("whether it was stored is not known")]
    Uncertain,
    /// The unit of work panicked; it was rolled back.
    #[error("the unit of work panicked")]
    Panicked,
    /// The store is closing.
    #[error("the store is closing")]
    Closed,
    /// The engine's own error.
    #[error("store: {0}")]
    Engine(String),
}
