//! LSP-14: how the portal looks, and under which name it is found; the vendor's own to change.

use handcarry_store::{StoreError, Tenant, TenantId, Tx};
use handcarry_theme::Theme;
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::refuse::exists;
use crate::service::vendor::unit::Unit;

/// What changes; none = stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The host name; `Some(None)` takes it away.
    pub host: Option<Option<String>>,
    /// The portal's address, as files and vendor files name it.
    pub address: Option<String>,
    /// How it looks, as it was written, with every value checked: what is left out follows the tenant.
    pub theme: Option<(String, Theme)>,
}

/// The tenant as it is stored, not as this process last saw it.
pub fn of(tx: &mut dyn Tx, tenant: TenantId) -> Result<Tenant, Failure> {
    let found = tx.tenants()?.into_iter().find(|it| it.id == tenant);
    Ok(found.ok_or(StoreError::Missing("the tenant"))?)
}

/// Changes the portal. A host name that another tenant has is refused.
pub fn update(unit: &mut Unit<'_>, changes: &Changes) -> Result<Tenant, Failure> {
    let before = of(unit.tx, unit.tenant)?;
    let mut after = before.clone();
    if let Some(host) = &changes.host {
        after.host.clone_from(host);
    }
    if let Some(address) = &changes.address {
        after.portal.clone_from(address);
    }
    if let Some((text, _)) = &changes.theme {
        after.theme.clone_from(text);
    }
    if after == before {
        return Ok(after);
    }
    match unit.tx.update_tenant(&after) {
        Err(StoreError::Taken(_)) => return Err(exists("host", after.host.clone().unwrap_or_default())),
        done => done?,
    }
    let facts = |tenant: &Tenant| json!({"host": tenant.host, "address": tenant.portal});
    let theme = changes.theme.as_ref().map(|(_, theme)| theme.version());
    unit.log("tenant.portal", json!({"before": facts(&before), "after": facts(&after), "theme": theme}))?;
    Ok(after)
}
