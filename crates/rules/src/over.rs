//! D-37, LSP-26: consumption above the maximum. It is booked all the same.

use handcarry_format::{Counter, Overage, Reset, Totals};

use crate::account::Account;
use crate::period::PeriodTotals;
use crate::usage::total;

/// Counters of the license that are above what is allowed, by name. A counter that never resets is compared
/// with its lifetime total; one that does, with each period that grows.
pub(crate) fn over(account: &Account, added: &Totals, by_period: &PeriodTotals) -> Vec<String> {
    let above = account.entitlement.features.iter().filter(|feature| {
        let Some((counter, most)) = feature.counter.as_ref().and_then(|c| Some((c, most(c)?))) else {
            return false;
        };
        if counter.reset == Reset::Never {
            return total(&account.totals, &feature.id).saturating_add(total(added, &feature.id)) > most;
        }
        by_period.iter().filter(|(period, _)| period.counter == feature.id).any(|(period, amount)| {
            account.periods.get(period).copied().unwrap_or(0).saturating_add(*amount) > most
        })
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
