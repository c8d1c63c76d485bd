//! From bytes to a document that is proven, and no other way there.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Deref;

use crate::armor::{self, Refused};
use crate::digest::Digest;
use crate::document::{
    Acknowledged, ActivationRequest, Deactivation, Document, DocumentFields, Keyring, Kind, License,
    PoolFile, PoolRequest, Receipt, TYPE_PREFIX, TYPE_SUFFIX, UsageReport,
};
use crate::envelope::Envelope;
use crate::error::{ArmorError, EnvelopeError, Error, WrongDocument};
use crate::examine::Log;
use crate::fields::{Fields, shown};
use crate::id::Id;
use crate::json::{self, Json};
use crate::keys::KeyId;
use crate::limits::Limits;
use crate::text::to_ascii_superset;
use crate::trust::Trust;

/// A document whose signature, key and content were checked. There is no other way to make one than
/// [`open`], [`open_any`] and [`crate::examine`].
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<D: Document>(Arc<Proven<D>>);

/// Shared as a whole: documents are large, and passed from hand to hand.
#[derive(Clone, Debug)]
struct Proven<D: Document> {
    document: D,
    evidence: D::Evidence,
    signer: KeyId,
    /// Of a document that another carries hardly anybody asks.
    digest: Option<Digest>,
    envelope: Envelope,
}

impl<D: Document> PartialEq for Proven<D> {
    fn eq(&self, other: &Proven<D>) -> bool {
        // The rest follows from the envelope, but for who signed it and what proves it.
        self.envelope == other.envelope && self.signer == other.signer && self.evidence == other.evidence
    }
}

/// What proves a licensed device's document: the vendor's license that names its key, and the last receipt.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The license that the device holds or held.
    pub license: Verified<License>,
    /// The last receipt that the device had loaded.
    pub receipt: Option<Verified<Receipt>>,
}

impl Chain {
    /// The usage that the vendor has accepted, as far as this file can prove: the later of receipt and license.
    pub fn accepted(&self) -> Acknowledged {
        let license = &self.license.usage;
        match &self.receipt {
            Some(receipt) if receipt.usage.report >= license.report => {
                Acknowledged { report: receipt.usage.report, totals: receipt.usage.totals.clone() }
            }
            _ => license.clone(),
        }
    }
}

impl<D: Document> Verified<D> {
    /// What proves it, beside its own signature.
    pub fn evidence(&self) -> &D::Evidence {
        &self.0.evidence
    }

    /// The key whose signature was verified.
    pub fn signer(&self) -> KeyId {
        self.0.signer
    }

    /// The payload's digest: the document's identity.
    pub fn digest(&self) -> Digest {
        known_digest(self.0.digest, &self.0.envelope)
    }

    /// The signed bytes and signatures, to embed or store.
    pub fn envelope(&self) -> &Envelope {
        &self.0.envelope
    }

    /// The document alone.
    pub fn into_document(self) -> D {
        Arc::unwrap_or_clone(self.0).document
    }
}

impl<D: Document> Deref for Verified<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.0.document
    }
}

/// A verified document of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyVerified {
    /// An activation request.
    ActivationRequest(Verified<ActivationRequest>),
    /// A license or refresh.
    License(Verified<License>),
    /// A deactivation.
    Deactivation(Verified<Deactivation>),
    /// A usage report.
    UsageReport(Verified<UsageReport>),
    /// A receipt.
    Receipt(Verified<Receipt>),
    /// A keyring.
    Keyring(Verified<Keyring>),
    /// A pool request.
    PoolRequest(Verified<PoolRequest>),
    /// A pool file.
    Pool(Verified<PoolFile>),
}

impl AnyVerified {
    /// The kind.
    pub fn kind(&self) -> Kind {
        match self {
            AnyVerified::ActivationRequest(_) => Kind::ActivationRequest,
            AnyVerified::License(_) => Kind::License,
            AnyVerified::Deactivation(_) => Kind::Deactivation,
            AnyVerified::UsageReport(_) => Kind::UsageReport,
            AnyVerified::Receipt(_) => Kind::Receipt,
            AnyVerified::Keyring(_) => Kind::Keyring,
            AnyVerified::PoolRequest(_) => Kind::PoolRequest,
            AnyVerified::Pool(_) => Kind::Pool,
        }
    }

    /// The signed bytes and signatures.
    pub fn envelope(&self) -> &Envelope {
        match self {
            AnyVerified::ActivationRequest(d) => d.envelope(),
            AnyVerified::License(d) => d.envelope(),
            AnyVerified::Deactivation(d) => d.envelope(),
            AnyVerified::UsageReport(d) => d.envelope(),
            AnyVerified::Receipt(d) => d.envelope(),
            AnyVerified::Keyring(d) => d.envelope(),
            AnyVerified::PoolRequest(d) => d.envelope(),
            AnyVerified::Pool(d) => d.envelope(),
        }
    }

