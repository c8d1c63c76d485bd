use alloc::vec::Vec;

use serde::Serialize;

use crate::document::{Document, DocumentFields, Kind, Vendor};
use crate::error::{PayloadCause, PayloadError};
use crate::fields::{Fields, MANY};
use crate::id::Id;
use crate::instant::Instant;
use crate::json::repeats;
use crate::keys::{KeyId, PublicKey};

type Result<T> = core::result::Result<T, PayloadError>;

/// The root key's list of keys that may issue (spec §5.7). Signed by the root key, which stays offline.
///
/// Retired keys stay in the list: what they signed while they were valid stays good (D-19).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Keyring {
    /// The document's id.
    pub id: Id,
    /// Whose keys these are.
    pub vendor: Vendor,
    /// Rises with every keyring; a reader keeps the newest it has seen.
    pub version: u32,
    /// When it was signed.
    pub issued_at: Instant,
    /// The keys.
    pub keys: Vec<IssuingKey>,
    /// Keys that are no longer trusted.
    pub revoked: Vec<Revocation>,
}

/// A key that may issue licenses and receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "role", rename = "issuing")]
pub struct IssuingKey {
    /// The key.
    pub key: PublicKey,
    /// The one product that it may sign for; none = all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Id>,
    /// May sign from this instant on.
    pub not_before: Instant,
    /// May sign before this instant; none = until retired or revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Instant>,
}

/// A key that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revocation {
    /// Which.
    pub key: KeyId,
    /// The cut-off: what it issued at or after this instant is refused.
    pub since: Instant,
}

impl Document for Keyring {
    const KIND: Kind = Kind::Keyring;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.issued_at
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let keyring = Keyring {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            version: fields.count("version", 1),
            issued_at: fields.instant("issued_at"),
            keys: fields.list("keys", MANY, read_key),
            revoked: fields.list("revoked", MANY, |revoked| Revocation {
                key: revoked.key_id("key"),
                since: revoked.instant("since"),
            }),
        };
        let ids: Vec<KeyId> = keyring.keys.iter().map(|key| key.key.id()).collect();
        if repeats(ids.iter().map(KeyId::as_bytes).collect()) {
            fields.wrong(PayloadCause::OutOfRange, "keys");
        }
        fields.finish_document()?;
        Ok(keyring)
    }
}

fn read_key(fields: &mut Fields<'_>) -> IssuingKey {
    let key = IssuingKey {
        key: fields.key("key"),
        product: fields.parsed_maybe("product", Id::new),
        not_before: fields.instant("not_before"),
        not_after: fields.instant_maybe("not_after"),
    };
    // The role is written so that a later one cannot be taken for this one.
    fields.choice("role", &["issuing"]);
    key
}
