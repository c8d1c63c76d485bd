use handcarry_format::{Id, Instant};
use handcarry_rules::pool::Reason;
use handcarry_rules::timeline::Failure;

use crate::sql::{Cells, Sql, Value, add, many, one, values};
use crate::{PoolEntry, StoreError, TenantId};

pub(super) fn of(sql: &mut dyn Sql, license: i64) -> Result<Option<PoolEntry>, StoreError> {
    let text = "SELECT in_pool, since, reason, reason_about, reason_at, site_bound, held, releasing, ask_at,
                  verified_at, failure_first, failure_last, attempts, started_at, told_until, notice_at
                FROM pool_entry WHERE license = ?1";
    one(sql, text, values![license], |row| {
        let mut cells = Cells::of(row, "pool entry");
        let cells = &mut cells;
        Ok(PoolEntry {
            in_pool: cells.get()?,
            since: cells.instant()?,
            reason: reason(cells)?,
            site_bound: cells.get()?,
            held: cells.get()?,
            releasing: cells.get()?,
            ask_at: cells.instant_maybe()?,
            verified_at: cells.instant_maybe()?,
            failure: match (cells.instant_maybe()?, cells.instant_maybe()?, cells.get()?) {
                (Some(first), Some(last), attempts) => Some(Failure { first, last, attempts }),
                (None, None, 0) => None,
                _ => return Err(cells.unreadable()),
            },
            started_at: cells.instant_maybe()?,
            told_until: cells.instant_maybe()?,
            notice_at: cells.instant_maybe()?,
        })
    })
}

fn reason(cells: &mut Cells<'_>) -> Result<Option<Reason>, StoreError> {
    let name: Option<String> = cells.get()?;
    let about: Option<String> = cells.get()?;
    let at = cells.instant_maybe()?;
    let reason = match (name.as_deref(), about, at) {
        (None, ..) => return Ok(None),
        (Some("deactivated"), ..) => Some(Reason::Deactivated),
        (Some("ended"), ..) => Some(Reason::Ended),
        (Some("held_elsewhere"), Some(site), Some(since)) => Some(Reason::HeldElsewhere { site, since }),
        (Some("refused"), Some(reason), _) => Some(Reason::Refused { reason }),
        (Some("replaced_by"), Some(license), _) => {
            Id::new(&license).map(|license| Reason::ReplacedBy { license })
        }
        _ => None,
    };
    reason.map(Some).ok_or_else(|| cells.unreadable())
}

pub(super) fn put(
    sql: &mut dyn Sql,
    tenant: TenantId,
    license: i64,
    entry: &PoolEntry,
) -> Result<(), StoreError> {
    let (about, at) = match &entry.reason {
        None | Some(Reason::Deactivated | Reason::Ended) => (None, None),
        Some(Reason::HeldElsewhere { site, since }) => (Some(site.as_str()), Some(*since)),
        Some(Reason::Refused { reason }) => (Some(reason.as_str()), None),
        Some(Reason::ReplacedBy { license }) => (Some(license.as_str()), None),
    };
    let text = "INSERT INTO pool_entry (license, tenant, in_pool, since, reason, reason_about, reason_at,
                  site_bound, held, releasing, ask_at, verified_at, failure_first, failure_last, attempts,
                  started_at, told_until, notice_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
                ON CONFLICT (license) DO UPDATE SET in_pool = excluded.in_pool, since = excluded.since,
                  reason = excluded.reason, reason_about = excluded.reason_about,
                  reason_at = excluded.reason_at, site_bound = excluded.site_bound, held = excluded.held,
                  releasing = excluded.releasing, ask_at = excluded.ask_at,
                  verified_at = excluded.verified_at, failure_first = excluded.failure_first,
                  failure_last = excluded.failure_last, attempts = excluded.attempts,
                  started_at = excluded.started_at, told_until = excluded.told_until,
                  notice_at = excluded.notice_at";
    let values = values![
        license,
        tenant,
        entry.in_pool,
        entry.since,
        entry.reason.as_ref().map(Reason::name),
        about,
        at,
        entry.site_bound,
        entry.held,
        entry.releasing,
        entry.ask_at,
        entry.verified_at,
        entry.failure.map(|failure| failure.first),
        entry.failure.map(|failure| failure.last),
        entry.failure.map_or(0, |failure| failure.attempts),
        entry.started_at,
        entry.told_until,
        entry.notice_at,
    ];
    add(sql, text, values, "the license").map(drop)
}

/// The instant of a row with one column.
pub(super) fn first(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
) -> Result<Option<Instant>, StoreError> {
    Ok(one(sql, text, values, |row| Cells::of(row, "pool entry").instant_maybe())?.flatten())
}

/// The ids of rows with one column.
pub(super) fn ids(sql: &mut dyn Sql, text: &str, values: &[Value<'_>]) -> Result<Vec<Id>, StoreError> {
    many(sql, text, values, |row| Cells::of(row, "license").id())
}

/// Licenses whose days were written before their instants were kept.
pub(super) fn unbounded(sql: &mut dyn Sql, tenant: TenantId, limit: u32) -> Result<Vec<Id>, StoreError> {
    let text = "SELECT id FROM license WHERE tenant = ?1 AND bounds_known = 0 ORDER BY seq LIMIT ?2";
    ids(sql, text, values![tenant, limit])
}

pub(super) fn next_due(sql: &mut dyn Sql, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
    if !unbounded(sql, tenant, 1)?.is_empty() {
        return Ok(Instant::from_unix(0));
    }
    let starts = "SELECT min(starts_at) FROM license WHERE tenant = ?1 AND status = 'pending'";
    let ends = "SELECT min(ends_at) FROM license
                WHERE tenant = ?1 AND status <> 'blocked' AND status <> 'pending'";
    let starts = first(sql, starts, values![tenant])?;
    let ends = first(sql, ends, values![tenant])?;
    Ok([starts, ends].into_iter().flatten().min())
}

/// A pending license that has also ended is found by its start.
pub(super) fn due(
    sql: &mut dyn Sql,
    tenant: TenantId,
    until: Instant,
    limit: u32,
) -> Result<Vec<Id>, StoreError> {
    let text = "SELECT id FROM license WHERE tenant = ?1 AND status = 'pending' AND starts_at <= ?2
                ORDER BY starts_at, id LIMIT ?3";
    let mut all = ids(sql, text, values![tenant, until, limit])?;
    let left = limit.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
    let text = "SELECT id FROM license
                WHERE tenant = ?1 AND status <> 'blocked' AND status <> 'pending' AND ends_at <= ?2
                ORDER BY ends_at, id LIMIT ?3";
    all.extend(ids(sql, text, values![tenant, until, left])?);
    Ok(all)
}
