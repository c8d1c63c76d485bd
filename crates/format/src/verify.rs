//! From bytes to a document that is proven, and no other way there.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Deref;

use crate::armor::{self, Refused};
use crate::digest::Digest;
use crate::document::{
    Acknowledged, ActivationRequest, Deactivation, Document, DocumentFields, Keyring, Kind, License, Receipt,
    TYPE_PREFIX, TYPE_SUFFIX, UsageReport,
};
use crate::envelope::{Envelope, pae};
use crate::error::{
    ArmorError, EnvelopeError, Error, KeyError, Part, PayloadCause, PayloadError, WrongDocument,
};
use crate::examine::{CheckKind, Log};
use crate::fields::Fields;
use crate::id::Id;
use crate::instant::Instant;
use crate::json::{self, Json};
use crate::keys::{KeyId, PublicKey};
use crate::limits::Limits;
use crate::text::to_ascii_superset;
use crate::trust::Trust;

/// A document whose signature, key and content were checked. There is no other way to make one than
/// [`open`], [`open_any`] and [`crate::examine`].
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<D: Document> {
    document: D,
    evidence: D::Evidence,
    signer: KeyId,
    digest: Digest,
    envelope: Envelope,
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
        &self.evidence
    }

    /// The key whose signature was verified.
    pub fn signer(&self) -> KeyId {
        self.signer
    }

    /// The payload's digest: the document's identity.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The signed bytes and signatures, to embed or store.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The document alone.
    pub fn into_document(self) -> D {
        self.document
    }
}

impl<D: Document> Deref for Verified<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.document
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
        }
    }

    /// The payload's digest.
    pub fn digest(&self) -> Digest {
        self.envelope().digest()
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
    /// The payload, parsed.
    pub content: Json,
    /// The payload as it was signed.
    pub payload: String,
}

/// Shows what a file claims and promises nothing: no signature is looked at.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, Error> {
    let raw = Raw::read(bytes, limits).map_err(|refused| refused.error)?;
    let content = json::parse(&raw.envelope.payload, limits.depth)?;
    Ok(Inspection {
        kind: raw.kind,
        digest: raw.envelope.digest(),
        length: raw.envelope.payload.len(),
        signers: raw.envelope.signatures.iter().map(|line| line.key).collect(),
        content,
        // The parser has just found it to be UTF-8.
        payload: String::from_utf8_lossy(&raw.envelope.payload).into_owned(),
    })
}

/// An envelope of a known kind, nothing of it verified.
pub(crate) struct Raw {
    pub(crate) envelope: Envelope,
    pub(crate) kind: Kind,
}

impl Raw {
    pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Raw, Refused> {
        limits.check_size(bytes.len() as u64)?;
        let text = to_ascii_superset(bytes);
        let start = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii_start();
        let envelope = if start.starts_with(b"{") { read_dsse(start)? } else { armor::read(&text, limits)? };
        Ok(Raw::of(envelope, limits)?)
    }

    fn of(envelope: Envelope, limits: &Limits) -> Result<Raw, Error> {
        let kind = kind_of(&envelope.media_type).map_err(Error::WrongDocument)?;
        let most = match kind {
            Kind::UsageReport | Kind::Deactivation => limits.usage_payload,
            _ => limits.payload,
        };
        if envelope.payload.len() > most {
            return Err(EnvelopeError::PayloadTooLarge.into());
        }
        if envelope.signatures.len() > limits.signatures {
            return Err(EnvelopeError::TooManySignatures.into());
        }
        Ok(Raw { envelope, kind })
    }

    fn open_as<D: Document>(
        self,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<Verified<D>, Error> {
        if self.kind != D::KIND {
            return Err(Error::WrongDocument(WrongDocument::Kind { found: self.kind, wanted: D::KIND }));
        }
        let fields = Fields::of(json::parse(&self.envelope.payload, limits.depth)?, "")?;
        fields.same_vendor(trust)?;
        let (evidence, signer) = D::prove(&self.envelope, &fields, trust, limits, log)?;
        let document = D::decode(DocumentFields(fields))?;
        let digest = self.envelope.digest();
        Ok(Verified { document, evidence, signer, digest, envelope: self.envelope })
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
        })
    }
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
    let unknown = || WrongDocument::UnknownType(media_type.chars().take(120).collect());
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

