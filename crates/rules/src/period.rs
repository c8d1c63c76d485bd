//! LSP-26, LSP-27: consumption by the periods after which a counter starts anew.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;
use handcarry_format::{Id, Instant, Reset, Totals, Usage, UsageEntry};

use crate::account::Entitlement;

/// One period of a counter that starts anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// The counter.
    pub counter: Id,
    /// Its first day, in the license's zone.
    pub first: NaiveDate,
}

/// Units by period.
pub type PeriodTotals = BTreeMap<Period, i64>;

/// LSP-27: the first day of the period that an instant is in, daily, from Monday, from the 1st, or from 1 January.
/// None where nothing resets.
pub fn first_day(at: Instant, reset: Reset, zone: Tz) -> Option<NaiveDate> {
    let day = DateTime::from_timestamp(at.unix(), 0)?.with_timezone(&zone).date_naive();
    match reset {
        Reset::Never => None,
        Reset::Daily => Some(day),
        Reset::Weekly => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
        Reset::Monthly => day.with_day(1),
        Reset::Yearly => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    }
}

/// The periods that a usage statement touches: what [`crate::Account::periods`] must hold for it.
pub fn periods(entitlement: &Entitlement, usage: &Usage) -> Vec<Period> {
    // A set, not a list to be sorted: a million entries touch a few periods.
    let mut touched = BTreeSet::new();
    for entry in &usage.entries {
        if let Some(reset) = reset_of(entitlement, &entry.feature)
            && let Some(first) = first_day(entry.at, reset, entitlement.zone)
        {
            touched.insert(Period { counter: entry.feature.clone(), first });
        }
    }
    touched.into_iter().collect()
}

/// What a statement that is booked adds to each period. A statement can repeat uses that are booked already, where a
/// receipt was lost: of each counter only its last units, as many as are added, are new.
pub(crate) fn added_by_period(entitlement: &Entitlement, usage: &Usage, added: &Totals) -> PeriodTotals {
    let mut by_period = PeriodTotals::new();
    // One pass over the entries, however many counters there are.
    let mut ledgers: BTreeMap<&Id, (Reset, i64, Vec<&UsageEntry>)> = added
        .iter()
        .filter_map(|(counter, amount)| {
            Some((counter, (reset_of(entitlement, counter)?, *amount, Vec::new())))
        })
        .collect();
    for entry in &usage.entries {
        if let Some((.., entries)) = ledgers.get_mut(&entry.feature) {
            entries.push(entry);
        }
    }
    for (counter, (reset, amount, mut entries)) in ledgers {
        entries.sort_by_key(|entry| entry.at);
        let mut left = amount;
        for entry in entries.into_iter().rev() {
            let part = entry.amount.min(left);
            if part <= 0 {
                continue;
            }
            left -= part;
            if let Some(first) = first_day(entry.at, reset, entitlement.zone) {
                let total = by_period.entry(Period { counter: counter.clone(), first }).or_default();
                *total = total.saturating_add(part);
            }
        }
    }
    by_period
}

fn reset_of(entitlement: &Entitlement, counter: &Id) -> Option<Reset> {
    let feature = entitlement.features.iter().find(|feature| feature.id == *counter)?;
    feature.counter.as_ref().map(|counter| counter.reset).filter(|reset| *reset != Reset::Never)
}