    /// The document's id.
    pub fn id(&self) -> &Id {
        match self {
            AnyVerified::ActivationRequest(d) => d.id(),
            AnyVerified::License(d) => d.id(),
            AnyVerified::Deactivation(d) => d.id(),
            AnyVerified::UsageReport(d) => d.id(),
            AnyVerified::Receipt(d) => d.id(),
            AnyVerified::Keyring(d) => d.id(),
            AnyVerified::PoolRequest(d) => d.id(),
            AnyVerified::Pool(d) => d.id(),
        }
    }

    /// The payload's digest.
    pub fn digest(&self) -> Digest {
        match self {
            AnyVerified::ActivationRequest(d) => d.digest(),
            AnyVerified::License(d) => d.digest(),
            AnyVerified::Deactivation(d) => d.digest(),
            AnyVerified::UsageReport(d) => d.digest(),
            AnyVerified::Receipt(d) => d.digest(),
            AnyVerified::Keyring(d) => d.digest(),
            AnyVerified::PoolRequest(d) => d.digest(),
            AnyVerified::Pool(d) => d.digest(),
        }
    }

    /// The key whose signature was verified.
    pub fn signer(&self) -> KeyId {
        match self {
            AnyVerified::ActivationRequest(d) => d.signer(),
            AnyVerified::License(d) => d.signer(),
            AnyVerified::Deactivation(d) => d.signer(),
            AnyVerified::UsageReport(d) => d.signer(),
            AnyVerified::Receipt(d) => d.signer(),
            AnyVerified::Keyring(d) => d.signer(),
            AnyVerified::PoolRequest(d) => d.signer(),
            AnyVerified::Pool(d) => d.signer(),
        }
    }
}

/// Opens a file as one kind of document. Armor and DSSE JSON are both taken.
pub fn open<D: Document>(bytes: &[u8], trust: &Trust, limits: &Limits) -> Result<Verified<D>, Error> {
    let raw = Raw::read(bytes, limits).map_err(|refused| refused.error)?;
    raw.open_as(trust, limits, &mut Log::default())
}

/// Opens a file as whatever it is.
pub fn open_any(bytes: &[u8], trust: &Trust, limits: &Limits) -> Result<AnyVerified, Error> {
    let raw = Raw::read(bytes, limits).map_err(|refused| refused.error)?;
    raw.open_any(trust, limits, &mut Log::default())
}

/// What a file claims, unverified: to show, never to act on.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// What it says it is.
    pub kind: Kind,
    /// Digest of its payload.
    pub digest: Digest,
    /// Bytes of its payload.
    pub length: usize,
    /// The keys that are said to have signed.
    pub signers: Vec<KeyId>,
    /// The payload as it was signed.
    pub payload: String,
    /// How deep its arrays and objects may nest.
    depth: usize,
}

/// Items of a list that [`Inspection::content`] has; no list but that of usage entries is longer.
const SHOWN: usize = 1000;

impl Inspection {
    /// The payload, parsed.
    pub fn content(&self) -> Json<'_> {
        // It was parsed before.
        json::parse_head(self.payload.as_bytes(), self.depth, SHOWN).unwrap_or(Json::Null)
    }
}

/// Shows what a file claims and promises nothing: no signature is looked at.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, Error> {
    let raw = Raw::read(bytes, limits).map_err(|refused| refused.error)?;
    json::parse_document(&raw.envelope.payload, limits.depth)?;
    Ok(Inspection {
        kind: raw.kind,
        digest: raw.digest(),
        length: raw.envelope.payload.len(),
        signers: raw.envelope.signatures.iter().map(|line| line.key).collect(),
        // The parser has just found it to be UTF-8.
        payload: String::from_utf8(raw.envelope.payload).unwrap_or_default(),
        depth: limits.depth,
    })
}

/// Not generic, as its callers are.
#[inline(never)]
fn known_digest(known: Option<Digest>, envelope: &Envelope) -> Digest {
    known.unwrap_or_else(|| envelope.digest())
}

/// An envelope of a known kind, nothing of it verified.
pub(crate) struct Raw {
    pub(crate) envelope: Envelope,
    pub(crate) kind: Kind,
    /// Of the payload, where it is known: hashing it takes as long as parsing it.
    pub(crate) digest: Option<Digest>,
}

impl Raw {
    pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Raw, Refused> {
        limits.check_size(bytes.len() as u64)?;
        let text = to_ascii_superset(bytes);
        let start = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii_start();
        if start.starts_with(b"{") {
            return Ok(Raw::of(read_dsse(start)?, limits)?);
        }
        let (envelope, digest) = armor::read(&text, limits)?;
        Ok(Raw { digest: Some(digest), ..Raw::of(envelope, limits)? })
    }

