//! A license of the pool as it is listed (ALT-23).

use chrono::{DateTime, NaiveDate};
use handcarry_format::Instant;
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::{actions, effective};
use handcarry_store::Pooled;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::keeper::{bounds, told};
use super::verification::validation;
use crate::site::Site;

/// A license of the pool.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PoolRow {
    /// The license's id.
    pub id: String,
    /// What it is now: `activating`, `failed_verification`, `active`, `pending`, `inactive` or `blocked`.
    pub status: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why it is inactive or blocked: `code`, and what belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub reason: Option<Value>,
    /// What can be done with it: of `activate`, `deactivate`, `delete` and `recheck`.
    pub actions: Vec<String>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The customer's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The product.
    pub product: String,
    /// The product's id.
    pub product_id: String,
    /// The edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The product's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The license key, shortened.
    pub key: String,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// Last usable day; none = perpetual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Zone whose midnights the days mean.
    pub zone: String,
    /// Days left, today included; 0 once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Days of maintenance left, today included; 0 once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_days_left: Option<i64>,
    /// Seats of it that are taken here.
    pub seats_used: u32,
    /// Seats of it.
    pub seats: u32,
    /// The license that it renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// At an authority: the site that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// At a site: when the authority last confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<String>,
    /// At a site: attempts since then that failed.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed_attempts: u32,
    /// At a site: `ok`, `due`, `failing`, `emergency`, `ended` or `stopped` (ICE-17 to ICE-22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revalidation: Option<String>,
    /// At a site: when the authority is asked next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// A license of the pool as it is now, whatever is written down of it (ALT-22).
pub fn row(site: &Site, pooled: &Pooled, now: Instant) -> PoolRow {
    let Pooled { license, entry, seats_used, hold, company } = pooled;
    let status = effective(license.status, &bounds(pooled), now);
    let entry = entry.as_ref();
    // Of a status that only the clock has brought about nothing is written down yet.
    let written = entry.filter(|_| status == license.status);
    let reason = match written {
        None if status == PoolStatus::Blocked => Some(serde_json::json!({"code": "ended"})),
        written => written.and_then(|entry| entry.reason.as_ref()).map(told),
    };
    let today =
        DateTime::from_timestamp(now.unix(), 0).map(|at| at.with_timezone(&license.zone).date_naive());
    let left = |last: Option<NaiveDate>| Some((last? - today?).num_days().saturating_add(1).max(0));
    let text = |at: Option<Instant>| at.map(|at| at.to_string());
    let state = validation(pooled).filter(|_| status.is_assignable());
    PoolRow {
        id: license.id.to_string(),
        status: status.name().to_owned(),
        since: text(written.map(|entry| entry.since)),
        reason,
        actions: actions(status).map(|action| action.name().to_owned()).collect(),
        customer: license.customer.as_ref().map(|customer| customer.name.clone()),
        company: company.clone(),
        order: license.customer.as_ref().and_then(|customer| customer.order.clone()),
        product: license.product.name.clone(),
        product_id: license.product.id.to_string(),
        edition: license.edition.clone(),
        version: license.product.version.clone(),
        key: license.key.short(),
        start: license.start.map(|day| day.to_string()),
        end: license.end.map(|day| day.to_string()),
        zone: license.zone.name().to_owned(),
        days_left: left(license.end),
        maintenance_days_left: left(license.maintenance_end),
        seats_used: *seats_used,
        seats: license.seats.total,
        replaces: license.replaces.as_ref().map(ToString::to_string),
        held_by: hold.as_ref().map(|hold| hold.site.name.clone()),
        verified_at: text(entry.and_then(|entry| entry.verified_at)),
        failed_attempts: entry.and_then(|entry| entry.failure).map_or(0, |failure| failure.attempts),
        revalidation: state.map(|state| state.state(site.zone(), now).name().to_owned()),
        next_attempt: text(entry.and_then(|entry| entry.ask_at)),
    }
}