/// How a kind of document is proven. Part of the sealed [`Document`].
pub trait Prove: Sized {
    /// What proves it, beside its own signature.
    type Evidence: Clone + core::fmt::Debug + PartialEq;

    #[doc(hidden)]
    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error>;
}

fn signed_by(envelope: &Envelope, key: &PublicKey, otherwise: fn(KeyId) -> KeyError) -> Result<KeyId, Error> {
    let id = key.id();
    let Some(line) = envelope.signatures.iter().find(|line| line.key == id) else {
        // An envelope has one signature at least.
        let named = envelope.signatures.first().map_or(id, |line| line.key);
        return Err(Error::UntrustedKey(otherwise(named)));
    };
    if key.verifies(&pae(&envelope.media_type, &envelope.payload), &line.bytes) {
        Ok(id)
    } else {
        Err(Error::BadSignature { key: id })
    }
}

impl Prove for Keyring {
    type Evidence = ();

    fn prove(
        envelope: &Envelope,
        _: &Fields,
        trust: &Trust,
        _: &Limits,
        log: &mut Log,
    ) -> Result<((), KeyId), Error> {
        log.check(CheckKind::RootSignature, signed_by(envelope, trust.root(), KeyError::Unknown))
            .map(|id| ((), id))
    }
}

impl Prove for ActivationRequest {
    type Evidence = ();

    /// The key is in the file: the signature proves that whoever made the request holds it, and no more.
    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        _: &Trust,
        _: &Limits,
        log: &mut Log,
    ) -> Result<((), KeyId), Error> {
        let key = fields.clone_object("device")?.key("key")?;
        log.check(CheckKind::DeviceSignature, signed_by(envelope, &key, KeyError::NotTheDevice))
            .map(|id| ((), id))
    }
}

impl Prove for License {
    type Evidence = Verified<Keyring>;

    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        log.check(CheckKind::VendorSignature, issued(envelope, fields, trust, limits))
    }
}

impl Prove for Receipt {
    type Evidence = Verified<Keyring>;

    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        log.check(CheckKind::VendorSignature, issued(envelope, fields, trust, limits))
    }
}

impl Prove for Deactivation {
    type Evidence = Chain;

    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Chain, KeyId), Error> {
        held(envelope, fields, trust, limits, log)
    }
}

impl Prove for UsageReport {
    type Evidence = Chain;

    fn prove(
        envelope: &Envelope,
        fields: &Fields,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Chain, KeyId), Error> {
        held(envelope, fields, trust, limits, log)
    }
}