    pub(crate) fn of(envelope: Envelope, limits: &Limits) -> Result<Raw, Error> {
        let kind = kind_within(&envelope, limits)?;
        Ok(Raw { envelope, kind, digest: None })
    }

    pub(crate) fn digest(&self) -> Digest {
        known_digest(self.digest, &self.envelope)
    }

    pub(crate) fn open_as<D: Document>(
        self,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<Verified<D>, Error> {
        let fields = self.fields(D::KIND, trust, limits)?;
        let (evidence, signer) = D::prove(&self.envelope, &fields, trust, limits, log)?;
        let document = D::decode(DocumentFields(fields))?;
        let Raw { envelope, digest, .. } = self;
        Ok(Verified(Arc::new(Proven { document, evidence, signer, digest, envelope })))
    }

    /// What is the same for every kind.
    #[inline(never)]
    fn fields(&self, wanted: Kind, trust: &Trust, limits: &Limits) -> Result<Fields<'_>, Error> {
        if self.kind != wanted {
            return Err(Error::WrongDocument(WrongDocument::Kind { found: self.kind, wanted }));
        }
        let fields = Fields::of(json::parse_document(&self.envelope.payload, limits.depth)?, "")?;
        fields.same_vendor(trust)?;
        Ok(fields)
    }

    pub(crate) fn open_any(
        self,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<AnyVerified, Error> {
        Ok(match self.kind {
            Kind::ActivationRequest => AnyVerified::ActivationRequest(self.open_as(trust, limits, log)?),
            Kind::License => AnyVerified::License(self.open_as(trust, limits, log)?),
            Kind::Deactivation => AnyVerified::Deactivation(self.open_as(trust, limits, log)?),
            Kind::UsageReport => AnyVerified::UsageReport(self.open_as(trust, limits, log)?),
            Kind::Receipt => AnyVerified::Receipt(self.open_as(trust, limits, log)?),
            Kind::Keyring => AnyVerified::Keyring(self.open_as(trust, limits, log)?),
            Kind::PoolRequest => AnyVerified::PoolRequest(self.open_as(trust, limits, log)?),
            Kind::Pool => AnyVerified::Pool(self.open_as(trust, limits, log)?),
        })
    }
}

/// The kind, if the envelope is inside its limits.
fn kind_within(envelope: &Envelope, limits: &Limits) -> Result<Kind, Error> {
    let kind = kind_of(&envelope.media_type).map_err(Error::WrongDocument)?;
    if envelope.payload.len() > limits.payload_of(kind) {
        return Err(EnvelopeError::PayloadTooLarge.into());
    }
    if envelope.signatures.len() > limits.signatures {
        return Err(EnvelopeError::TooManySignatures.into());
    }
    Ok(kind)
}

fn read_dsse(text: &[u8]) -> Result<Envelope, Error> {
    match json::parse_or_cut(text, 4) {
        Ok(value) => Envelope::from_json(&value).map_err(|error| match error {
            EnvelopeError::NotDsse => not_dsse(text),
            error => error.into(),
        }),
        Err((_, true)) if crate::text::find(text, b"payloadType", 0).is_some() => {
            let line = text.split(|byte| *byte == b'\n').count();
            Err(ArmorError::Truncated { got: 0, of: None, line }.into())
        }
        Err(_) => Err(not_dsse(text)),
    }
}

fn not_dsse(text: &[u8]) -> Error {
    match crate::foreign::explain(text) {
        foreign @ Error::Foreign(_) => foreign,
        _ => EnvelopeError::NotDsse.into(),
    }
}

fn kind_of(media_type: &str) -> Result<Kind, WrongDocument> {
    let unknown = || WrongDocument::UnknownType(shown(media_type));
    let rest = media_type.strip_prefix(TYPE_PREFIX).ok_or_else(unknown)?;
    if let Some(kind) = rest.strip_suffix(TYPE_SUFFIX).and_then(Kind::from_name) {
        return Ok(kind);
    }
    let (name, version) = rest.split_once(".v").ok_or_else(unknown)?;
    let newer =
        version.strip_suffix("+json").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    match Kind::from_name(name) {
        Some(kind) if newer => Err(WrongDocument::UnknownVersion(kind)),
        _ => Err(unknown()),
    }
}

impl Fields<'_> {
    /// D-16: whose file this is comes before any question of keys, since another vendor's keys are unknown here.
    fn same_vendor(&self, trust: &Trust) -> Result<(), Error> {
        if self.clone_in("vendor", |vendor| vendor.id("id"))? == *trust.vendor() {
            return Ok(());
        }
        let name = self.clone_in("vendor", |vendor| vendor.text("name", crate::fields::NAME))?;
        Err(Error::WrongDocument(WrongDocument::OtherVendor { name }))
    }
}
