use alloc::string::String;

use serde::Serialize;

use crate::code::LicenseKey;
use crate::document::{Device, Document, DocumentFields, Fingerprint, Kind, Platform, Product, Vendor};
use crate::error::{PayloadCause, PayloadError};
use crate::fields::VALUE;
use crate::id::Id;
use crate::instant::Instant;
use crate::keys::PublicKey;
use crate::map::Map;

/// A device asks for a license (spec §5.2). Signed by the device's own key: proof that it holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActivationRequest {
    /// The document's id.
    pub id: Id,
    /// The vendor that the application is from.
    pub vendor: Vendor,
    /// The product to license.
    pub product: Product,
    /// What entitles the device: a license key or a user (LSP-03).
    #[serde(flatten)]
    pub claim: Claim,
    /// The device; its key signs this document.
    pub device: Device,
    /// The device's identity in parts.
    pub fingerprint: Fingerprint,
    /// What the device runs on.
    pub platform: Platform,
    /// Values that the application chose to send (LSP-02).
    pub variables: Map<String, String>,
    /// By the device's clock, which informs and never decides (D-08).
    pub created_at: Instant,
}

/// What an activation request stands on. A password is never in a file (LSP-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A license key.
    LicenseKey(LicenseKey),
    /// A user's name or e-mail; the user signs in at the portal.
    User(String),
}

impl Document for ActivationRequest {
    const KIND: Kind = Kind::ActivationRequest;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.created_at
    }

    fn device_key(&self) -> Option<PublicKey> {
        Some(self.device.key)
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self, PayloadError> {
        let claim = match (fields.license_key_maybe("license_key"), fields.text_maybe("user", VALUE)) {
            (Some(key), None) => Claim::LicenseKey(key),
            (None, Some(user)) => Claim::User(user),
            (key, user) => {
                let (cause, name) = match user {
                    None => (PayloadCause::MissingField, "license_key"),
                    Some(_) => (PayloadCause::UnknownField, "user"),
                };
                fields.wrong(cause, name);
                Claim::LicenseKey(key.unwrap_or_else(LicenseKey::stand_in))
            }
        };
        let request = ActivationRequest {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            product: Product::read(fields.object("product")),
            claim,
            device: Device::read(fields.object("device")),
            fingerprint: Fingerprint::read(fields.object("fingerprint")),
            platform: Platform::read(fields.object("platform")),
            variables: fields.variables("variables"),
            created_at: fields.instant("created_at"),
        };
        fields.finish_document()?;
        Ok(request)
    }
}
