use rusqlite::{Connection, params};

use super::convert::{Cells, many, one, run};
use super::documents::number;
use super::errors::{constraint, engine};
use crate::chain;
use crate::{LogEntry, LogHead, NewLogEntry, Page, StoreError, TenantId};

pub(super) fn append(
    connection: &Connection,
    tenant: TenantId,
    entry: &NewLogEntry,
) -> Result<LogEntry, StoreError> {
    let last = head(connection, tenant)?;
    let previous = last.as_ref().map_or_else(chain::start, |head| head.hash);
    let seq = last.map_or(1, |head| head.seq + 1);
    let hash = chain::hash(tenant, seq, &previous, entry);
    let sql = "INSERT INTO log (tenant, seq, at, event, data, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![tenant.0, seq, entry.at.unix(), entry.event, entry.data, hash.as_bytes()];
    let unique = &[("log.seq", "the log's place")];
    run(connection, sql, values).map_err(|error| constraint(error, unique, "the tenant"))?;
    let sql = "INSERT INTO log_head (tenant, seq, hash) VALUES (?1, ?2, ?3)
               ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
    run(connection, sql, params![tenant.0, seq, hash.as_bytes()]).map_err(engine)?;
    Ok(LogEntry { seq, entry: entry.clone(), hash })
}

pub(super) fn head(connection: &Connection, tenant: TenantId) -> Result<Option<LogHead>, StoreError> {
    one(connection, "SELECT seq, hash FROM log_head WHERE tenant = ?1", [tenant.0], |row| {
        let mut cells = Cells::of(row, "log head");
        Ok(LogHead { seq: cells.get()?, hash: cells.digest()? })
    })
}

pub(super) fn page(
    connection: &Connection,
    tenant: TenantId,
    page: &Page,
) -> Result<Vec<LogEntry>, StoreError> {
    let sql = "SELECT seq, at, event, data, hash FROM log WHERE tenant = ?1 AND seq > ?2
               ORDER BY seq LIMIT ?3";
    many(connection, sql, params![tenant.0, number(page)?, page.limit], |row| {
        let mut cells = Cells::of(row, "log entry");
        Ok(LogEntry {
            seq: cells.get()?,
            entry: NewLogEntry { at: cells.instant()?, event: cells.get()?, data: cells.get()? },
            hash: cells.digest()?,
        })
    })
}
