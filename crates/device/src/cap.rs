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
        let reset = feature.counter.as_ref().map_or(Reset::Never, |counter| counter.reset);
        let Some(start) = period_start(license, reset, now) else {
            return self.lifetime(license, &feature.id);
        };
        let state = self.state();
        let settled = state.periods.get(&feature.id).filter(|period| period.start == start);
        let open = in_period(self.contents.ledger.after(state.settled), &feature.id, start);
        Ok(open.saturating_add(settled.map_or(0, |period| period.used)))
    }

    /// Units of a counter since the activation began, booked and not.
    pub(crate) fn lifetime(&self, license: &License, feature: &Id) -> Result<i64> {
        let receipt = self.receipt()?;
        let booked = accepted(license, receipt.as_deref()).totals.get(feature).copied().unwrap_or(0);
        let open = self.contents.ledger.after(self.state().settled);
        let open = open.iter().filter(|entry| entry.feature == *feature).map(|entry| entry.amount);
        Ok(open.fold(booked, i64::saturating_add))
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
