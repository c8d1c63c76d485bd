//! A license as a caller sees it.

use handcarry_format::Instant;
use handcarry_rules::holder::days_left;
use handcarry_rules::pool::{Bounds, Reason, effective};
use handcarry_rules::{ClaimedBy, PoolStatus};
use handcarry_store::Pooled;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::service::vendor::feature::Feature;
use crate::service::vendor::terms::{Asking, Lease, LicenseModel, Pool};

/// What a license in the pool is (ALT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PoolStatus)]
pub(in crate::http) enum Status {
    /// It is being verified.
    Activating,
    /// The authority could not be asked.
    FailedVerification,
    /// Verified and begun.
    Active,
    /// Verified; its first day is yet to come.
    Pending,
    /// Switched off, replaced, or held by another portal.
    Inactive,
    /// Past its end, or refused by the authority.
    Blocked,
}

impl From<PoolStatus> for Status {
    fn from(status: PoolStatus) -> Status {
        match status {
            PoolStatus::Activating => Status::Activating,
            PoolStatus::FailedVerification => Status::FailedVerification,
            PoolStatus::Active => Status::Active,
            PoolStatus::Pending => Status::Pending,
            PoolStatus::Inactive => Status::Inactive,
            PoolStatus::Blocked => Status::Blocked,
        }
    }
}

/// A license.
#[derive(Serialize, ToSchema)]
#[schema(as = License)]
pub(in crate::http) struct Shown {
    /// Its id.
    id: String,
    /// Its key, as customers type it.
    key: String,
    /// What it is now.
    status: Status,
    /// Why it is inactive or blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Deleted ones stay as evidence; they are in no list.
    in_pool: bool,
    /// What is licensed.
    product: Sold,
    /// The edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<String>,
    /// Who bought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<Holder>,
    /// Id of the customer's record.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// The order that it extends.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_order: Option<String>,
    /// Id of the license that it renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    /// Id of the user whose own it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// A subscription cannot be licensed by file.
    subscription: bool,
    /// How its count stands to others of the same feature.
    pooling: Pool,
    /// What may be used.
    features: Vec<Feature>,
    /// What it is bound to.
    model: LicenseModel,
    /// Most activations at a time.
    seats: u32,
    /// Activations whose seat is taken.
    seats_used: u32,
    /// Most transfers to another device, ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_limit: Option<u32>,
    /// Transfers so far.
    transfers: u32,
    /// Repairs of one activation in 365 days.
    repair_limit: u32,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    start: Option<String>,
    /// Last usable day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    end: Option<String>,
    /// Days until its end, the present one counted; 0 = it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
    /// IANA name of the zone whose midnights the dates mean.
    zone: String,
    /// For trying only.
    evaluation: bool,
    /// Last day of maintenance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    maintenance_end: Option<String>,
    /// Days of maintenance left, the present one counted (ICE-11).
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance_days_left: Option<i64>,
    /// Percent of the fingerprint that must match.
    match_rate: u32,
    /// How often a device must refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<Lease>,
    /// How often a site's portal asks its authority about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    revalidation: Option<Asking>,
    /// More users than seats get a trial seat each.
    trial_seats: bool,
    /// Id of the policy that it was made under.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// Its own word on offline activation.
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_offline: Option<bool>,
    /// Whether offline activation is allowed, by its own word or the policy's.
    offline: bool,
    /// Devices that may no longer be trusted.
    blocked: Vec<Blocked>,
    /// Rises with every change.
    #[schema(minimum = 1)]
    revision: u32,
}

/// What is licensed.
#[derive(Serialize, ToSchema)]
struct Sold {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// The version that was sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

/// Who bought a license.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenseHolder)]
struct Holder {
    /// Name of the person or organization.
    name: String,
    /// The vendor's order id.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
}

/// A device that may no longer be trusted.
#[derive(Serialize, ToSchema)]
#[schema(as = BlockedDevice)]
struct Blocked {
    /// Its key's id.
    device: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

impl Shown {
    /// As of now.
    pub(in crate::http) fn of(pooled: Pooled, now: Instant) -> Shown {
        let Pooled { license, entry, seats_used, .. } = pooled;
        let bounds = Bounds::of(license.start, license.end, license.zone);
        let status = effective(license.status, &bounds, now);
        let kept = entry.as_ref().and_then(|entry| entry.reason.as_ref()).map(Reason::name);
        let left = |day: Option<chrono::NaiveDate>| day.map(|day| days_left(day, license.zone, now));
        Shown {
            status: status.into(),
            // What the clock alone has changed has its reason before it is written down.
            reason: if status == license.status { kept } else { bounds.has_ended(now).then_some("ended") },
            in_pool: entry.is_none_or(|entry| entry.in_pool),
            id: license.id.to_string(),
            key: license.key.to_string(),
            edition: license.edition,
            customer: license.customer.map(|it| Holder { name: it.name, order: it.order }),
            customer_id: license.customer_id.map(|id| id.to_string()),
            previous_order: license.previous_order,
            replaces: license.replaces.map(|id| id.to_string()),
            user: match license.claim {
                ClaimedBy::Key => None,
                ClaimedBy::User(user) => Some(user.to_string()),
            },
            subscription: license.subscription,
            pooling: license.pooling.into(),
            features: license.features.iter().map(Feature::from).collect(),
            model: license.model.into(),
            seats: license.seats.total,
            seats_used,
            transfer_limit: license.seats.transfer_limit,
            transfers: license.seats.transfers,
            repair_limit: license.seats.repair_limit,
            start: license.start.map(|day| day.to_string()),
            end: license.end.map(|day| day.to_string()),
            days_left: left(license.end),
            zone: license.zone.name().to_owned(),
            evaluation: license.evaluation,
            maintenance_end: license.maintenance_end.map(|day| day.to_string()),
            maintenance_days_left: left(license.maintenance_end),
            match_rate: license.match_rate,
            lease: license.lease.map(Lease::from),
            revalidation: license.revalidation.map(Asking::from),
            trial_seats: license.trial_seats,
            offline: license.allow_offline.unwrap_or(license.policy.allow_offline),
            allow_offline: license.allow_offline,
            policy: license.policy.id.map(|id| id.to_string()),
            blocked: license
                .blocked
                .iter()
                .map(|block| Blocked { device: block.device.to_string(), since: block.since.to_string() })
                .collect(),
            revision: license.revision,
            product: Sold {
                id: license.product.id.to_string(),
                name: license.product.name,
                version: license.product.version,
            },
        }
    }
}
