//! Making keyrings: by the root key, on whatever machine it is kept.

use handcarry_format::{
    Id, Instant, IssuingKey, Keyring, Limits, PublicKey, Revocation, SecretKey, Trust, Vendor, open, seal,
};

use crate::cli::Stop;
use crate::cli::arguments::NewKey;
use crate::random;

/// The first keyring of a vendor, with one issuing key.
pub(super) fn first(
    vendor: Vendor,
    root: &SecretKey,
    issuing: PublicKey,
    now: Instant,
) -> Result<String, Stop> {
    let key = IssuingKey { key: issuing, product: None, not_before: now, not_after: None };
    let keyring = Keyring {
        id: random::id(),
        vendor,
        version: 1,
        issued_at: now,
        keys: vec![key],
        revoked: Vec::new(),
    };
    sign(&keyring, root)
}

/// What the next keyring shall say.
pub(super) struct Next {
    pub(super) vendor: Option<Vendor>,
    pub(super) previous: Option<Vec<u8>>,
    pub(super) add: Vec<NewKey>,
    pub(super) retire: Vec<(handcarry_format::KeyId, Option<Instant>)>,
    pub(super) revoke: Vec<(handcarry_format::KeyId, Option<Instant>)>,
}

/// The keyring after the previous one; keys stay listed, so that what they signed stays good (D-19).
pub(super) fn next(next: Next, root: &SecretKey, now: Instant) -> Result<(Keyring, String), Stop> {
    let mut keyring = match (next.previous, next.vendor) {
        (Some(file), vendor) => {
            let claimed = vendor_of(&file).ok_or("the previous keyring cannot be read")?;
            let trust = Trust::new(claimed, root.public());
            let previous = open::<Keyring>(&file, &trust, &Limits::default()).map_err(|error| {
                Stop::from(format!("the previous keyring is not this root key's: {error}"))
            })?;
            let mut keyring = previous.into_document();
            if let Some(vendor) = vendor {
                keyring.vendor = vendor;
            }
            keyring.version += 1;
            keyring
        }
        (None, Some(vendor)) => Keyring {
            id: random::id(),
            vendor,
            version: 1,
            issued_at: now,
            keys: Vec::new(),
            revoked: Vec::new(),
        },
        (None, None) => {
            return Err("say --previous FILE, or --vendor-id and --vendor-name for the first".into());
        }
    };
    keyring.id = random::id();
    keyring.issued_at = now;
    for new in next.add {
        let key = IssuingKey {
            key: new.key,
            product: new.product,
            not_before: new.from.unwrap_or(now),
            not_after: new.until,
        };
        match keyring.keys.iter_mut().find(|known| known.key == key.key) {
            Some(known) => *known = key,
            None => keyring.keys.push(key),
        }
    }
    for (id, at) in next.retire {
        let key = keyring.keys.iter_mut().find(|known| known.key.id() == id);
        key.ok_or_else(|| Stop::from(format!("{id} is not in the keyring")))?.not_after =
            Some(at.unwrap_or(now));
    }
    for (key, since) in next.revoke {
        keyring.revoked.retain(|known| known.key != key);
        keyring.revoked.push(Revocation { key, since: since.unwrap_or(now) });
    }
    let text = sign(&keyring, root)?;
    Ok((keyring, text))
}

fn sign(keyring: &Keyring, root: &SecretKey) -> Result<String, Stop> {
    seal(keyring, root, None).map(|sealed| sealed.text).map_err(|error| Stop::from(error.to_string()))
}

/// The vendor that a keyring names; its signature is checked right after.
fn vendor_of(file: &[u8]) -> Option<Id> {
    let inspection = handcarry_format::inspect(file, &Limits::default()).ok()?;
    Id::new(inspection.content().get("vendor")?.get("id")?.as_text()?)
}
