use alloc::string::String;
use alloc::vec::Vec;

use chrono::NaiveDate;
use serde::Serialize;

use crate::code::LicenseKey;
use crate::digest::Digest;
use crate::document::{Device, Document, DocumentFields, Fingerprint, Kind, Product, Totals, Vendor};
use crate::envelope::Envelope;
use crate::error::{PayloadCause, PayloadError};
use crate::fields::{Fields, MANY, NAME, VALUE};
use crate::id::Id;
use crate::instant::{Instant, write_date};
use crate::json::{MAX_SAFE, repeats};
use crate::keys::{KeyId, PublicKey};

type Result<T> = core::result::Result<T, PayloadError>;

/// The license of one device (spec §5.3). Signed by an issuing key that the embedded keyring vouches for.
///
/// A refresh is the same kind with the next generation; generations of one activation strictly rise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct License {
    /// The document's id.
    pub id: Id,
    /// Who issued it.
    pub vendor: Vendor,
    /// What is licensed.
    pub product: Product,
    /// The activation: one license on one device.
    pub activation_id: Id,
    /// The license that the activation takes a seat of.
    pub license_id: Id,
    /// The license's key, for people.
    pub license_key: LicenseKey,
    /// Counts the files of this activation, from 1.
    pub generation: u32,
    /// The file that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Digest>,
    /// Who bought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// What may be used.
    pub features: Vec<Feature>,
    /// Bound to one device, or one of many seats.
    pub model: Model,
    /// When it may be used.
    pub term: Term,
    /// For trying, not for production (ICE-04).
    pub evaluation: bool,
    /// The last day of maintenance (ICE-11).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub maintenance_end: Option<NaiveDate>,
    /// The device; only it can use this license (LSP-18, D-35).
    pub device: Device,
    /// The device's identity when the license was issued.
    pub fingerprint: Fingerprint,
    /// Percent of the fingerprint's weight that must still match; 0 = off (LMX-25).
    pub match_rate: u32,
    /// Until when a refresh must have come, if one must (ICE-17).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// Usage that the portal has booked (LSP-28).
    pub usage: Acknowledged,
    /// Devices that may no longer be trusted (re-host).
    pub blocked: Vec<Block>,
    /// Digest of the activation request.
    pub request: Digest,
    /// When it was issued, by the portal's clock.
    pub issued_at: Instant,
    /// The root key's word for the issuing key.
    pub keyring: Envelope,
}

/// Who bought a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// Name of the person or organization.
    pub name: String,
    /// The vendor's order id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Something that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feature {
    /// The feature's id, as the application asks for it.
    pub id: Id,
    /// Its name for people.
    pub name: String,
    /// If its use is counted: how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
}

/// How the use of a feature is counted (LSP-26).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// Most units in a period; none = unlimited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// What happens above it.
    pub overage: Overage,
    /// When it starts anew (LSP-27).
    pub reset: Reset,
}

/// What happens when consumption reaches the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Overage {
    /// The device refuses further use.
    None,
    /// Use goes on without bound.
    Unlimited,
    /// Use goes on for so many units above the maximum.
    UpTo(i64),
}

/// When a counter starts anew, at midnight of the term's zone (LSP-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// Never.
    Never,
    /// Every day.
    Daily,
    /// On Monday.
    Weekly,
    /// On the 1st.
    Monthly,
    /// On 1 January.
    Yearly,
}

/// What a license is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "seats")]
pub enum Model {
    /// One device a seat.
    NodeLocked,
    /// So many sessions at a time.
    Concurrent(u32),
}

/// When a license may be used. The dates are for people; the instants decide, on every device alike (D-07).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub start: Option<NaiveDate>,
    /// Last usable day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub end: Option<NaiveDate>,
    /// IANA name of the zone whose midnights the dates mean.
    pub zone: String,
    /// Usable from this instant (D-08: issue − 48 h, or the start).
    pub not_before: Instant,
    /// Usable before this instant: the midnight after the last day. None = perpetual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Instant>,
}

/// A license that must be refreshed now and then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lease {
    /// When the next refresh is due.
    pub refresh_by: Instant,
    /// Days after that in which everything still works, 0 to 366 (ICE-20).
    pub grace_days: u32,
}

/// Usage that the portal has booked for this activation, up to and including a report (LSP-28).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Default)]
pub struct Acknowledged {
    /// Number of the last report that is booked; 0 = none yet.
    pub report: u32,
    /// Totals after it.
    pub totals: Totals,
}

/// A device that may no longer be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Its key.
    pub device: KeyId,
    /// Since when.
    pub since: Instant,
}

