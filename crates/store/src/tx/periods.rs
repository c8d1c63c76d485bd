use handcarry_format::Id;
use handcarry_rules::{Period, PeriodTotals};

use super::SqlTx;
use crate::sql::{Cells, Sql, one, put, values};
use crate::{StoreError, TenantId};

/// Usage by the periods after which counters start anew (LSP-27).
pub trait Periods {
    /// What is booked in these periods; one without usage is left out.
    fn period_totals(
        &mut self,
        tenant: TenantId,
        license: &Id,
        periods: &[Period],
    ) -> Result<PeriodTotals, StoreError>;
    /// Adds to the usage of periods.
    fn add_periods(&mut self, tenant: TenantId, license: &Id, added: &PeriodTotals)
    -> Result<(), StoreError>;
}

impl Periods for SqlTx<'_> {
    fn period_totals(
        &mut self,
        tenant: TenantId,
        license: &Id,
        periods: &[Period],
    ) -> Result<PeriodTotals, StoreError> {
        let mut totals = PeriodTotals::new();
        if periods.is_empty() {
            return Ok(totals);
        }
        let row = self.license_row(tenant, license)?;
        for period in periods {
            if let Some(total) = total(self.sql, row, period)? {
                totals.insert(period.clone(), total);
            }
        }
        Ok(totals)
    }

    fn add_periods(
        &mut self,
        tenant: TenantId,
        license: &Id,
        added: &PeriodTotals,
    ) -> Result<(), StoreError> {
        if added.is_empty() {
            return Ok(());
        }
        let row = self.license_row(tenant, license)?;
        let text = "INSERT INTO license_period (license, counter, first, total) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (license, counter, first) DO UPDATE SET total = excluded.total";
        for (period, amount) in added {
            let total = total(self.sql, row, period)?.unwrap_or(0).saturating_add(*amount);
            put(
                self.sql,
                text,
                values![row, &period.counter, period.first.to_string(), total],
                "the license",
            )?;
        }
        Ok(())
    }
}

fn total(sql: &mut dyn Sql, license: i64, period: &Period) -> Result<Option<i64>, StoreError> {
    let text = "SELECT total FROM license_period WHERE license = ?1 AND counter = ?2 AND first = ?3";
    let values = values![license, &period.counter, period.first.to_string()];
    one(sql, text, values, |row| Cells::of(row, "period").get())
}
