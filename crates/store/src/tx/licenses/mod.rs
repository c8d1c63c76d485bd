mod row;
mod totals;

use handcarry_format::{Id, LicenseKey, Totals};
use handcarry_rules::Entitlement;

use super::SqlTx;
use super::pool::keep_bounds;
use crate::sql::{Cells, Sql, Unique, Value, insert, many, one, refuse_taken, run, values};
use crate::{Page, StoreError, TenantId};
pub(super) use row::{Beside, Found};
use row::{INSERT, UPDATE, read, select, with_values};
pub(super) use totals::of as totals_of;

/// What is sold, with what the store counts beside it.
pub trait Licenses {
    /// Adds a license; refuses an id or key that is taken.
    fn insert_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError>;
    /// Replaces a license. The caller has raised its revision; if the stored one is as high, somebody else
    /// has changed the license meanwhile ([`StoreError::Stale`]).
    fn update_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError>;
    /// One license.
    fn license(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Entitlement>, StoreError>;
    /// The license with this key.
    fn license_by_key(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
    ) -> Result<Option<Entitlement>, StoreError>;
    /// Licenses by id; the cursor is the last one's id.
    fn licenses(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Entitlement>, StoreError>;

    /// Adds to the license's lifetime usage.
    fn add_totals(&mut self, tenant: TenantId, license: &Id, added: &Totals) -> Result<(), StoreError>;
    /// The license's lifetime usage.
    fn totals(&mut self, tenant: TenantId, license: &Id) -> Result<Totals, StoreError>;
    /// Counts one transfer of the license (LSP-24).
    fn add_transfer(&mut self, tenant: TenantId, license: &Id) -> Result<(), StoreError>;
}

impl Licenses for SqlTx<'_> {
    fn insert_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError> {
        let unique = [
            Unique {
                what: "the license's id",
                holder: "SELECT 1 FROM license WHERE tenant = ?1 AND id = ?2",
            },
            Unique {
                what: "the license key",
                holder: "SELECT 1 FROM license WHERE tenant = ?1 AND key = ?3",
            },
        ];
        with_values(tenant, license, |values| insert(self.sql, INSERT, values, "the tenant", &unique))?;
        keep_bounds(self.sql, tenant, license)
    }

    fn update_license(&mut self, tenant: TenantId, license: &Entitlement) -> Result<(), StoreError> {
        let unique = [Unique {
            what: "the license key",
            holder: "SELECT 1 FROM license WHERE tenant = ?1 AND key = ?3 AND id <> ?2",
        }];
        let changed = with_values(tenant, license, |values| {
            refuse_taken(self.sql, values, &unique)?;
            run(self.sql, UPDATE, values)
        })?;
        if changed == 1 {
            return keep_bounds(self.sql, tenant, license);
        }
        match row(self.sql, tenant, &license.id)? {
            Some(_) => Err(StoreError::Stale("license")),
            None => Err(StoreError::Missing("the license")),
        }
    }

    fn license(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Entitlement>, StoreError> {
        Ok(by_id(self.sql, tenant, id)?.map(|found| found.entitlement))
    }

    fn license_by_key(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
    ) -> Result<Option<Entitlement>, StoreError> {
        Ok(by_key(self.sql, tenant, key)?.map(|found| found.entitlement))
    }

    fn licenses(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Entitlement>, StoreError> {
        let text = select!("WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        let after = page.after.as_deref().unwrap_or("");
        many(self.sql, text, values![tenant, after, page.limit], |row| {
            read(row).map(|found| found.entitlement)
        })
    }

    fn add_totals(&mut self, tenant: TenantId, license: &Id, added: &Totals) -> Result<(), StoreError> {
        let row = self.license_row(tenant, license)?;
        totals::add(self.sql, row, added)
    }

    fn totals(&mut self, tenant: TenantId, license: &Id) -> Result<Totals, StoreError> {
        let row = self.license_row(tenant, license)?;
        totals_of(self.sql, row)
    }

    fn add_transfer(&mut self, tenant: TenantId, license: &Id) -> Result<(), StoreError> {
        let text = "UPDATE license
                    SET transfers = CASE WHEN transfers < 4294967295 THEN transfers + 1 ELSE transfers END
                    WHERE tenant = ?1 AND id = ?2";
        match run(self.sql, text, values![tenant, license])? {
            0 => Err(StoreError::Missing("the license")),
            _ => Ok(()),
        }
    }
}

pub(super) fn by_id(sql: &mut dyn Sql, tenant: TenantId, id: &Id) -> Result<Option<Found>, StoreError> {
    find(sql, select!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id])
}

pub(super) fn by_key(
    sql: &mut dyn Sql,
    tenant: TenantId,
    key: &LicenseKey,
) -> Result<Option<Found>, StoreError> {
    find(sql, select!("WHERE tenant = ?1 AND key = ?2"), values![tenant, key.as_str()])
}

/// By the row that an activation names, which belongs to the activation's tenant.
pub(super) fn by_row(sql: &mut dyn Sql, row: i64) -> Result<Option<Found>, StoreError> {
    find(sql, select!("WHERE seq = ?1"), values![row])
}

fn find(sql: &mut dyn Sql, text: &str, values: &[Value<'_>]) -> Result<Option<Found>, StoreError> {
    one(sql, text, values, read)
}

/// The row of a license, if it is this tenant's.
pub(super) fn row(sql: &mut dyn Sql, tenant: TenantId, id: &Id) -> Result<Option<i64>, StoreError> {
    let text = "SELECT seq FROM license WHERE tenant = ?1 AND id = ?2";
    one(sql, text, values![tenant, id], |row| Cells::of(row, "license").get())
}

pub(super) fn need_row(sql: &mut dyn Sql, tenant: TenantId, id: &Id) -> Result<i64, StoreError> {
    row(sql, tenant, id)?.ok_or(StoreError::Missing("the license"))
}
