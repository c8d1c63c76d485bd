//! Who buys licenses (ICE-01).

use handcarry_format::Id;
use handcarry_rules::holder::{CustomerProblem, CustomerRecord};
use handcarry_store::{Customer, StoreError};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::service::vendor::refuse::{exists, field, in_use, stale, unknown};
use crate::service::vendor::unit::Unit;

/// Adds a customer.
pub fn create(unit: &mut Unit<'_>, record: &CustomerRecord) -> Result<Customer, Failure> {
    record.check().map_err(refused)?;
    let new = Customer { record: record.clone(), created_at: unit.now, revision: 1 };
    match unit.tx.insert_customer(unit.tenant, &new) {
        Err(StoreError::Taken(_)) => return Err(exists("customer", &record.id)),
        done => done?,
    }
    unit.log("customer.created", facts(&new))?;
    Ok(new)
}

/// What changes of a customer; none = stays, `Some(None)` = is taken away.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The name.
    pub name: Option<String>,
    /// The organization.
    pub company: Option<Option<String>>,
    /// Where notices go.
    pub email: Option<Option<String>>,
    /// Postal address.
    pub address: Option<Option<String>>,
    /// What others call it, all of them.
    pub references: Option<Vec<String>>,
}

/// Changes a customer that is at this revision; at any, if none is given.
pub fn update(
    unit: &mut Unit<'_>,
    id: &Id,
    revision: Option<u32>,
    changes: &Changes,
) -> Result<Customer, Failure> {
    let Some(known) = unit.tx.customer(unit.tenant, id)? else { return Err(unknown("customer", id)) };
    if revision.is_some_and(|revision| revision != known.revision) {
        return Err(stale("customer", id, known.revision));
    }
    let mut new = known.clone();
    let record = &mut new.record;
    record.name = changes.name.clone().unwrap_or_else(|| record.name.clone());
    for (to, change) in [
        (&mut record.company, &changes.company),
        (&mut record.email, &changes.email),
        (&mut record.address, &changes.address),
    ] {
        if let Some(change) = change {
            to.clone_from(change);
        }
    }
    if let Some(references) = &changes.references {
        record.references.clone_from(references);
    }
    if new == known {
        return Ok(known);
    }
    new.record.check().map_err(refused)?;
    new.revision += 1;
    unit.tx.update_customer(unit.tenant, &new)?;
    unit.log("customer.updated", json!({"customer": id, "before": facts(&known), "after": facts(&new)}))?;
    Ok(new)
}

/// Removes a customer that no license names.
pub fn delete(unit: &mut Unit<'_>, id: &Id) -> Result<(), Failure> {
    if !unit.tx.delete_customer(unit.tenant, id)? {
        return Err(match unit.tx.customer(unit.tenant, id)? {
            Some(_) => in_use("customer", id),
            None => unknown("customer", id),
        });
    }
    Ok(unit.log("customer.deleted", json!({"customer": id}))?)
}

fn refused(CustomerProblem { field: name }: CustomerProblem) -> Failure {
    field(name, "not what a customer's record can hold")
}

fn facts(customer: &Customer) -> Value {
    let record = &customer.record;
    json!({
        "customer": record.id,
        "name": record.name,
        "company": record.company,
        "email": record.email,
        "address": record.address,
        "references": record.references,
    })
}
