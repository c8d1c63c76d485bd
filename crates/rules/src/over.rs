//! D-37, LSP-26: consumption above the maximum. It is booked all the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate};
use chrono_tz::Tz;
use handcarry_format::{Counter, Id, Instant, Overage, Reset, Totals, Usage};

use crate::account::Entitlement;
use crate::usage::total;

/// Counters of the license that are above what is allowed, by name. A counter that never resets is compared
/// with its lifetime total; one that does, with what this file shows of a single period.
pub(crate) fn over(
    entitlement: &Entitlement,
    before: &Totals,
    added: &Totals,
    booked: Option<&Usage>,
) -> Vec<String> {
    let above = entitlement.features.iter().filter(|feature| {
        let Some((counter, most)) = feature.counter.as_ref().and_then(|c| Some((c, most(c)?))) else {
            return false;
        };
        let used = match counter.reset {
            Reset::Never => total(before, &feature.id).saturating_add(total(added, &feature.id)),
            reset => booked.map_or(0, |usage| in_one_period(usage, &feature.id, reset, entitlement.zone)),
        };
        used > most
    });
    above.map(|feature| feature.name.clone()).collect()
}

fn most(counter: &Counter) -> Option<i64> {
    let maximum = counter.maximum?;
    match counter.overage {
        Overage::None => Some(maximum),
        Overage::UpTo(more) => Some(maximum.saturating_add(more)),
        Overage::Unlimited => None,
    }
}

fn in_one_period(usage: &Usage, feature: &Id, reset: Reset, zone: Tz) -> i64 {
    let mut periods: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for entry in usage.entries.iter().filter(|entry| entry.feature == *feature) {
        let used = periods.entry(first_day(entry.at, reset, zone)).or_default();
        *used = used.saturating_add(entry.amount);
    }
    periods.into_values().max().unwrap_or(0)
}

/// LSP-27: the first day of the period that an instant is in; the same for all instants where nothing resets.
fn first_day(at: Instant, reset: Reset, zone: Tz) -> NaiveDate {
    let day = DateTime::from_timestamp(at.unix(), 0).map(|at| at.with_timezone(&zone).date_naive());
    let day = day.unwrap_or_default();
    let first = match reset {
        Reset::Never => Some(NaiveDate::default()),
        Reset::Daily => Some(day),
        Reset::Weekly => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())),
        Reset::Monthly => day.with_day(1),
        Reset::Yearly => NaiveDate::from_ymd_opt(day.year(), 1, 1),
    };
    first.unwrap_or(day)
}
