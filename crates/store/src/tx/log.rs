use super::SqlTx;
use crate::chain;
use crate::sql::{Cells, many, one, put, put_new, values};
use crate::{LogEntry, LogHead, NewLogEntry, Page, StoreError, TenantId};

/// The log of everything that changed.
pub trait Log {
    /// Appends to the tenant's log; the entry is chained to the one before by its hash (D-28).
    fn append_log(&mut self, tenant: TenantId, entry: &NewLogEntry) -> Result<LogEntry, StoreError>;
    /// Log entries, oldest first; the cursor is the last one's `seq`.
    fn log(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<LogEntry>, StoreError>;
    /// The end of the log, which is kept apart from it.
    fn log_head(&mut self, tenant: TenantId) -> Result<Option<LogHead>, StoreError>;
    /// The places of the last entries of all tenants' logs.
    fn log_heads(&mut self) -> Result<Vec<(TenantId, i64)>, StoreError>;
}

impl Log for SqlTx<'_> {
    fn append_log(&mut self, tenant: TenantId, entry: &NewLogEntry) -> Result<LogEntry, StoreError> {
        let last = self.log_head(tenant)?;
        let previous = last.as_ref().map_or_else(chain::start, |head| head.hash);
        let seq = last.map_or(1, |head| head.seq + 1);
        let hash = chain::hash(tenant, seq, &previous, entry);
        let text = "INSERT INTO log (tenant, seq, at, event, data, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                    ON CONFLICT DO NOTHING";
        let values = values![tenant, seq, entry.at, &entry.event, &entry.data, &hash];
        put_new(self.sql, text, values, "the tenant", "the log's place")?;
        let text = "INSERT INTO log_head (tenant, seq, hash) VALUES (?1, ?2, ?3)
                    ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
        put(self.sql, text, values![tenant, seq, &hash], "the tenant")?;
        Ok(LogEntry { seq, entry: entry.clone(), hash })
    }

    fn log(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<LogEntry>, StoreError> {
        let text = "SELECT seq, at, event, data, hash FROM log WHERE tenant = ?1 AND seq > ?2
                    ORDER BY seq LIMIT ?3";
        many(self.sql, text, values![tenant, number(page)?, page.limit], |row| {
            let mut cells = Cells::of(row, "log entry");
            Ok(LogEntry {
                seq: cells.get()?,
                entry: NewLogEntry { at: cells.instant()?, event: cells.get()?, data: cells.get()? },
                hash: cells.digest()?,
            })
        })
    }

    fn log_head(&mut self, tenant: TenantId) -> Result<Option<LogHead>, StoreError> {
        let text = "SELECT seq, hash FROM log_head WHERE tenant = ?1";
        one(self.sql, text, values![tenant], |row| {
            let mut cells = Cells::of(row, "log head");
            Ok(LogHead { seq: cells.get()?, hash: cells.digest()? })
        })
    }

    fn log_heads(&mut self) -> Result<Vec<(TenantId, i64)>, StoreError> {
        many(self.sql, "SELECT tenant, seq FROM log_head", values![], |row| {
            let mut cells = Cells::of(row, "log head");
            Ok((TenantId(cells.get()?), cells.get()?))
        })
    }
}

/// A cursor that is a number; the beginning is before all numbers.
pub(super) fn number(page: &Page) -> Result<i64, StoreError> {
    page.after.as_deref().map_or(Ok(0), |after| after.parse().map_err(|_| StoreError::Cursor))
}
