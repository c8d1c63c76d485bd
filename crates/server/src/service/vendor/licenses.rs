//! Selling licenses and changing what they allow.

use chrono_tz::Tz;
use handcarry_format::{Id, LicenseKey, Vendor};
use handcarry_rules::pool::Bounds;
use handcarry_rules::{ClaimedBy, Entitlement, PoolStatus, check_terms};
use handcarry_store::StoreError;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::service::vendor::refuse::{field, stale, unknown, unsound};
use crate::service::vendor::terms::Terms;
use crate::service::vendor::unit::Unit;
use crate::service::vendor::upgrades;

/// A license to sell. Id and key are drawn before.
#[derive(Clone, Debug)]
pub struct NewLicense {
    /// Its id.
    pub id: Id,
    /// Its key.
    pub key: LicenseKey,
    /// Who sells it.
    pub vendor: Vendor,
    /// Of which product.
    pub product: Id,
    /// Under which policy.
    pub policy: Option<Id>,
    /// The tenant's zone.
    pub zone: Tz,
    /// What it allows.
    pub terms: Terms,
}

/// Sells a license: it is verified by being made here, and begins with its first day.
pub fn create(unit: &mut Unit<'_>, new: &NewLicense) -> Result<Entitlement, Failure> {
    let catalog = unit.tx.product(unit.tenant, &new.product)?;
    let catalog = catalog.ok_or_else(|| field("product", "there is no such product"))?;
    let (id, key, vendor) = (new.id.clone(), new.key.clone(), new.vendor.clone());
    let mut license = Entitlement::new(id, key, vendor, catalog.product, new.zone);
    if let Some(policy) = &new.policy {
        let policy = unit.tx.policy(unit.tenant, policy)?;
        policy.ok_or_else(|| field("policy", "there is no such policy"))?.begin(&mut license);
    }
    new.terms.apply(&mut license, &catalog.features)?;
    stands(unit, &license, None)?;
    let bounds = Bounds::of(license.start, license.end, license.zone);
    if bounds.has_ended(unit.now) {
        return Err(field("end", "in the past"));
    }
    begin(&mut license, &bounds, unit);
    unit.tx.insert_license(unit.tenant, &license)?;
    unit.log("license.created", json!({"license": license.id, "terms": facts(&license)}))?;
    Ok(license)
}

/// Changes a license that is at this revision; the next refresh file of its devices carries the change (LSP-10).
pub fn update(unit: &mut Unit<'_>, id: &Id, revision: u32, terms: &Terms) -> Result<Entitlement, Failure> {
    let known = unit.tx.pooled(unit.tenant, id)?.filter(|it| it.entry.as_ref().is_none_or(|it| it.in_pool));
    let Some(before) = known.map(|known| known.license) else { return Err(unknown("license", id)) };
    if before.revision != revision {
        return Err(stale("license", id, before.revision));
    }
    let catalog = unit.tx.product(unit.tenant, &before.product.id)?.map(|it| it.features).unwrap_or_default();
    let mut after = before.clone();
    terms.apply(&mut after, &catalog)?;
    if after == before {
        return Ok(before);
    }
    stands(unit, &after, Some(&before))?;
    upgrades::still_fit(unit, &after)?;
    let bounds = Bounds::of(after.start, after.end, after.zone);
    begin(&mut after, &bounds, unit);
    after.revision += 1;
    match unit.tx.update_license(unit.tenant, &after) {
        Err(StoreError::Stale(_)) => return Err(stale("license", id, before.revision)),
        done => done?,
    }
    let data = json!({"license": after.id, "before": facts(&before), "after": facts(&after)});
    unit.log("license.updated", data)?;
    Ok(after)
}

/// ALT-07: what has not begun is pending. What has, the clock itself makes active.
fn begin(license: &mut Entitlement, bounds: &Bounds, unit: &Unit<'_>) {
    if license.status == PoolStatus::Active && !bounds.has_started(unit.now) {
        license.status = PoolStatus::Pending;
    }
}

/// The terms can stand, and what they newly name is there.
fn stands(unit: &mut Unit<'_>, license: &Entitlement, before: Option<&Entitlement>) -> Result<(), Failure> {
    check_terms(license).map_err(|wrong| unsound(&wrong))?;
    let said = |changed: bool| before.is_none() || changed;
    if let ClaimedBy::User(user) = &license.claim
        && said(before.is_some_and(|before| before.claim != license.claim))
        && unit.tx.claimant(unit.tenant, user)?.is_none()
    {
        return Err(field("user", "there is no such user"));
    }
    if let Some(customer) = &license.customer_id
        && said(before.is_some_and(|before| before.customer_id != license.customer_id))
        && unit.tx.customer(unit.tenant, customer)?.is_none()
    {
        return Err(field("customer_id", "there is no such customer"));
    }
    if let Some(replaced) = &license.replaces
        && said(before.is_some_and(|before| before.replaces != license.replaces))
        && unit.tx.license(unit.tenant, replaced)?.is_none()
    {
        return Err(field("replaces", "there is no such license"));
    }
    Ok(())
}

/// What a license allows, for people and for the log. No license key: the log is read by many.
pub fn facts(license: &Entitlement) -> Value {
    json!({
        "customer": license.customer,
        "customer_id": license.customer_id,
        "seats": license.seats.total,
        "features": license.features,
        "model": license.model,
        "start": license.start.map(|day| day.to_string()),
        "end": license.end.map(|day| day.to_string()),
        "zone": license.zone.name(),
        "maintenance_end": license.maintenance_end.map(|day| day.to_string()),
        "evaluation": license.evaluation,
        "match_rate": license.match_rate,
        "repair_limit": license.seats.repair_limit,
        "transfer_limit": license.seats.transfer_limit,
        "lease_days": license.lease.map(|lease| lease.days),
        "grace_days": license.lease.map(|lease| lease.grace_days),
        "offline": license.offline_allowed(),
        "policy": license.policy.id,
        "version": license.product.version,
        "edition": license.edition,
        "previous_order": license.previous_order,
        "replaces": license.replaces,
        "claimed_by": match &license.claim {
            ClaimedBy::Key => None,
            ClaimedBy::User(user) => Some(user),
        },
        "subscription": license.subscription,
        "pooling": license.pooling.name(),
        "trial_seats": license.trial_seats,
        "revalidate_days": license.revalidation.map(|it| it.period_days),
        "revalidate_grace": license.revalidation.map(|it| it.grace_days),
        "pool_status": license.status.name(),
    })
}
