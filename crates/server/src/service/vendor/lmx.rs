//! LM-X templates into the store: all of it, or nothing (LMX-22).

use std::collections::BTreeMap;

use handcarry_format::{Digest, Id, Instant, LicenseKey, Product, Vendor};
use handcarry_rules::Entitlement;
use handcarry_rules::upgrade::{KeyType, Upgrades, base_of};
use handcarry_store::{Page, StoreError, TenantId, Tx};
use serde_json::json;

use crate::failure::Failure;
use crate::lmx::{Choices, Fault, Noted, Plan, PlannedUpgrade, Template, plan};
use crate::service::pool::Keeper;
use crate::service::vendor::licenses::facts;
use crate::service::vendor::refuse::exists;
use crate::service::vendor::unit::Unit;
use crate::service::vendor::{sessions, upgrades};
use crate::site::Site;

/// Licenses that are read at a time while a base is looked for.
const PAGE: u32 = 500;

/// What is imported. Keys are drawn before.
#[derive(Clone, Debug)]
pub struct Import {
    /// Who sells.
    pub vendor: Vendor,
    /// What is licensed.
    pub product: Product,
    /// The tenant's zone.
    pub zone: chrono_tz::Tz,
    /// Names the file.
    pub document: Id,
    /// The license that upgrades raise.
    pub base: Option<Id>,
    /// One a feature.
    pub keys: Vec<LicenseKey>,
    /// The template.
    pub template: Template,
}

/// The name of a file that has no other: of its bytes.
pub fn document_of(bytes: &[u8]) -> Id {
    let digest = Digest::of(bytes).hex();
    // Letters, digits and a hyphen are an id.
    Id::new(&format!("lmx-{}", &digest[..24])).unwrap_or_else(|| Id::from_random([0; 16]))
}

/// Plans an import: what it would do, or everything that is refused.
pub fn planned(
    tx: &mut dyn Tx,
    tenant: TenantId,
    import: &Import,
    now: Instant,
) -> Result<Result<Plan, Vec<Fault>>, StoreError> {
    let bases = bases(tx, tenant, import)?;
    let choices = Choices {
        vendor: import.vendor.clone(),
        product: import.product.clone(),
        zone: import.zone,
        document: import.document.clone(),
        base: import.base.clone(),
        bases: &bases,
        keys: &import.keys,
        now,
    };
    Ok(plan(&import.template, &choices))
}

/// Imports a template. Faults change nothing.
pub fn import(
    unit: &mut Unit<'_>,
    site: &Site,
    import: &Import,
) -> Result<Result<Plan, Vec<Fault>>, Failure> {
    let plan = match planned(unit.tx, unit.tenant, import, unit.now)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    for planned in plan.licenses.iter().filter(|planned| !planned.known) {
        match unit.tx.insert_license(unit.tenant, &planned.license) {
            Err(StoreError::Taken(_)) => return Err(exists("license", &planned.license.id)),
            done => done?,
        }
        let mut noted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Noted { name, value } in &planned.noted {
            noted.entry(name).or_default().push(value);
        }
        let license = &planned.license;
        let data = json!({"license": license.id, "terms": facts(license), "imported": "lmx", "noted": noted});
        unit.log("license.created", data)?;
        // ALT-15: what was written is verified.
        Keeper { tx: unit.tx, site, now: unit.now, by: "command" }.written(&license.id)?;
        sessions::set_terms(unit, site, &license.id, &planned.sessions)?;
    }
    for PlannedUpgrade { license, asked, upgrade, .. } in &plan.upgrades {
        if upgrade.is_some() {
            upgrades::add(unit, license, asked)?;
        }
    }
    Ok(Ok(plan))
}

/// The licenses that the plan needs to know: those that this file has made, and those that its upgrades can raise. Of the
/// latter two for each feature are enough to tell that there are several.
fn bases(
    tx: &mut dyn Tx,
    tenant: TenantId,
    import: &Import,
) -> Result<Vec<(Entitlement, Upgrades)>, StoreError> {
    let mut found: Vec<Entitlement> = Vec::new();
    for n in 1..=import.template.features.len() {
        if let Some(id) = Id::new(&format!("{}-{n}", import.document)) {
            found.extend(tx.license(tenant, &id)?);
        }
    }
    if let Some(base) = &import.base {
        found.extend(tx.license(tenant, base)?);
    }
    let features = &import.template.features;
    let is_upgrade = |key_type: KeyType| key_type == KeyType::Upgrade;
    let own = |id: &Id| {
        features.iter().any(|it| !is_upgrade(it.key_type) && it.id.as_str().eq_ignore_ascii_case(id.as_str()))
    };
    let wanted: Vec<&Id> = features
        .iter()
        .filter(|it| is_upgrade(it.key_type) && import.base.is_none() && !own(&it.id))
        .map(|it| &it.id)
        .collect();
    let mut after = None;
    while !wanted.is_empty() {
        let page = tx.licenses(tenant, &Page { after, limit: PAGE })?;
        let more = page.len() == PAGE as usize;
        after = page.last().map(|last| last.id.to_string());
        for license in page.into_iter().filter(|it| it.product.id == import.product.id) {
            let raised = |feature: &&&Id| base_of([&license].into_iter(), feature).is_some();
            if wanted.iter().find(raised).is_some_and(|feature| {
                found.iter().filter(|it| base_of([*it].into_iter(), feature).is_some()).count() < 2
            }) {
                found.push(license);
            }
        }
        if !more {
            break;
        }
    }
    let mut bases = Vec::with_capacity(found.len());
    for license in found {
        if !bases.iter().any(|(known, _): &(Entitlement, Upgrades)| known.id == license.id) {
            let upgrades = tx.upgrades_of(tenant, &license.id)?;
            bases.push((license, upgrades));
        }
    }
    Ok(bases)
}