impl Document for License {
    const KIND: Kind = Kind::License;

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
        let license = License {
            id: fields.id("id"),
            vendor: Vendor::read(fields.object("vendor")),
            product: Product::read(fields.object("product")),
            activation_id: fields.id("activation_id"),
            license_id: fields.id("license_id"),
            license_key: fields.license_key("license_key"),
            generation: fields.count("generation", 1),
            supersedes: fields.digest_maybe("supersedes"),
            customer: fields.object_maybe("customer").map(read_customer),
            features: fields.list("features", MANY, read_feature),
            model: read_model(fields.object("model")),
            term: read_term(fields.object("term")),
            evaluation: fields.flag("evaluation"),
            maintenance_end: fields.date_maybe("maintenance_end"),
            device: Device::read(fields.object("device")),
            fingerprint: Fingerprint::read(fields.object("fingerprint")),
            // The bounds fit u32.
            match_rate: fields.int("match_rate", 0, 100) as u32,
            lease: fields.object_maybe("lease").map(read_lease),
            usage: read_acknowledged(fields.object("usage")),
            blocked: fields.list("blocked", MANY, read_block),
            request: fields.digest("request"),
            issued_at: fields.instant("issued_at"),
            keyring: fields.envelope("keyring"),
        };
        if repeats(license.features.iter().map(|feature| feature.id.as_str().as_bytes()).collect()) {
            fields.wrong(PayloadCause::OutOfRange, "features");
        }
        fields.finish_document()?;
        Ok(license)
    }
}

pub(super) fn read_customer(mut fields: Fields<'_>) -> Customer {
    let customer = Customer { name: fields.text("name", NAME), order: fields.text_maybe("order", VALUE) };
    fields.finish();
    customer
}

pub(super) fn read_block(fields: &mut Fields<'_>) -> Block {
    Block { device: fields.key_id("device"), since: fields.instant("since") }
}

pub(super) fn read_feature(fields: &mut Fields<'_>) -> Feature {
    Feature {
        id: fields.id("id"),
        name: fields.text("name", NAME),
        counter: fields.object_maybe("counter").map(read_counter),
    }
}

fn read_counter(mut fields: Fields<'_>) -> Counter {
    let maximum = fields.int_maybe("maximum", 0, MAX_SAFE);
    let overage = match fields.object_or_text("overage") {
        Ok(text) => match &*text {
            "none" => Overage::None,
            "unlimited" => Overage::Unlimited,
            _ => {
                fields.wrong(PayloadCause::Malformed, "overage");
                Overage::None
            }
        },
        Err(mut object) => {
            let overage = Overage::UpTo(object.int("up_to", 0, MAX_SAFE));
            object.finish();
            overage
        }
    };
    let resets = [Reset::Never, Reset::Daily, Reset::Weekly, Reset::Monthly, Reset::Yearly];
    let reset = resets[fields.choice("reset", &["never", "daily", "weekly", "monthly", "yearly"])];
    fields.finish();
    Counter { maximum, overage, reset }
}

pub(super) fn read_model(mut fields: Fields<'_>) -> Model {
    let concurrent = fields.choice("kind", &["node_locked", "concurrent"]) == 1;
    let model = if concurrent { Model::Concurrent(fields.count("seats", 1)) } else { Model::NodeLocked };
    fields.finish();
    model
}

fn read_term(mut fields: Fields<'_>) -> Term {
    let term = Term {
        start: fields.date_maybe("start"),
        end: fields.date_maybe("end"),
        zone: fields.text("zone", NAME),
        not_before: fields.instant("not_before"),
        not_after: fields.instant_maybe("not_after"),
    };
    if term.end.is_some() != term.not_after.is_some() {
        fields.wrong(PayloadCause::MissingField, if term.end.is_some() { "not_after" } else { "end" });
    }
    fields.finish();
    term
}

fn read_lease(mut fields: Fields<'_>) -> Lease {
    // The bounds fit u32.
    let lease = Lease {
        refresh_by: fields.instant("refresh_by"),
        grace_days: fields.int("grace_days", 0, 366) as u32,
    };
    fields.finish();
    lease
}

fn read_acknowledged(mut fields: Fields<'_>) -> Acknowledged {
    let usage = Acknowledged { report: fields.count("report", 0), totals: fields.totals("totals") };
    fields.finish();
    usage
}

pub(super) fn date_maybe<S: serde::Serializer>(
    date: &Option<NaiveDate>,
    s: S,
) -> core::result::Result<S::Ok, S::Error> {
    match date {
        Some(date) => s.serialize_str(&write_date(*date)),
        None => s.serialize_none(),
    }
}
