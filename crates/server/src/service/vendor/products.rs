//! Products and the features that can be licensed of them.

use handcarry_format::{Feature, Id, Product};
use handcarry_store::{CatalogProduct, StoreError};
use serde_json::json;

use crate::failure::Failure;
use crate::service::vendor::refuse::{exists, stale, unknown};
use crate::service::vendor::unit::Unit;

/// Features that a product may have: as many as a license file.
pub const MOST_FEATURES: usize = 1_000;

/// Adds a product.
pub fn create(
    unit: &mut Unit<'_>,
    product: &Product,
    features: &[Feature],
) -> Result<CatalogProduct, Failure> {
    let new = CatalogProduct { product: product.clone(), features: features.to_vec(), revision: 1 };
    match unit.tx.insert_product(unit.tenant, &new) {
        Err(StoreError::Taken(_)) => return Err(exists("product", &product.id)),
        done => done?,
    }
    unit.log("product.created", facts(&new))?;
    Ok(new)
}

/// What changes of a product; none = stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Its name.
    pub name: Option<String>,
    /// Its version; `Some(None)` takes it away.
    pub version: Option<Option<String>>,
    /// Its features, all of them.
    pub features: Option<Vec<Feature>>,
}

/// Changes a product that is at this revision.
pub fn update(
    unit: &mut Unit<'_>,
    id: &Id,
    revision: u32,
    changes: &Changes,
) -> Result<CatalogProduct, Failure> {
    let Some(known) = unit.tx.product(unit.tenant, id)? else { return Err(unknown("product", id)) };
    if known.revision != revision {
        return Err(stale("product", id, known.revision));
    }
    let mut new = known.clone();
    if let Some(name) = &changes.name {
        new.product.name.clone_from(name);
    }
    if let Some(version) = &changes.version {
        new.product.version.clone_from(version);
    }
    if let Some(features) = &changes.features {
        new.features.clone_from(features);
    }
    if new == known {
        return Ok(known);
    }
    new.revision += 1;
    unit.tx.update_product(unit.tenant, &new)?;
    unit.log("product.updated", json!({"product": id, "before": facts(&known), "after": facts(&new)}))?;
    Ok(new)
}

fn facts(product: &CatalogProduct) -> serde_json::Value {
    json!({
        "id": product.product.id,
        "name": product.product.name,
        "version": product.product.version,
        "features": product.features,
    })
}