/// Root key → keyring → issuing key → this document (spec §4.4).
fn issued(
    envelope: &Envelope,
    fields: &Fields,
    trust: &Trust,
    limits: &Limits,
) -> Result<(Verified<Keyring>, KeyId), Error> {
    let embedded = fields.clone_envelope("keyring")?;
    let keyring = match trust.keyring() {
        Some(known) if *known.envelope() == embedded => known.clone(),
        known => {
            let embedded: Verified<Keyring> = Raw::of(embedded, limits)
                .and_then(|raw| raw.open_as(trust, limits, &mut Log::default()))
                .map_err(|error| error.in_part(Part::Keyring))?;
            // A keyring that this reader has already seen cannot be rolled back by an older one in a file.
            match known {
                Some(known) if known.version >= embedded.version => known.clone(),
                _ => embedded,
            }
        }
    };
    let issued_at = fields.clone_parsed("issued_at", Instant::parse)?;
    let product = fields.clone_object("product")?.id("id")?;
    // Around a change of keys a document may be signed by both: one that holds is enough.
    let mut refused = None;
    for line in &envelope.signatures {
        let outcome = issuing_key(&keyring, line.key, issued_at, &product)
            .and_then(|key| signed_by(envelope, &key, KeyError::Unknown));
        match outcome {
            Ok(signer) => return Ok((keyring, signer)),
            // That a key is not known says least; any other reason is kept.
            Err(Error::UntrustedKey(KeyError::Unknown(_))) if refused.is_some() => {}
            Err(error) if matches!(refused, None | Some(Error::UntrustedKey(KeyError::Unknown(_)))) => {
                refused = Some(error);
            }
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or(EnvelopeError::Unsigned.into()))
}

fn issuing_key(keyring: &Keyring, id: KeyId, at: Instant, product: &Id) -> Result<PublicKey, Error> {
    let Some(listed) = keyring.keys.iter().find(|key| key.key.id() == id) else {
        return Err(Error::UntrustedKey(KeyError::Unknown(id)));
    };
    let refused = if keyring.revoked.iter().any(|revoked| revoked.key == id && at >= revoked.since) {
        KeyError::Revoked(id)
    } else if at < listed.not_before || listed.not_after.is_some_and(|end| at >= end) {
        KeyError::NotValidThen(id)
    } else if listed.product.as_ref().is_some_and(|only| only != product) {
        KeyError::OtherProduct(id)
    } else {
        return Ok(listed.key);
    };
    Err(Error::UntrustedKey(refused))
}

/// Vendor → license → device key → this document, and the last receipt beside it (spec §4.4).
fn held(
    envelope: &Envelope,
    fields: &Fields,
    trust: &Trust,
    limits: &Limits,
    log: &mut Log,
) -> Result<(Chain, KeyId), Error> {
    let chain = log.check(CheckKind::Licensed, licensed(fields, trust, limits))?;
    let key = chain.license.device.key;
    let signer = log.check(CheckKind::DeviceSignature, signed_by(envelope, &key, KeyError::NotTheDevice))?;
    if fields.entries() > limits.entries {
        return Err(PayloadError::new(PayloadCause::OutOfRange, "usage.entries").into());
    }
    Ok((chain, signer))
}

fn licensed(fields: &Fields, trust: &Trust, limits: &Limits) -> Result<Chain, Error> {
    let broken = |field: &str| Error::from(PayloadError::new(PayloadCause::ChainBroken, field));
    let license: Verified<License> = Raw::of(fields.clone_envelope("license")?, limits)
        .and_then(|raw| raw.open_as(trust, limits, &mut Log::default()))
        .map_err(|error| error.in_part(Part::License))?;
    if fields.clone_parsed("activation_id", Id::new)? != license.activation_id {
        return Err(broken("activation_id"));
    }
    if fields.clone_object("product")?.id("id")? != license.product.id {
        return Err(broken("product.id"));
    }
    let mut trust = trust.clone();
    trust.learn(license.evidence());
    let receipt = match fields.clone_envelope_maybe("receipt")? {
        None => None,
        Some(envelope) => {
            let receipt: Verified<Receipt> = Raw::of(envelope, limits)
                .and_then(|raw| raw.open_as(&trust, limits, &mut Log::default()))
                .map_err(|error| error.in_part(Part::Receipt))?;
            if receipt.activation_id != license.activation_id || receipt.device.key != license.device.key {
                return Err(broken("receipt.activation_id"));
            }
            Some(receipt)
        }
    };
    Ok(Chain { license, receipt })
}

impl Fields {
    /// D-16: whose file this is comes before any question of keys, since another vendor's keys are unknown here.
    fn same_vendor(&self, trust: &Trust) -> Result<(), Error> {
        let mut vendor = self.clone_object("vendor")?;
        if vendor.id("id")? == *trust.vendor() {
            return Ok(());
        }
        let name = vendor.text("name", crate::fields::NAME)?;
        Err(Error::WrongDocument(WrongDocument::OtherVendor { name }))
    }
}
