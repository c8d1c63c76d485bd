use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::digest::Digest;
use crate::document::{Document, DocumentFields, Kind, Product, Totals, Vendor};
use crate::envelope::Envelope;
use crate::error::PayloadError;
use crate::fields::Fields;
use crate::id::Id;
use crate::instant::Instant;
use crate::json::MAX_SAFE;
use crate::map::Map;

type Result<T> = core::result::Result<T, PayloadError>;

/// What every document of a licensed device carries so that the root key alone proves it (spec §4.4).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Holder {
    /// The activation.
    pub activation_id: Id,
    /// The device's newest license file; it names the key that signs this document.
    pub license: Envelope,
    /// The last receipt that the device has loaded; it names the totals that the usage continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Envelope>,
}

/// Consumption since the last receipt (spec §5.5).
///
/// Opening totals are the last accepted ones, so a report that never arrived loses nothing: the next one
/// opens at the same totals and holds its entries too.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Counts the reports of this activation, from 1; each file made takes the next.
    pub number: u32,
    /// Digest of the document with the number before; none for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// Totals that the last loaded receipt or license accepted.
    pub opening: Totals,
    /// What was used since.
    pub entries: Vec<UsageEntry>,
    /// Opening plus entries.
    pub closing: Totals,
}

/// One use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsageEntry {
    /// When, by the device's clock.
    pub at: Instant,
    /// The counter.
    pub feature: Id,
    /// Units.
    pub amount: i64,
}

/// A device reports consumption and keeps its license (LSP-12+). Signed by the device's key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsageReport {
    /// The document's id.
    pub id: Id,
    /// The vendor.
    pub vendor: Vendor,
    /// The product.
    pub product: Product,
    /// Activation, license and last receipt.
    #[serde(flatten)]
    pub holder: Holder,
    /// The consumption.
    pub usage: Usage,
    /// Asks for a license refresh file in the same trip (D-25).
    pub refresh: bool,
    /// Values that the application chose to send.
    pub variables: Map<String, String>,
    /// By the device's clock.
    pub created_at: Instant,
}

/// A device has destroyed its license and gives the seat back (R1). Signed by the device's key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Deactivation {
    /// The document's id.
    pub id: Id,
    /// The vendor.
    pub vendor: Vendor,
    /// The product.
    pub product: Product,
    /// Activation, license and last receipt.
    #[serde(flatten)]
    pub holder: Holder,
    /// The closing usage.
    pub usage: Usage,
    /// Values that the application chose to send (LSP-02).
    pub variables: Map<String, String>,
    /// When the license was destroyed, by the device's clock (HEX-02: before this file was written).
    pub destroyed_at: Instant,
}

impl Holder {
    fn read(fields: &mut Fields<'_>) -> Holder {
        Holder {
            activation_id: fields.id("activation_id"),
            license: fields.envelope("license"),
            receipt: fields.envelope_maybe("receipt"),
        }
    }
}

impl Usage {
    fn read(mut fields: Fields<'_>) -> Usage {
        let usage = Usage {
            number: fields.count("number", 1),
            previous: fields.digest_maybe("previous"),
            opening: fields.totals("opening"),
            // The reader's `Limits::entries` is checked on the parsed tree, before this.
            entries: fields.ledger("entries", |entry| {
                entry.instant("at");
                entry.id("feature");
                entry.int("amount", -MAX_SAFE, MAX_SAFE);
            }),
            closing: fields.totals("closing"),
        };
        fields.finish();
        usage
    }
}

impl Document for UsageReport {
    const KIND: Kind = Kind::UsageReport;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.created_at
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let report = UsageReport {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            product: Product::read(fields.object("product")),
            holder: Holder::read(&mut fields),
            usage: Usage::read(fields.object("usage")),
            refresh: fields.flag("refresh"),
            variables: fields.variables("variables"),
            created_at: fields.instant("created_at"),
        };
        fields.finish_document()?;
        Ok(report)
    }
}

impl Document for Deactivation {
    const KIND: Kind = Kind::Deactivation;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.destroyed_at
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let deactivation = Deactivation {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            product: Product::read(fields.object("product")),
            holder: Holder::read(&mut fields),
            usage: Usage::read(fields.object("usage")),
            variables: fields.variables("variables"),
            destroyed_at: fields.instant("destroyed_at"),
        };
        fields.finish_document()?;
        Ok(deactivation)
    }
}
