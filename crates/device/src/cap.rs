//! How much of a counter is used, and how much is left (LSP-26, LSP-27).

use chrono::{DateTime, Datelike as _, Days, NaiveDate};
use handcarry_format::{Counter, Feature, Id, Instant, License, Overage, Reset};
use handcarry_rules::midnight;

use crate::Result;
use crate::device::{Device, accepted};
use crate::home::state::{Entry, PeriodUse, State};
use crate::lease::zone;

/// The most that may be used in a period; `None` = unlimited.
pub(crate) fn most(counter: &Counter) -> Option<i64> {
    let maximum = counter.maximum?;
    match counter.overage {
        Overage::None => Some(maximum),
        Overage::UpTo(more) => Some(maximum.saturating_add(more)),
        Overage::Unlimited => None,
    }
}

/// When the counter's present period began; `None` if it never starts anew.
fn period_start(license: &License, reset: Reset, now: Instant) -> Option<Instant> {
    let zone = zone(&license.term.zone);
    let today = DateTime::from_timestamp(now.unix(), 0)?.with_timezone(&zone).date_naive();
    let first = match reset {
        Reset::Never => return None,
        Reset::Daily => today,
        Reset::Weekly => {
            today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?
        }
        Reset::Monthly => today.with_day(1)?,
        Reset::Yearly => NaiveDate::from_ymd_opt(today.year(), 1, 1)?,
    };
    Some(midnight(first, zone))
}

impl Device {
    /// Units of a counter that count against its maximum now.
    pub(crate) fn used(&self, license: &License, feature: &Feature, now: Instant) -> Result<i64> {
        let open = self.contents.ledger.after(self.state().settled);
        let sum = |from: Option<Instant>| {
            let counted = open.iter().filter(|entry| entry.feature == feature.id);
            counted
                .filter(|entry| from.is_none_or(|from| entry.at >= from))
                .map(|entry| entry.amount)
                .sum::<i64>()
        };
        let reset = feature.counter.as_ref().map_or(Reset::Never, |counter| counter.reset);
        let settled = match period_start(license, reset, now) {
            None => {
                let receipt = self.receipt()?;
                let totals = accepted(license, receipt.as_deref()).totals;
                totals.get(&feature.id).copied().unwrap_or(0)
            }
            Some(start) => {
                let known = self.state().periods.get(&feature.id);
                let settled = known.filter(|period| period.start == start).map_or(0, |period| period.used);
                return Ok(settled.saturating_add(sum(Some(start))));
            }
        };
        Ok(settled.saturating_add(sum(None)))
    }
}

/// Notes records as settled: booked by the portal, or carried by a tombstone. What counts in a period that is
/// still running goes on counting.
pub(crate) fn settle(state: &mut State, records: &[Entry], through: u64, license: &License, now: Instant) {
    for feature in &license.features {
        let Some(counter) = &feature.counter else { continue };
        let Some(start) = period_start(license, counter.reset, now) else { continue };
        let used: i64 = in_period(records, &feature.id, start);
        let before = state.periods.get(&feature.id).filter(|period| period.start == start);
        let used = used.saturating_add(before.map_or(0, |period| period.used));
        state.periods.insert(feature.id.clone(), PeriodUse { start, used });
    }
    state.settled = through;
}

fn in_period(records: &[Entry], feature: &Id, start: Instant) -> i64 {
    records
        .iter()
        .filter(|entry| entry.feature == *feature && entry.at >= start)
        .map(|entry| entry.amount)
        .sum()
}
