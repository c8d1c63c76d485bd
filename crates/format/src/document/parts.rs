use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::error::PayloadCause;
use crate::fields::{Fields, NAME};
use crate::id::Id;
use crate::json::repeats;
use crate::keys::PublicKey;
use crate::map::Map;

/// Lifetime totals by counter (feature id). Never reset; maxima and resets are applied by the rules.
pub type Totals = Map<Id, i64>;

/// Who issues: the tenant of the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vendor {
    /// The tenant's id.
    pub id: Id,
    /// The name that people know, 1 to 120 characters.
    pub name: String,
}

/// What is licensed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    /// The product's id.
    pub id: Id,
    /// The name that people know, 1 to 120 characters.
    pub name: String,
    /// The version that made the document or that the license is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A device, by its key. The name is the customer's own and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// The key that the device made and keeps.
    pub key: PublicKey,
    /// The name that the customer gave it, 1 to 120 characters.
    pub name: String,
}

/// Parts of the device's identity, as salted hashes: the values never leave the device (D-27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fingerprint {
    /// 1 to 32 parts with distinct names.
    pub parts: Vec<FingerprintPart>,
}

/// One part of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FingerprintPart {
    /// What was measured, such as `board` or `system`.
    pub name: Id,
    /// Where it comes from; hardware outlives a new operating system (D-10).
    pub source: Source,
    /// HMAC-SHA-256 over vendor id, part name and value; the first 16 bytes in hexadecimal.
    pub hash: String,
    /// How much the part counts, 1 to 100.
    pub weight: u32,
}

/// Where a fingerprint part comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Hardware: board, processor, disk, network card.
    Hardware,
    /// The installed system: machine id, host name.
    System,
}

/// What the device runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Processor architecture, such as `x86_64`.
    pub arch: String,
    /// Name and version of what made the file.
    pub client: String,
}

impl Vendor {
    pub(crate) fn read(mut fields: Fields<'_>) -> Vendor {
        let vendor = Vendor { id: fields.id("id"), name: fields.text("name", NAME) };
        fields.finish();
        vendor
    }
}

impl Product {
    pub(crate) fn read(mut fields: Fields<'_>) -> Product {
        let product = Product {
            id: fields.id("id"),
            name: fields.text("name", NAME),
            version: fields.text_maybe("version", NAME),
        };
        fields.finish();
        product
    }
}

impl Device {
    pub(crate) fn read(mut fields: Fields<'_>) -> Device {
        let device = Device { key: fields.key("key"), name: fields.text("name", NAME) };
        fields.finish();
        device
    }
}

impl Platform {
    pub(crate) fn read(mut fields: Fields<'_>) -> Platform {
        let platform = Platform {
            os: fields.text("os", NAME),
            arch: fields.text("arch", NAME),
            client: fields.text("client", NAME),
        };
        fields.finish();
        platform
    }
}

impl Fingerprint {
    pub(crate) fn read(mut fields: Fields<'_>) -> Fingerprint {
        let parts = fields.list("parts", 32, |part| FingerprintPart {
            name: part.id("name"),
            source: [Source::Hardware, Source::System][part.choice("source", &["hardware", "system"])],
            hash: part.parsed("hash", String::new(), |text| {
                crate::digest::hex_to_bytes::<16>(text).map(|_| String::from(text))
            }),
            // The bounds fit u32.
            weight: part.int("weight", 1, 100) as u32,
        });
        if parts.is_empty() || repeats(parts.iter().map(|part| part.name.as_str().as_bytes()).collect()) {
            fields.wrong(PayloadCause::OutOfRange, "parts");
        }
        fields.finish();
        Fingerprint { parts }
    }
}
