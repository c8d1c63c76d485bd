use alloc::string::String;
use alloc::vec::Vec;

use chrono::NaiveDate;
use serde::Serialize;

use crate::code::LicenseKey;
use crate::document::license::{date_maybe, read_block, read_customer, read_feature, read_model};
use crate::document::{Block, Customer, Feature, Model, Product};
use crate::error::PayloadCause;
use crate::fields::{Fields, MANY, NAME, VALUE};
use crate::id::Id;
use crate::instant::Instant;
use crate::json::repeats;
use crate::keys::KeyId;

/// Most that an upgrade can add (LMX-08).
const MOST_ADDED: i64 = 2_147_483_647;

/// One license with its full terms, and the authority's word on it.
///
/// Dates mean midnights of `zone`; a last day is the last usable one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grant {
    /// The license.
    pub license_id: Id,
    /// Its key.
    pub license_key: LicenseKey,
    /// What is licensed.
    pub product: Product,
    /// The edition, 1 to 120 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Who bought it, with the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The order that it extends: it needs that order's license below it (ICE-02).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_order: Option<String>,
    /// The license that it renews and disables (ALT-20).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Id>,
    /// What may be used; distinct ids.
    pub features: Vec<Feature>,
    /// Bound to one device, or one of many seats.
    pub model: Model,
    /// Most activations at a time, without upgrades; 1 at least.
    pub seats: u32,
    /// How the count stands to others of the same feature (LMX-02).
    pub pooling: GrantPooling,
    /// Who may claim it with a request (LSP-03).
    pub claim: GrantClaim,
    /// A subscription (LSP-04).
    pub subscription: bool,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub start: Option<NaiveDate>,
    /// Last usable day; none = perpetual.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub end: Option<NaiveDate>,
    /// IANA name of the zone whose midnights the dates mean.
    pub zone: String,
    /// For trying, not for production (ICE-04).
    pub evaluation: bool,
    /// The last day of maintenance (ICE-11).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub maintenance_end: Option<NaiveDate>,
    /// Percent of a device's fingerprint that must still match; 0 = off (LMX-25).
    pub match_rate: u32,
    /// How often a device must refresh; none = never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<GrantLease>,
    /// How often the site must ask again; none = never (ICE-17).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revalidation: Option<GrantRevalidation>,
    /// Most transfers to another device, ever; none = unlimited (LSP-24).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_limit: Option<u32>,
    /// Most repairs of one activation in 365 days (D-09, D-10).
    pub repair_limit: u32,
    /// Whether devices may be activated by file (LSP-15).
    pub allow_offline: bool,
    /// Whether users beyond the seats get a trial seat each (ICE-07, ICE-12).
    pub trial_seats: bool,
    /// Upgrades of its count, each once (LMX-07, LMX-12).
    pub upgrades: Vec<GrantUpgrade>,
    /// Rises with every change of the license.
    pub revision: u32,
    /// Devices that may no longer be trusted (re-host).
    pub blocked: Vec<Block>,
    /// What the authority says.
    pub verdict: Verdict,
}

/// How the count of a license stands to others of the same feature (LMX-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantPooling {
    /// The one base of its feature: upgrades raise its count.
    Exclusive,
    /// A pool of its own.
    Additive,
}

/// Who may claim a license with a request (LSP-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantClaim {
    /// Whoever has its key.
    Key,
    /// One user, who signs in at the portal.
    User(Id),
}

/// How often a device must refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GrantLease {
    /// Days from issue until a refresh is due, 1 to 3,660.
    pub days: u32,
    /// Days after that in which everything still works, 0 to 366 (ICE-20).
    pub grace_days: u32,
}

/// How often a site must ask its authority about a license (ICE-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GrantRevalidation {
    /// Days from one success to the next question, 1 to 3,660.
    pub period_days: u32,
    /// Days from the first failure in which everything still works, 2 to 7 (ICE-20).
    pub grace_days: u32,
}

/// A document that adds to the count of a license (LMX).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GrantUpgrade {
    /// The upgrade's own id: the same one twice counts once (LMX-12).
    pub id: Id,
    /// What it adds, 1 to 2,147,483,647.
    pub add: u32,
    /// First day; none = the license's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub start: Option<NaiveDate>,
    /// Last day; none = perpetual (LMX-10).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "date_maybe")]
    pub end: Option<NaiveDate>,
    /// The sites on which it works, by their keys, each once; empty = all (LMX-13).
    pub hosts: Vec<KeyId>,
}

/// The authority's word on a license that it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The site may use it (ALT-06, ALT-07); in a bare file: whoever loads it may ask for it.
    Granted,
    /// Another site holds it (ALT-09).
    Held {
        /// That site's name.
        site: String,
        /// Since when.
        since: Instant,
    },
    /// It may not be used (ALT-13).
    Refused {
        /// Why, as a code: `agreement`, `over_use`, `withdrawn`, or another that a reader shows as it is.
        reason: Id,
        /// Since when.
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<Instant>,
    },
}

