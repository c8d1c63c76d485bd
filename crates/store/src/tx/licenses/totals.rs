//! Lifetime usage, a row for each counter.

use handcarry_format::Totals;

use crate::StoreError;
use crate::sql::{Cells, Sql, many, put, values};

pub(super) fn add(sql: &mut dyn Sql, license: i64, added: &Totals) -> Result<(), StoreError> {
    if added.is_empty() {
        return Ok(());
    }
    let known = of(sql, license)?;
    let text = "INSERT INTO license_total (license, counter, total) VALUES (?1, ?2, ?3)
                ON CONFLICT (license, counter) DO UPDATE SET total = excluded.total";
    for (counter, amount) in added {
        // Added here: an engine's own sum fails or turns into a fraction where it does not fit.
        let total = known.get(counter).copied().unwrap_or(0).saturating_add(*amount);
        put(sql, text, values![license, counter, total], "the license")?;
    }
    Ok(())
}

/// By the license's row.
pub(in crate::tx) fn of(sql: &mut dyn Sql, license: i64) -> Result<Totals, StoreError> {
    let text = "SELECT counter, total FROM license_total WHERE license = ?1";
    let totals = many(sql, text, values![license], |row| {
        let mut cells = Cells::of(row, "total");
        Ok((cells.id()?, cells.get()?))
    });
    Ok(totals?.into_iter().collect())
}
