use handcarry_format::Product;
use rusqlite::{Connection, Row, params};

use super::convert::{Cells, many, run, to_json};
use super::errors::constraint;
use crate::{StoreError, Tenant, TenantId};

const UNIQUE: &[(&str, &str)] =
    &[("tenant.slug", "the tenant's slug"), ("tenant.host", "the host"), ("tenant.id", "the tenant's id")];

pub(super) fn insert(connection: &Connection, tenant: &Tenant) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO tenant (id, slug, name, host, portal, zone, root, keyring, theme, created_at, rules)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    write(connection, sql, tenant).map(drop)
}

pub(super) fn update(connection: &Connection, tenant: &Tenant) -> Result<(), StoreError> {
    let sql = "UPDATE tenant SET slug = ?2, name = ?3, host = ?4, portal = ?5, zone = ?6, root = ?7,
               keyring = ?8, theme = ?9, created_at = ?10, rules = ?11 WHERE id = ?1";
    match write(connection, sql, tenant)? {
        0 => Err(StoreError::Missing("the tenant")),
        _ => Ok(()),
    }
}

fn write(connection: &Connection, sql: &str, tenant: &Tenant) -> Result<usize, StoreError> {
    let values = params![
        tenant.id.0,
        tenant.slug.as_str(),
        tenant.name,
        tenant.host,
        tenant.portal,
        tenant.zone,
        tenant.root.as_bytes(),
        tenant.keyring,
        tenant.theme,
        tenant.created_at.unix(),
        to_json(&tenant.rules, "tenant")?,
    ];
    run(connection, sql, values).map_err(|error| constraint(error, UNIQUE, "the tenant"))
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Tenant>, StoreError> {
    let sql = "SELECT id, slug, name, host, portal, zone, root, keyring, theme, created_at, rules
               FROM tenant ORDER BY slug";
    many(connection, sql, [], read)
}

fn read(row: &Row<'_>) -> Result<Tenant, StoreError> {
    let mut cells = Cells::of(row, "tenant");
    Ok(Tenant {
        id: TenantId(cells.get()?),
        slug: cells.id()?,
        name: cells.get()?,
        host: cells.get()?,
        portal: cells.get()?,
        zone: cells.get()?,
        root: cells.key()?,
        keyring: cells.get()?,
        theme: cells.get()?,
        created_at: cells.instant()?,
        rules: cells.parsed(|text| serde_json::from_str(text).ok())?,
    })
}

pub(super) fn put_product(
    connection: &Connection,
    tenant: TenantId,
    product: &Product,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO product (tenant, id, name, version) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, version = excluded.version";
    run(connection, sql, params![tenant.0, product.id.as_str(), product.name, product.version])
        .map(drop)
        .map_err(|error| constraint(error, &[], "the tenant"))
}

pub(super) fn products(connection: &Connection, tenant: TenantId) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT id, name, version FROM product WHERE tenant = ?1 ORDER BY id";
    many(connection, sql, [tenant.0], |row| {
        let mut cells = Cells::of(row, "product");
        Ok(Product { id: cells.id()?, name: cells.get()?, version: cells.get()? })
    })
}
