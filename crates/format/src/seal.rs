use alloc::string::String;
use alloc::vec;
use core::fmt;

use crate::armor::armor_of;
use crate::digest::Digest;
use crate::document::{Document, DocumentFields, Kind};
use crate::envelope::{Envelope, SignatureLine, pae_head};
use crate::error::{PayloadCause, PayloadError};
use crate::fields::Fields;
use crate::json;
use crate::keys::SecretKey;
use crate::limits::Limits;
use crate::preamble;

/// A signed document, ready to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The file: preamble and armor.
    pub text: String,
    /// The same document, to embed.
    pub envelope: Envelope,
    /// Its digest.
    pub digest: Digest,
}

/// The document would not open again: it breaks its own limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealError(pub PayloadError);

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot seal: {}", self.0)
    }
}

impl core::error::Error for SealError {}

/// Signs a document and writes it as a file. What a reader would refuse is never written.
///
/// `portal` is the address that the preamble names, if there is one.
pub fn seal<D: Document>(document: &D, key: &SecretKey, portal: Option<&str>) -> Result<Sealed, SealError> {
    let malformed = |_| SealError(PayloadError::new(PayloadCause::Syntax, "document"));
    let payload = serde_json::to_vec(document).map_err(malformed)?;
    let limits = Limits::default();
    if payload.len() > limits.payload_of(D::KIND) {
        return Err(SealError(PayloadError::new(PayloadCause::OutOfRange, "document")));
    }
    let preamble = read_back(document, &payload, &limits, portal).map_err(SealError)?;
    let media_type = D::KIND.media_type();
    let bytes = key.sign(&[&pae_head(&media_type, &payload), &payload]);
    let signatures = vec![SignatureLine { key: key.public().id(), bytes }];
    let envelope = Envelope { media_type, payload, signatures };
    let digest = envelope.digest();
    Ok(Sealed { text: armor_of(D::KIND, &envelope, &digest, &preamble), digest, envelope })
}

/// Reads a payload as its reader will, and writes the text above it.
fn read_back<D: Document>(
    document: &D,
    payload: &[u8],
    limits: &Limits,
    portal: Option<&str>,
) -> Result<String, PayloadError> {
    let tree = json::parse_document(payload, limits.depth)?;
    // Usage entries are no tree any more; of those few that are printed there is one in a parse of its own.
    let has_ledger = matches!(D::KIND, Kind::Deactivation | Kind::UsageReport);
    let preamble = match has_ledger {
        true => preamble::of_payload::<D>(payload, portal),
        false => preamble::of_content::<D>(&tree, portal),
    };
    let fields = Fields::of(tree, "")?;
    if fields.entries() > limits.entries {
        return Err(PayloadError::new(PayloadCause::OutOfRange, "usage.entries"));
    }
    #[cfg(feature = "fast")]
    fields.expect_key(document.device_key());
    let again = D::decode(DocumentFields(fields))?;
    debug_assert!(again == *document, "a document reads back as it was written");
    Ok(preamble)
}
