use alloc::string::String;
use alloc::vec;
use core::fmt;

use crate::armor::armor;
use crate::digest::Digest;
use crate::document::{Document, DocumentFields};
use crate::envelope::{Envelope, SignatureLine, pae_head};
use crate::error::{PayloadCause, PayloadError};
use crate::fields::Fields;
use crate::json;
use crate::keys::SecretKey;
use crate::limits::Limits;
use crate::preamble::preamble;

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
    let envelope = sign(document, key)?;
    let text = armor(D::KIND, &envelope, &preamble::<D>(&envelope, portal));
    Ok(Sealed { text, digest: envelope.digest(), envelope })
}

fn sign<D: Document>(document: &D, key: &SecretKey) -> Result<Envelope, SealError> {
    let malformed = |_| SealError(PayloadError::new(PayloadCause::Syntax, "document"));
    let payload = serde_json::to_vec(document).map_err(malformed)?;
    let limits = Limits::default();
    let fields = json::parse_document(&payload, limits.depth)
        .and_then(|tree| Fields::of(tree, ""))
        .map_err(SealError)?;
    let too_much = |field| Err(SealError(PayloadError::new(PayloadCause::OutOfRange, field)));
    if payload.len() > limits.payload_of(D::KIND) {
        return too_much("document");
    }
    if fields.entries() > limits.entries {
        return too_much("usage.entries");
    }
    let again = D::decode(DocumentFields(fields)).map_err(SealError)?;
    debug_assert!(again == *document, "a document reads back as it was written");
    let media_type = D::KIND.media_type();
    let bytes = key.sign(&[&pae_head(&media_type, &payload), &payload]);
    Ok(Envelope { media_type, payload, signatures: vec![SignatureLine { key: key.public().id(), bytes }] })
}
