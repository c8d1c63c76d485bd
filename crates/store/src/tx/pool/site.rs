use handcarry_format::{Instant, KeyId};
use handcarry_rules::pool::{Hold, Site};

use crate::sql::{Cells, Sql, Value, add, many, one, run, values};
use crate::{PoolSite, StoreError, TakenFile, TenantId};

pub(super) fn hold_of(sql: &mut dyn Sql, license: i64) -> Result<Option<Hold>, StoreError> {
    let text = "SELECT site, name, since FROM pool_hold WHERE license = ?1";
    one(sql, text, values![license], |row| {
        let mut cells = Cells::of(row, "hold");
        let site = Site { key: cells.parsed(KeyId::parse)?, name: cells.get()? };
        Ok(Hold { site, since: cells.instant()? })
    })
}

pub(super) fn set_hold(
    sql: &mut dyn Sql,
    tenant: TenantId,
    license: i64,
    hold: Option<&Hold>,
) -> Result<(), StoreError> {
    let Some(hold) = hold else {
        return run(sql, "DELETE FROM pool_hold WHERE license = ?1", values![license]).map(drop);
    };
    let text = "INSERT INTO pool_hold (license, tenant, site, name, since) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (license) DO UPDATE SET site = excluded.site, name = excluded.name,
                  since = excluded.since";
    let values = values![license, tenant, hold.site.key.to_string(), &hold.site.name, hold.since];
    add(sql, text, values, "the license").map(drop)
}

pub(super) fn next_number(
    sql: &mut dyn Sql,
    tenant: TenantId,
    site: KeyId,
    (name, portal): (&str, &str),
    at: Instant,
) -> Result<u32, StoreError> {
    let text = "INSERT INTO pool_site (tenant, site, name, portal, number, seen_at)
                VALUES (?1, ?2, ?3, ?4, 1, ?5)
                ON CONFLICT (tenant, site) DO UPDATE SET name = excluded.name, portal = excluded.portal,
                  number = pool_site.number + 1, seen_at = excluded.seen_at";
    let key = site.to_string();
    add(sql, text, values![tenant, &key, name, portal, at], "the tenant")?;
    let text = "SELECT number FROM pool_site WHERE tenant = ?1 AND site = ?2";
    let number = one(sql, text, values![tenant, &key], |row| Cells::of(row, "site").get())?;
    number.ok_or(StoreError::Missing("the site"))
}

pub(super) fn all(sql: &mut dyn Sql, tenant: TenantId) -> Result<Vec<PoolSite>, StoreError> {
    let text =
        "SELECT site, name, portal, number, seen_at FROM pool_site WHERE tenant = ?1 ORDER BY name, site";
    many(sql, text, values![tenant], |row| {
        let mut cells = Cells::of(row, "site");
        Ok(PoolSite {
            site: cells.parsed(KeyId::parse)?,
            name: cells.get()?,
            portal: cells.get()?,
            number: cells.get()?,
            seen_at: cells.instant()?,
        })
    })
}

pub(super) fn note_file(sql: &mut dyn Sql, tenant: TenantId, file: &TakenFile) -> Result<(), StoreError> {
    let text = "INSERT INTO pool_file (tenant, digest, site, number, at) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT DO NOTHING";
    let site = file.site.map(|site| site.to_string());
    add(sql, text, values![tenant, &file.digest, site, file.number, file.at], "the tenant").map(drop)
}

pub(super) fn file(
    sql: &mut dyn Sql,
    rest: &str,
    values: &[Value<'_>],
) -> Result<Option<TakenFile>, StoreError> {
    let text = ["SELECT digest, site, number, at FROM pool_file ", rest].concat();
    one(sql, &text, values, |row| {
        let mut cells = Cells::of(row, "pool file");
        Ok(TakenFile {
            digest: cells.digest()?,
            site: cells.parsed_maybe(KeyId::parse)?,
            number: cells.get()?,
            at: cells.instant()?,
        })
    })
}
