//! People who sign in at the portal to claim licenses (LSP-03).

use handcarry_format::Id;
use handcarry_store::{Claimant, StoreError};
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::refuse::{exists, stale, unknown};
use crate::service::vendor::unit::Unit;

/// Adds somebody.
pub fn create(unit: &mut Unit<'_>, new: &Claimant) -> Result<Claimant, Failure> {
    match unit.tx.insert_claimant(unit.tenant, new) {
        Err(StoreError::Taken(_)) => return Err(exists("user", &new.login)),
        done => done?,
    }
    unit.log("user.created", json!({"user": new.id, "login": new.login}))?;
    Ok(new.clone())
}

/// What changes of somebody; none = stays.
#[derive(Clone, Default)]
pub struct Changes {
    /// What they sign in with.
    pub login: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// The hash of a new password.
    pub password: Option<String>,
    /// May not sign in; devices that are licensed keep what they have.
    pub disabled: Option<bool>,
}

/// Changes somebody who is at this revision.
pub fn update(unit: &mut Unit<'_>, id: &Id, revision: u32, changes: &Changes) -> Result<Claimant, Failure> {
    let Some(known) = unit.tx.claimant(unit.tenant, id)? else { return Err(unknown("user", id)) };
    if known.revision != revision {
        return Err(stale("user", id, known.revision));
    }
    let mut new = known.clone();
    new.login = changes.login.clone().unwrap_or(new.login);
    new.name = changes.name.clone().unwrap_or(new.name);
    new.password = changes.password.clone().unwrap_or(new.password);
    new.disabled = changes.disabled.unwrap_or(new.disabled);
    if new == known {
        return Ok(known);
    }
    new.revision += 1;
    match unit.tx.update_claimant(unit.tenant, &new) {
        Err(StoreError::Taken(_)) => return Err(exists("user", &new.login)),
        done => done?,
    }
    let facts = |user: &Claimant| json!({"login": user.login, "name": user.name, "disabled": user.disabled});
    let password = changes.password.is_some();
    let told = json!({"user": id, "before": facts(&known), "after": facts(&new), "new_password": password});
    unit.log("user.updated", told)?;
    Ok(new)
}
