use handcarry_format::Product;

use super::SqlTx;
use crate::sql::{Cells, add, many, values};
use crate::{StoreError, TenantId};

/// What is licensed.
pub trait Products {
    /// Adds or renames a product.
    fn put_product(&mut self, tenant: TenantId, product: &Product) -> Result<(), StoreError>;
    /// All products, by id.
    fn products(&mut self, tenant: TenantId) -> Result<Vec<Product>, StoreError>;
}

impl Products for SqlTx<'_> {
    fn put_product(&mut self, tenant: TenantId, product: &Product) -> Result<(), StoreError> {
        let text = "INSERT INTO product (tenant, id, name, version) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, version = excluded.version,
                      revision = product.revision + 1";
        let values = values![tenant, &product.id, &product.name, &product.version];
        add(self.sql, text, values, "the tenant").map(drop)
    }

    fn products(&mut self, tenant: TenantId) -> Result<Vec<Product>, StoreError> {
        let text = "SELECT id, name, version FROM product WHERE tenant = ?1 ORDER BY id";
        many(self.sql, text, values![tenant], |row| {
            let mut cells = Cells::of(row, "product");
            Ok(Product { id: cells.id()?, name: cells.get()?, version: cells.get()? })
        })
    }
}
