use super::SqlTx;
use super::json::to_json;
use crate::sql::{Cells, Row, Unique, Value, insert, many, refuse_taken, run, values};
use crate::{StoreError, Tenant, TenantId};

/// The vendors that this portal serves.
pub trait Tenants {
    /// Adds a tenant; refuses a number, slug or host that is taken.
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError>;
    /// Replaces everything of a tenant but its id.
    fn update_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError>;
    /// All tenants, by slug.
    fn tenants(&mut self) -> Result<Vec<Tenant>, StoreError>;
}

impl Tenants for SqlTx<'_> {
    fn insert_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let text =
            "INSERT INTO tenant (id, slug, name, host, portal, zone, root, keyring, theme, created_at, rules)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
        let unique = [
            Unique { what: "the tenant's slug", holder: "SELECT 1 FROM tenant WHERE slug = ?2" },
            Unique { what: "the host", holder: "SELECT 1 FROM tenant WHERE host = ?4" },
            Unique { what: "the tenant's id", holder: "SELECT 1 FROM tenant WHERE id = ?1" },
        ];
        with_values(tenant, |values| insert(self.sql, text, values, "the tenant", &unique))
    }

    fn update_tenant(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let text = "UPDATE tenant SET slug = ?2, name = ?3, host = ?4, portal = ?5, zone = ?6, root = ?7,
                    keyring = ?8, theme = ?9, created_at = ?10, rules = ?11 WHERE id = ?1";
        let unique = [
            Unique { what: "the tenant's slug", holder: "SELECT 1 FROM tenant WHERE slug = ?2 AND id <> ?1" },
            Unique { what: "the host", holder: "SELECT 1 FROM tenant WHERE host = ?4 AND id <> ?1" },
        ];
        with_values(tenant, |values| {
            refuse_taken(self.sql, values, &unique)?;
            match run(self.sql, text, values)? {
                0 => Err(StoreError::Missing("the tenant")),
                _ => Ok(()),
            }
        })
    }

    fn tenants(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let text = "SELECT id, slug, name, host, portal, zone, root, keyring, theme, created_at, rules
                    FROM tenant ORDER BY slug";
        many(self.sql, text, values![], read)
    }
}

fn with_values<T>(
    tenant: &Tenant,
    write: impl FnOnce(&[Value<'_>]) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    write(values![
        tenant.id,
        &tenant.slug,
        &tenant.name,
        &tenant.host,
        &tenant.portal,
        &tenant.zone,
        tenant.root.as_bytes(),
        &tenant.keyring,
        &tenant.theme,
        tenant.created_at,
        to_json(&tenant.rules, "tenant")?,
    ])
}

fn read(row: &dyn Row) -> Result<Tenant, StoreError> {
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
