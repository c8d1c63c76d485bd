//! A tenant, ready to serve: what its row in the store says, checked and put together once.

use chrono_tz::Tz;
use handcarry_format::{
    Envelope, Id, Instant, IssuingKey, KeyId, Keyring, Limits, PublicKey, SecretKey, Trust, Vendor, Verified,
};
use handcarry_store::{Tenant, TenantId};
use handcarry_theme::{Theme, ThemeDraft, ThemeError};

use crate::keys::KeyStore;

/// A tenant, ready to serve.
#[derive(Debug)]
pub struct Site {
    /// As the store has it.
    pub tenant: Tenant,
    /// The vendor's root key and newest keyring.
    pub trust: Trust,
    /// The checked theme.
    pub theme: Theme,
    /// The theme as a stylesheet.
    pub stylesheet: String,
    /// Keys that this portal holds and that the keyring vouches for.
    signing: Vec<(IssuingKey, SecretKey)>,
}

impl Site {
    /// Puts a tenant together. What cannot be used is left out and logged; `handcarry doctor` says more.
    pub fn new(tenant: Tenant, keys: &KeyStore) -> Site {
        let slug = tenant.slug.clone();
        let mut trust = Trust::new(slug.clone(), tenant.root);
        if let Some(keyring) = &tenant.keyring {
            match trust.clone().with_keyring(keyring.as_bytes(), &Limits::default()) {
                Ok(with) => trust = with,
                Err(error) => {
                    tracing::error!(tenant = %slug, code = error.code(), "the keyring cannot be used")
                }
            }
        }
        let theme = theme(&tenant).unwrap_or_else(|error| {
            tracing::error!(tenant = %slug, code = error.code(), "the theme cannot be used");
            Theme::default()
        });
        let mut signing = Vec::new();
        for key in keys.issuing(&slug) {
            match key {
                Ok((_, secret)) => {
                    signing.extend(listed(trust.keyring(), &secret.public()).map(|entry| (entry, secret)));
                }
                Err(error) => tracing::error!(tenant = %slug, %error, "an issuing key cannot be used"),
            }
        }
        // The key that was listed last signs: that is how a new one takes over.
        signing.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.not_before));
        let stylesheet = theme.stylesheet();
        Site { tenant, trust, theme, stylesheet, signing }
    }

    /// The tenant's number in the store.
    pub fn id(&self) -> TenantId {
        self.tenant.id
    }

    /// The vendor, as documents name it.
    pub fn vendor(&self) -> Vendor {
        Vendor { id: self.tenant.slug.clone(), name: self.tenant.name.clone() }
    }

    /// The zone whose midnights its dates mean (D-07).
    pub fn zone(&self) -> Tz {
        self.tenant.zone.parse().unwrap_or(Tz::UTC)
    }

    /// Whether the portal is reached by HTTPS only.
    pub fn is_https(&self) -> bool {
        self.tenant.portal.starts_with("https://")
    }

    /// What answers for a product carry and are signed with now; none until the vendor's keys are in place.
    pub fn signing(&self, product: &Id, now: Instant) -> Option<(&Envelope, &SecretKey)> {
        let keyring = self.trust.keyring()?;
        let usable = |(entry, _): &&(IssuingKey, SecretKey)| may_sign(keyring, entry, product, now);
        self.signing.iter().find(usable).map(|(_, secret)| (keyring.envelope(), secret))
    }

    /// What documents of the pool carry and are signed with now: for questions any usable key, for answers one that may
    /// sign for every product. The oldest: who this portal is to others hangs on its key, so it changes as late as can be.
    pub fn pool_key(&self, now: Instant, for_all: bool) -> Option<(&Envelope, &SecretKey)> {
        let keyring = self.trust.keyring()?;
        let usable = |(entry, _): &&(IssuingKey, SecretKey)| {
            let product = entry.product.as_ref().unwrap_or(&self.tenant.slug);
            may_sign(keyring, entry, product, now) && !(for_all && entry.product.is_some())
        };
        self.signing.iter().rev().find(usable).map(|(_, secret)| (keyring.envelope(), secret))
    }

    /// Whether a key is one that this portal signs with.
    pub fn holds_key(&self, key: KeyId) -> bool {
        self.signing.iter().any(|(entry, _)| entry.key.id() == key)
    }

    /// Whether any key can sign now.
    pub fn is_ready(&self, now: Instant) -> bool {
        let Some(keyring) = self.trust.keyring() else { return false };
        self.signing.iter().any(|(entry, _)| {
            let product = entry.product.clone().unwrap_or_else(|| self.tenant.slug.clone());
            may_sign(keyring, entry, &product, now)
        })
    }
}

/// The tenant's theme; one without a name takes the vendor's.
pub fn theme(tenant: &Tenant) -> Result<Theme, ThemeError> {
    let theme = Theme::parse(&mut serde_json::Deserializer::from_str(&tenant.theme))?;
    let mut draft = ThemeDraft::from(theme.clone());
    if *theme.name() != *Theme::default().name() {
        return Ok(theme);
    }
    draft.name = Some(tenant.name.clone());
    // A vendor's name may be longer than a theme's.
    Ok(Theme::try_from(draft).unwrap_or(theme))
}

fn listed(keyring: Option<&Verified<Keyring>>, key: &PublicKey) -> Option<IssuingKey> {
    keyring?.keys.iter().find(|entry| entry.key == *key).cloned()
}

fn may_sign(keyring: &Keyring, entry: &IssuingKey, product: &Id, now: Instant) -> bool {
    let id = entry.key.id();
    entry.not_before <= now
        && entry.not_after.is_none_or(|end| now < end)
        && entry.product.as_ref().is_none_or(|only| only == product)
        && !keyring.revoked.iter().any(|revoked| revoked.key == id)
}
