//! Working off what waits for a person.

use handcarry_format::Id;
use handcarry_rules::{Activation, CaseKind};
use handcarry_store::{CaseFilter, Closed, ListedCase, Page, StoreError};
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::unit::Unit;

/// Kinds of cases that suspect a second device.
fn suspects(kind: &str) -> bool {
    [CaseKind::Fork, CaseKind::Zombie].iter().any(|it| it.name() == kind && it.suspects_clone())
}

/// Closes a case; with the last one of its activation that suspects a second device goes the suspicion (D-36).
pub fn close(unit: &mut Unit<'_>, id: &Id, why: &str) -> Result<ListedCase, Failure> {
    let known = unit.tx.case(unit.tenant, id)?.ok_or_else(|| unknown("case", id))?;
    if known.closed.is_some() {
        return Ok(known);
    }
    let closed = Closed { at: unit.now, by: unit.by.to_string(), why: why.to_owned() };
    unit.tx.close_case(unit.tenant, id, &closed)?;
    let case = &known.case.case;
    let cleared = suspects(&case.kind) && clear(unit, &case.activation)?;
    let facts = json!({
        "case": id, "kind": case.kind, "activation": case.activation, "reason": why, "cleared": cleared,
    });
    unit.log("case.closed", facts)?;
    Ok(ListedCase { closed: Some(closed), ..known })
}

/// Takes the suspicion from an activation, unless another open case has it. Whether it was there.
fn clear(unit: &mut Unit<'_>, activation: &Id) -> Result<bool, StoreError> {
    let filter = CaseFilter { open: Some(true), activation: Some(activation.clone()), kind: None };
    let others = unit.tx.list_cases(unit.tenant, &filter, &Page { after: None, limit: u32::MAX })?;
    if others.iter().any(|other| suspects(&other.case.case.kind)) {
        return Ok(false);
    }
    let Some(found) = unit.tx.listed_activation(unit.tenant, activation)? else { return Ok(false) };
    if !found.activation.clone_suspected {
        return Ok(false);
    }
    let cleared = Activation { clone_suspected: false, ..found.activation };
    unit.tx.save_activation(unit.tenant, &found.license, &cleared)?;
    Ok(true)
}
