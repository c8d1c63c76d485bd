use handcarry_format::{Feature, Id, Product};

use crate::sql::{Cells, Row, Unique, insert, many, one, run, values};
use crate::tx::json::to_json;
use crate::tx::{SqlTx, mirror};
use crate::{Page, StoreError, TenantId};

/// A product, with what can be licensed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogProduct {
    /// The product.
    pub product: Product,
    /// Its features.
    pub features: Vec<Feature>,
    /// Rises with every change.
    pub revision: u32,
}

/// What can be licensed.
pub trait Catalog {
    /// Adds a product; refuses an id that is taken.
    fn insert_product(&mut self, tenant: TenantId, product: &CatalogProduct) -> Result<(), StoreError>;
    /// Replaces a product. The caller has raised its revision; if the stored one is as high, somebody else
    /// has changed it meanwhile ([`StoreError::Stale`]).
    fn update_product(&mut self, tenant: TenantId, product: &CatalogProduct) -> Result<(), StoreError>;
    /// A product.
    fn product(&mut self, tenant: TenantId, id: &Id) -> Result<Option<CatalogProduct>, StoreError>;
    /// Products by id; the cursor is the last one's id.
    fn catalog(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<CatalogProduct>, StoreError>;
}

impl Catalog for SqlTx<'_> {
    fn insert_product(&mut self, tenant: TenantId, product: &CatalogProduct) -> Result<(), StoreError> {
        let text = "INSERT INTO product (tenant, id, name, version, features, revision)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let unique = [Unique {
            what: "the product's id",
            holder: "SELECT 1 FROM product WHERE tenant = ?1 AND id = ?2",
        }];
        let CatalogProduct { product: Product { id, name, version }, features, revision } = product;
        let values = values![tenant, id, name, version, to_json(features, "product")?, *revision];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn update_product(&mut self, tenant: TenantId, product: &CatalogProduct) -> Result<(), StoreError> {
        let text = "UPDATE product SET name = ?3, version = ?4, features = ?5, revision = ?6
                    WHERE tenant = ?1 AND id = ?2 AND revision < ?6";
        let CatalogProduct { product: Product { id, name, version }, features, revision } = product;
        let values = values![tenant, id, name, version, to_json(features, "product")?, *revision];
        if run(self.sql, text, values)? == 1 {
            return Ok(());
        }
        match self.product(tenant, id)? {
            Some(_) => Err(StoreError::Stale("product")),
            None => Err(StoreError::Missing("the product")),
        }
    }

    fn product(&mut self, tenant: TenantId, id: &Id) -> Result<Option<CatalogProduct>, StoreError> {
        let text = "SELECT id, name, version, features, revision FROM product WHERE tenant = ?1 AND id = ?2";
        one(self.sql, text, values![tenant, id], read)
    }

    fn catalog(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<CatalogProduct>, StoreError> {
        let text = "SELECT id, name, version, features, revision FROM product
                    WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        many(self.sql, text, values![tenant, page.after.as_deref().unwrap_or(""), page.limit], read)
    }
}

fn read(row: &dyn Row) -> Result<CatalogProduct, StoreError> {
    let mut cells = Cells::of(row, "product");
    Ok(CatalogProduct {
        product: Product { id: cells.id()?, name: cells.get()?, version: cells.get()? },
        features: cells.parsed(mirror::features)?,
        revision: cells.get()?,
    })
}
