//! How each kind of document is proven: root key → keyring → issuing key → license → device key (spec §4.4).

use alloc::vec;

use crate::document::{
    ActivationRequest, Deactivation, Keyring, License, PoolFile, PoolRequest, Receipt, UsageReport,
};
use crate::envelope::{Envelope, pae_head};
use crate::error::{EnvelopeError, Error, KeyError, Part, PayloadCause, PayloadError};
use crate::examine::{CheckKind, Log};
use crate::fields::Fields;
use crate::id::Id;
use crate::instant::Instant;
use crate::keys::{KeyId, PublicKey};
use crate::limits::Limits;
use crate::text::PIECE;
use crate::trust::Trust;
use crate::verify::{Chain, Raw, Verified};

/// How a kind of document is proven. Part of the sealed [`Document`].
pub trait Prove: Sized {
    /// What proves it, beside its own signature.
    type Evidence: Clone + core::fmt::Debug + PartialEq;

    #[doc(hidden)]
    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
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
    let head = pae_head(&envelope.media_type, &envelope.payload);
    let mut parts = vec![head.as_slice()];
    parts.extend(envelope.payload.chunks(PIECE));
    if key.verifies_parts(&parts, &line.bytes) { Ok(id) } else { Err(Error::BadSignature { key: id }) }
}

impl Prove for Keyring {
    type Evidence = ();

    fn prove(
        envelope: &Envelope,
        _: &Fields<'_>,
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
        fields: &Fields<'_>,
        _: &Trust,
        _: &Limits,
        log: &mut Log,
    ) -> Result<((), KeyId), Error> {
        let key = fields.clone_in("device", |device| device.key("key"))?;
        log.check(CheckKind::DeviceSignature, signed_by(envelope, &key, KeyError::NotTheDevice))
            .map(|id| ((), id))
    }
}

impl Prove for License {
    type Evidence = Verified<Keyring>;

    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        log.check(CheckKind::VendorSignature, licensing(envelope, fields, trust, limits))
    }
}

impl Prove for Receipt {
    type Evidence = Verified<Keyring>;

    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        log.check(CheckKind::VendorSignature, licensing(envelope, fields, trust, limits))
    }
}

impl Prove for PoolRequest {
    type Evidence = Verified<Keyring>;

    /// A site may ask about any license, whatever it may issue.
    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        let issued = fields
            .clone_one("created_at", Fields::instant)
            .map_err(Error::from)
            .and_then(|at| issued(envelope, fields, trust, limits, at, &Scope::Any));
        log.check(CheckKind::SiteSignature, issued)
    }
}

impl Prove for PoolFile {
    type Evidence = Verified<Keyring>;

    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Self::Evidence, KeyId), Error> {
        let issued = fields
            .clone_one("issued_at", Fields::instant)
            .map_err(Error::from)
            .and_then(|at| issued(envelope, fields, trust, limits, at, &Scope::All));
        log.check(CheckKind::VendorSignature, issued)
    }
}

impl Prove for Deactivation {
    type Evidence = Chain;

    fn prove(
        envelope: &Envelope,
        fields: &Fields<'_>,
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
        fields: &Fields<'_>,
        trust: &Trust,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<(Chain, KeyId), Error> {
        held(envelope, fields, trust, limits, log)
    }
}

/// What the signing key must be good for.
enum Scope {
    /// This product.
    One(Id),
    /// Every product.
    All,
    /// Some product, whichever.
    Any,
}

/// A license or receipt: issued for one product.
fn licensing(
    envelope: &Envelope,
    fields: &Fields<'_>,
    trust: &Trust,
    limits: &Limits,
) -> Result<(Verified<Keyring>, KeyId), Error> {
    let at = fields.clone_one("issued_at", Fields::instant)?;
    let product = fields.clone_in("product", |product| product.id("id"))?;
    issued(envelope, fields, trust, limits, at, &Scope::One(product))
}

/// Root key → keyring → issuing key → this document (spec §4.4).
#[inline(never)]
fn issued(
    envelope: &Envelope,
    fields: &Fields<'_>,
    trust: &Trust,
    limits: &Limits,
    at: Instant,
    scope: &Scope,
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
    // Around a change of keys a document may be signed by both: one that holds is enough.
    let mut refused = None;
    for line in &envelope.signatures {
        let outcome = issuing_key(&keyring, line.key, at, scope)
            .and_then(|key| signed_by(envelope, &key, KeyError::Unknown));
        // That a key is not known says least: any other reason is told instead.
        let unknown = |error: &Error| matches!(error, Error::UntrustedKey(KeyError::Unknown(_)));
        match outcome {
            Ok(signer) => return Ok((keyring, signer)),
            Err(error) if refused.as_ref().is_none_or(|old| unknown(old) && !unknown(&error)) => {
                refused = Some(error);
            }
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or(EnvelopeError::Unsigned.into()))
}

fn issuing_key(keyring: &Keyring, id: KeyId, at: Instant, scope: &Scope) -> Result<PublicKey, Error> {
    let other = |only: &Id| match scope {
        Scope::One(product) => only != product,
        Scope::All => true,
        Scope::Any => false,
    };
    let Some(listed) = keyring.keys.iter().find(|key| key.key.id() == id) else {
        return Err(Error::UntrustedKey(KeyError::Unknown(id)));
    };
    let refused = if keyring.revoked.iter().any(|revoked| revoked.key == id && at >= revoked.since) {
        KeyError::Revoked(id)
    } else if at < listed.not_before || listed.not_after.is_some_and(|end| at >= end) {
        KeyError::NotValidThen(id)
    } else if listed.product.as_ref().is_some_and(other) {
        KeyError::OtherProduct(id)
    } else {
        return Ok(listed.key);
    };
    Err(Error::UntrustedKey(refused))
}

/// Vendor → license → device key → this document, and the last receipt beside it (spec §4.4).
fn held(
    envelope: &Envelope,
    fields: &Fields<'_>,
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

fn licensed(fields: &Fields<'_>, trust: &Trust, limits: &Limits) -> Result<Chain, Error> {
    let broken = |field: &str| Error::from(PayloadError::new(PayloadCause::ChainBroken, field));
    let license: Verified<License> = Raw::of(fields.clone_envelope("license")?, limits)
        .and_then(|raw| raw.open_as(trust, limits, &mut Log::default()))
        .map_err(|error| error.in_part(Part::License))?;
    if fields.clone_one("activation_id", Fields::id)? != license.activation_id {
        return Err(broken("activation_id"));
    }
    if fields.clone_in("product", |product| product.id("id"))? != license.product.id {
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
