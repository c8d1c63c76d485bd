//! Upgrades of a license's count (LMX).

use handcarry_format::{Id, Instant};
use handcarry_rules::Entitlement;
use handcarry_rules::upgrade::{AskedUpgrade, Checked, Upgrade, UpgradeRefusal, Upgrades};
use handcarry_store::StoreError;
use handcarry_store::tx::StoredUpgrade;
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::unit::Unit;

/// Adds an upgrade to a license, or says that it is there (LMX-12). The flag says whether it is new.
pub fn add(
    unit: &mut Unit<'_>,
    license: &Id,
    asked: &AskedUpgrade,
) -> Result<(StoredUpgrade, bool), Failure> {
    let base = license_of(unit, license)?;
    let upgrades = unit.tx.upgrades_of(unit.tenant, license)?;
    match upgrades.check(asked, &base).map_err(refused)? {
        Checked::Known => {
            let known = unit.tx.upgrade(unit.tenant, &asked.id)?.ok_or(StoreError::Missing("the upgrade"))?;
            Ok((known, false))
        }
        Checked::New(upgrade) => {
            match unit.tx.insert_upgrade(unit.tenant, license, &upgrade, unit.now) {
                // Of another license, or withdrawn.
                Err(StoreError::Taken(_)) => {
                    return Err(refused(UpgradeRefusal::Altered { id: asked.id.clone() }));
                }
                done => done?,
            }
            unit.log("upgrade.added", facts(&upgrade, license))?;
            raise(unit, base, &upgrades)?;
            let stored =
                StoredUpgrade { license: license.clone(), upgrade, added_at: unit.now, withdrawn_at: None };
            Ok((stored, true))
        }
    }
}

/// Withdraws an upgrade. Sessions and seats that it gave go on; new ones see the lower count (LMX-15).
pub fn withdraw(unit: &mut Unit<'_>, id: &Id) -> Result<(), Failure> {
    let Some(known) = unit.tx.upgrade(unit.tenant, id)? else { return Err(unknown("upgrade", id)) };
    let base = license_of(unit, &known.license)?;
    let upgrades = unit.tx.upgrades_of(unit.tenant, &known.license)?;
    if unit.tx.withdraw_upgrade(unit.tenant, id, unit.now)? {
        unit.log("upgrade.withdrawn", json!({"upgrade": id, "license": known.license}))?;
        raise(unit, base, &upgrades)?;
    }
    Ok(())
}

/// Before a license is changed: its upgrades must still fit (LMX-02, LMX-08 to LMX-11).
pub fn still_fit(unit: &mut Unit<'_>, changed: &Entitlement) -> Result<(), Failure> {
    let upgrades = unit.tx.upgrades_of(unit.tenant, &changed.id)?;
    upgrades
        .still_fit(changed)
        .map_err(|(id, refusal)| handcarry_api::Problem::from(&refusal).with("upgrade", id).into())
}

/// What the count of a license is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountAt {
    /// As it was sold.
    pub base: u32,
    /// What upgrades add.
    pub added: u32,
    /// Both.
    pub count: u32,
}

/// The count of a license at an instant (LMX-07).
pub fn count_at(upgrades: &Upgrades, license: &Entitlement, at: Instant) -> CountAt {
    CountAt {
        base: handcarry_rules::upgrade::base_count(license),
        added: upgrades.added_at(license, at),
        count: upgrades.count_at(license, at),
    }
}

/// A license whose count is another now than it was with the upgrades before is at a new revision: the next refresh file
/// of each device carries it (LMX-16).
fn raise(unit: &mut Unit<'_>, mut base: Entitlement, before: &Upgrades) -> Result<(), Failure> {
    let after = unit.tx.upgrades_of(unit.tenant, &base.id)?;
    if before.raised(&base, unit.now) != after.raised(&base, unit.now) {
        base.revision = base.revision.saturating_add(1);
        unit.tx.update_license(unit.tenant, &base)?;
    }
    Ok(())
}

fn license_of(unit: &mut Unit<'_>, id: &Id) -> Result<Entitlement, Failure> {
    unit.tx.license(unit.tenant, id)?.ok_or_else(|| unknown("license", id))
}

fn refused(refusal: UpgradeRefusal) -> Failure {
    handcarry_api::Problem::from(&refusal).into()
}

/// An upgrade, for the log.
fn facts(upgrade: &Upgrade, license: &Id) -> serde_json::Value {
    json!({
        "upgrade": upgrade.id,
        "license": license,
        "feature": upgrade.feature,
        "count": upgrade.count,
        "start": upgrade.start.map(|day| day.to_string()),
        "end": upgrade.end.map(|day| day.to_string()),
        "servers": upgrade.servers.len(),
    })
}
