use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::ser::SerializeStruct as _;

use crate::digest::Digest;
use crate::error::EnvelopeError;
use crate::json::Json;
use crate::keys::{KeyId, SignatureBytes};

/// A payload with its type and signatures: what the armor and a DSSE JSON envelope both carry.
///
/// Nothing in it is verified. It serializes as a DSSE JSON envelope, which is how one document is
/// embedded in another (spec §4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The signed type.
    pub media_type: String,
    /// The signed bytes.
    pub payload: Vec<u8>,
    /// One or more signatures by different keys.
    pub signatures: Vec<SignatureLine>,
}

/// More than any limit allows; each signature is compared with all before it, so their number is bounded here.
const MOST_SIGNATURES: usize = 64;

/// One signature and the key that is said to have made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// The key's id: a hint for finding the key, never trusted.
    pub key: KeyId,
    /// The signature.
    pub bytes: SignatureBytes,
}

/// The DSSE pre-authentication encoding of a type and a payload: the bytes that are signed (spec §4.1).
pub fn pae(media_type: &str, payload: &[u8]) -> Vec<u8> {
    [&pae_head(media_type, payload), payload].concat()
}

/// What stands before the payload in it.
pub(crate) fn pae_head(media_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(media_type.len() + 40);
    out.extend_from_slice(b"DSSEv1 ");
    out.extend_from_slice(media_type.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(media_type.as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload.len().to_string().as_bytes());
    out.push(b' ');
    out
}

impl Envelope {
    /// The payload's digest: the document's identity.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.payload)
    }

    /// Holds the place of an envelope that could not be read; never seen outside of this crate.
    pub(crate) fn stand_in() -> Envelope {
        Envelope { media_type: String::new(), payload: Vec::new(), signatures: Vec::new() }
    }

    /// From a DSSE JSON envelope. As DSSE wants it, unknown members are ignored and both base64 alphabets
    /// are taken; a signature whose key id is none of ours is passed over.
    pub fn from_json(value: &Json<'_>) -> Result<Envelope, EnvelopeError> {
        let (Some(media_type), Some(payload), Some(Json::List(list))) =
            (text(value, "payloadType"), text(value, "payload"), value.get("signatures"))
        else {
            return Err(EnvelopeError::NotDsse);
        };
        let payload = from_base64(payload)?;
        let mut signatures: Vec<SignatureLine> = Vec::new();
        for item in list {
            let Some(base64) = text(item, "sig") else { return Err(EnvelopeError::NotDsse) };
            let Some(key) = text(item, "keyid").and_then(KeyId::parse) else { continue };
            let bytes = from_base64(base64)?.try_into().map_err(|_| EnvelopeError::SignatureLength)?;
            if signatures.len() == MOST_SIGNATURES {
                return Err(EnvelopeError::TooManySignatures);
            }
            if signatures.iter().any(|line| line.key == key) {
                return Err(EnvelopeError::DuplicateSignature);
            }
            signatures.push(SignatureLine { key, bytes });
        }
        if signatures.is_empty() {
            return Err(EnvelopeError::Unsigned);
        }
        Ok(Envelope { media_type: media_type.into(), payload, signatures })
    }

    /// The DSSE JSON envelope, compact.
    pub fn to_json(&self) -> String {
        // In one piece: a large payload is neither copied nor looked through for characters to escape.
        let mut out = String::with_capacity(self.payload.len() / 3 * 4 + 512);
        // A type and lists of texts: nothing can fail to serialize.
        out.push_str("{\"payloadType\":");
        out.push_str(&serde_json::to_string(&self.media_type).unwrap_or_default());
        out.push_str(",\"payload\":\"");
        STANDARD.encode_string(&self.payload, &mut out);
        out.push_str("\",\"signatures\":");
        out.push_str(&serde_json::to_string(&self.signatures).unwrap_or_default());
        out.push('}');
        out
    }
}

fn text<'a>(value: &'a Json<'_>, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Json::as_text)
}

fn from_base64(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    // Each refuses what only the other has.
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| EnvelopeError::Base64)
}

impl serde::Serialize for Envelope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Envelope", 3)?;
        object.serialize_field("payloadType", &self.media_type)?;
        object.serialize_field("payload", &STANDARD.encode(&self.payload))?;
        object.serialize_field("signatures", &self.signatures)?;
        object.end()
    }
}

impl serde::Serialize for SignatureLine {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Signature", 2)?;
        object.serialize_field("keyid", &self.key)?;
        object.serialize_field("sig", &STANDARD.encode(self.bytes))?;
        object.end()
    }
}