impl Grant {
    pub(super) fn read(fields: &mut Fields<'_>) -> Grant {
        let grant = Grant {
            license_id: fields.id("license_id"),
            license_key: fields.license_key("license_key"),
            product: Product::read(fields.object("product")),
            edition: fields.text_maybe("edition", NAME),
            customer: fields.object_maybe("customer").map(read_customer),
            previous_order: fields.text_maybe("previous_order", VALUE),
            replaces: fields.parsed_maybe("replaces", Id::new),
            features: fields.list("features", MANY, read_feature),
            model: read_model(fields.object("model")),
            seats: fields.count("seats", 1),
            pooling: [GrantPooling::Exclusive, GrantPooling::Additive]
                [fields.choice("pooling", &["exclusive", "additive"])],
            claim: read_claim(fields),
            subscription: fields.flag("subscription"),
            start: fields.date_maybe("start"),
            end: fields.date_maybe("end"),
            zone: fields.text("zone", NAME),
            evaluation: fields.flag("evaluation"),
            maintenance_end: fields.date_maybe("maintenance_end"),
            // Here and below the bounds fit u32.
            match_rate: fields.int("match_rate", 0, 100) as u32,
            lease: fields.object_maybe("lease").map(|lease| {
                let [days, grace_days] = read_days(lease, ["days", "grace_days"], [0, 366]);
                GrantLease { days, grace_days }
            }),
            revalidation: fields.object_maybe("revalidation").map(|often| {
                let [period_days, grace_days] = read_days(often, ["period_days", "grace_days"], [2, 7]);
                GrantRevalidation { period_days, grace_days }
            }),
            transfer_limit: fields.int_maybe("transfer_limit", 0, u32::MAX.into()).map(|most| most as u32),
            repair_limit: fields.count("repair_limit", 0),
            allow_offline: fields.flag("allow_offline"),
            trial_seats: fields.flag("trial_seats"),
            upgrades: fields.list("upgrades", MANY, read_upgrade),
            revision: fields.count("revision", 1),
            blocked: fields.list("blocked", MANY, read_block),
            verdict: read_verdict(fields),
        };
        once(
            fields,
            "features",
            grant.features.iter().map(|feature| feature.id.as_str().as_bytes()).collect(),
        );
        once(
            fields,
            "upgrades",
            grant.upgrades.iter().map(|upgrade| upgrade.id.as_str().as_bytes()).collect(),
        );
        in_order(fields, grant.start, grant.end);
        grant
    }
}

/// Notes a list that names something twice.
fn once(fields: &Fields<'_>, name: &str, keys: Vec<&[u8]>) {
    if repeats(keys) {
        fields.wrong(PayloadCause::OutOfRange, name);
    }
}

/// Notes a last day before the first one.
fn in_order(fields: &Fields<'_>, start: Option<NaiveDate>, end: Option<NaiveDate>) {
    if start.is_some() && end.is_some() && end < start {
        fields.wrong(PayloadCause::OutOfRange, "end");
    }
}

fn read_days(mut fields: Fields<'_>, names: [&str; 2], grace: [i64; 2]) -> [u32; 2] {
    let days = [fields.int(names[0], 1, 3_660) as u32, fields.int(names[1], grace[0], grace[1]) as u32];
    fields.finish();
    days
}

fn read_claim(fields: &mut Fields<'_>) -> GrantClaim {
    match fields.object_or_text("claim") {
        Ok(text) => {
            if text != "key" {
                fields.wrong(PayloadCause::Malformed, "claim");
            }
            GrantClaim::Key
        }
        Err(mut object) => {
            let claim = GrantClaim::User(object.id("user"));
            object.finish();
            claim
        }
    }
}

fn read_upgrade(fields: &mut Fields<'_>) -> GrantUpgrade {
    let upgrade = GrantUpgrade {
        id: fields.id("id"),
        add: fields.int("add", 1, MOST_ADDED) as u32,
        start: fields.date_maybe("start"),
        end: fields.date_maybe("end"),
        hosts: fields.parsed_list("hosts", MANY, KeyId::parse),
    };
    once(fields, "hosts", upgrade.hosts.iter().map(|host| host.as_bytes()).collect());
    in_order(fields, upgrade.start, upgrade.end);
    upgrade
}

fn read_verdict(fields: &mut Fields<'_>) -> Verdict {
    let mut object = match fields.object_or_text("verdict") {
        Ok(text) => {
            if text != "granted" {
                fields.wrong(PayloadCause::Malformed, "verdict");
            }
            return Verdict::Granted;
        }
        Err(object) => object,
    };
    let verdict = if object.names("refused") {
        let mut inner = object.object("refused");
        let verdict = Verdict::Refused { reason: inner.id("reason"), since: inner.instant_maybe("since") };
        inner.finish();
        verdict
    } else {
        let mut inner = object.object("held");
        let verdict = Verdict::Held { site: inner.text("site", NAME), since: inner.instant("since") };
        inner.finish();
        verdict
    };
    object.finish();
    verdict
}
