//! What a tenant decides for all its licenses.

use handcarry_api::{Problem, code};
use handcarry_rules::holder::TransferPeriod;
use handcarry_rules::{SeatFree, TenantRules};
use handcarry_store::{StoreError, Tenant, TenantId, Tx};
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::unit::Unit;

/// What changes; none = stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Re-hosts in 365 days that one person may make alone.
    pub rehosts_per_year: Option<u32>,
    /// When a seat is free that was taken back without proof.
    pub seat_free: Option<SeatFree>,
    /// Days after which a lost device is taken for lost.
    pub loss_wait_days: Option<u32>,
    /// How often a license may move without a justification; `Some(None)` = as often as it allows.
    pub transfers: Option<Option<TransferPeriod>>,
    /// E-mail address of whoever runs the portal; `Some(None)` takes it away.
    pub administrator: Option<Option<String>>,
    /// E-mail address of the vendor's own people.
    pub vendor_contact: Option<Option<String>>,
    /// Language of messages.
    pub language: Option<String>,
    /// What this portal's server is (LMX-13).
    pub host_ids: Option<Vec<String>>,
}

/// The rules as they are stored, not as this process last saw them.
pub fn of(tx: &mut dyn Tx, tenant: TenantId) -> Result<TenantRules, Failure> {
    Ok(stored(tx, tenant)?.rules)
}

fn stored(tx: &mut dyn Tx, tenant: TenantId) -> Result<Tenant, StoreError> {
    let found = tx.tenants()?.into_iter().find(|it| it.id == tenant);
    found.ok_or(StoreError::Missing("the tenant"))
}

/// Changes the rules, if they are those that the caller expects.
pub fn update(
    unit: &mut Unit<'_>,
    is_expected: impl Fn(&TenantRules) -> bool,
    changes: &Changes,
) -> Result<TenantRules, Failure> {
    let mut tenant = stored(unit.tx, unit.tenant)?;
    if !is_expected(&tenant.rules) {
        return Err(Problem::new(409, code::RESOURCE_STALE).with("kind", "rules").into());
    }
    let before = tenant.rules.clone();
    let after = &mut tenant.rules;
    set(&mut after.rehosts_per_year, &changes.rehosts_per_year);
    set(&mut after.seat_free, &changes.seat_free);
    set(&mut after.loss_wait_days, &changes.loss_wait_days);
    set(&mut after.transfers, &changes.transfers);
    set(&mut after.administrator, &changes.administrator);
    set(&mut after.vendor_contact, &changes.vendor_contact);
    set(&mut after.language, &changes.language);
    set(&mut after.host_ids, &changes.host_ids);
    if tenant.rules != before {
        unit.tx.update_tenant(&tenant)?;
        unit.log("tenant.rules", json!({"before": before, "after": tenant.rules}))?;
    }
    Ok(tenant.rules)
}

fn set<T: Clone>(place: &mut T, said: &Option<T>) {
    if let Some(said) = said {
        place.clone_from(said);
    }
}
