use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::digest::Digest;
use crate::document::{Device, Document, DocumentFields, Kind, Product, Totals, Vendor};
use crate::envelope::Envelope;
use crate::error::PayloadError;
use crate::fields::{Fields, MANY, NAME};
use crate::id::Id;
use crate::instant::Instant;
use crate::keys::PublicKey;

type Result<T> = core::result::Result<T, PayloadError>;

/// The portal's signed answer to a device's document (spec §5.6, D-24).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// The document's id.
    pub id: Id,
    /// A short number for people and telephones, such as `R-8M2K-4XTP`.
    pub number: String,
    /// Who issued it.
    pub vendor: Vendor,
    /// The product.
    pub product: Product,
    /// What it acknowledges.
    pub acknowledges: Booked,
    /// What happened.
    pub outcome: Outcome,
    /// The activation.
    pub activation_id: Id,
    /// The license.
    pub license_id: Id,
    /// Generation of the newest license file of this activation.
    pub generation: u32,
    /// The device.
    pub device: Device,
    /// The seat after this.
    pub seat: Seat,
    /// Usage after this.
    pub usage: ReceiptUsage,
    /// The license's present status, whatever it was when the document was made (D-39).
    pub license_status: LicenseStatus,
    /// When it was issued, by the portal's clock.
    pub issued_at: Instant,
    /// The root key's word for the issuing key.
    pub keyring: Envelope,
}

/// The document that a receipt acknowledges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Booked {
    /// Its kind.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// Its id.
    pub id: Id,
    /// Its digest.
    pub digest: Digest,
}

/// What happened to the acknowledged document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A seat was taken and a license issued.
    Activated,
    /// The same device was licensed again: no further seat was taken (D-09, D-10).
    Repaired,
    /// The seat is free (LSP-11).
    Returned,
    /// The usage was booked.
    Booked,
    /// The usage waits for a person; nothing of it is lost (D-38).
    Held,
    /// Newer usage was booked before; this changes nothing (D-15).
    Outdated,
}

/// The seat that an activation takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// Taken, free, or waiting.
    pub state: SeatState,
    /// Seats of the license that are taken after this.
    pub used: u32,
    /// Seats of the license.
    pub total: u32,
}

/// States of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatState {
    /// Taken by this activation.
    Taken,
    /// Free for another.
    Free,
}

/// Usage as the portal has it after the acknowledged document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptUsage {
    /// Number of the last report that is booked; 0 = none.
    pub report: u32,
    /// What this document added.
    pub added: Totals,
    /// Totals that are accepted; the next report opens with them.
    pub totals: Totals,
    /// Counters above their maximum (D-37).
    pub over: Vec<String>,
    /// The usage of this document waits for a person (D-38).
    pub held: bool,
}

/// Status of a license, as a receipt tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenseStatus {
    /// In force.
    Active,
    /// Before its first day.
    Pending,
    /// After its last day.
    Expired,
    /// Switched off by the vendor.
    Inactive,
}

impl Document for Receipt {
    const KIND: Kind = Kind::Receipt;

    fn id(&self) -> &Id {
        &self.id
    }

    fn vendor(&self) -> &Vendor {
        &self.vendor
    }

    fn made_at(&self) -> Instant {
        self.issued_at
    }

    fn device_key(&self) -> Option<PublicKey> {
        Some(self.device.key)
    }

    fn decode(DocumentFields(mut fields): DocumentFields<'_>) -> Result<Self> {
        let receipt = Receipt {
            id: fields.id("id"),
            number: fields.text("number", NAME),
            vendor: Vendor::read(fields.object("vendor")),
            product: Product::read(fields.object("product")),
            acknowledges: read_booked(fields.object("acknowledges")),
            outcome: OUTCOMES[fields.choice("outcome", &OUTCOME_WORDS)],
            activation_id: fields.id("activation_id"),
            license_id: fields.id("license_id"),
            generation: fields.count("generation", 1),
            device: Device::read(fields.object("device")),
            seat: read_seat(fields.object("seat")),
            usage: read_usage(fields.object("usage")),
            license_status: STATUSES[fields.choice("license_status", &STATUS_WORDS)],
            issued_at: fields.instant("issued_at"),
            keyring: fields.envelope("keyring"),
        };
        fields.finish_document()?;
        Ok(receipt)
    }
}

const OUTCOME_WORDS: [&str; 6] = ["activated", "repaired", "returned", "booked", "held", "outdated"];
const OUTCOMES: [Outcome; 6] = [
    Outcome::Activated,
    Outcome::Repaired,
    Outcome::Returned,
    Outcome::Booked,
    Outcome::Held,
    Outcome::Outdated,
];
const STATUS_WORDS: [&str; 4] = ["active", "pending", "expired", "inactive"];
const STATUSES: [LicenseStatus; 4] =
    [LicenseStatus::Active, LicenseStatus::Pending, LicenseStatus::Expired, LicenseStatus::Inactive];

fn read_booked(mut fields: Fields<'_>) -> Booked {
    let booked = Booked {
        kind: fields.parsed("kind", Kind::Receipt, Kind::from_name),
        id: fields.id("id"),
        digest: fields.digest("digest"),
    };
    fields.finish();
    booked
}

fn read_seat(mut fields: Fields<'_>) -> Seat {
    let seat = Seat {
        state: [SeatState::Taken, SeatState::Free][fields.choice("state", &["taken", "free"])],
        used: fields.count("used", 0),
        total: fields.count("total", 0),
    };
    fields.finish();
    seat
}

fn read_usage(mut fields: Fields<'_>) -> ReceiptUsage {
    let usage = ReceiptUsage {
        report: fields.count("report", 0),
        added: fields.totals("added"),
        totals: fields.totals("totals"),
        over: fields.texts("over", MANY, NAME),
        held: fields.flag("held"),
    };
    fields.finish();
    usage
}

fn kind_name<S: serde::Serializer>(kind: &Kind, s: S) -> core::result::Result<S::Ok, S::Error> {
    s.serialize_str(kind.name())
}
