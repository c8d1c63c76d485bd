//! What licenses are made under (LSP-15, LSP-17).

use handcarry_format::Id;
use handcarry_rules::{PolicyRecord, PolicyTerms};
use handcarry_store::StoreError;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::service::vendor::refuse::{exists, stale, unknown};
use crate::service::vendor::unit::Unit;

/// Adds a policy.
pub fn create(unit: &mut Unit<'_>, new: &PolicyRecord) -> Result<PolicyRecord, Failure> {
    match unit.tx.insert_policy(unit.tenant, new) {
        Err(StoreError::Taken(_)) => return Err(exists("policy", &new.id)),
        done => done?,
    }
    unit.log("policy.created", facts(new))?;
    Ok(new.clone())
}

/// What changes of a policy; none = stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Its name.
    pub name: Option<String>,
    /// Whether licenses that say nothing of their own may be activated offline; reaches them at once.
    pub allow_offline: Option<bool>,
    /// What licenses begin with, all of it; reaches only those that are made from now on.
    pub terms: Option<PolicyTerms>,
}

/// Changes a policy that is at this revision.
pub fn update(
    unit: &mut Unit<'_>,
    id: &Id,
    revision: u32,
    changes: &Changes,
) -> Result<PolicyRecord, Failure> {
    let Some(known) = unit.tx.policy(unit.tenant, id)? else { return Err(unknown("policy", id)) };
    if known.revision != revision {
        return Err(stale("policy", id, known.revision));
    }
    let mut new = known.clone();
    new.name = changes.name.clone().unwrap_or(new.name);
    new.allow_offline = changes.allow_offline.unwrap_or(new.allow_offline);
    new.terms = changes.terms.clone().unwrap_or(new.terms);
    if new == known {
        return Ok(known);
    }
    new.revision += 1;
    unit.tx.update_policy(unit.tenant, &new)?;
    unit.log("policy.updated", json!({"policy": id, "before": facts(&known), "after": facts(&new)}))?;
    Ok(new)
}

fn facts(policy: &PolicyRecord) -> Value {
    json!({
        "policy": policy.id,
        "name": policy.name,
        "allow_offline": policy.allow_offline,
        "terms": policy.terms,
    })
}
