use alloc::vec::Vec;

use crate::document::{Acknowledged, Totals, Usage};
use crate::fields::MANY;
use crate::id::Id;

/// What is odd about a usage statement. None of these stops a file: the seat is freed and a person looks at
/// the usage (D-38).
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsageFinding {
    /// The number does not come after the last accepted report.
    Number {
        /// The report's number.
        number: u32,
        /// The last accepted one.
        accepted: u32,
    },
    /// It does not open with the accepted totals.
    Opening {
        /// The counter.
        feature: Id,
        /// What it opens with.
        opening: i64,
        /// What was accepted.
        accepted: i64,
    },
    /// Opening and entries do not make the closing total.
    Sum {
        /// The counter.
        feature: Id,
        /// The closing total.
        closing: i64,
        /// Opening plus entries.
        sum: i64,
    },
    /// The counter falls below what was accepted.
    Falls {
        /// The counter.
        feature: Id,
        /// The closing total.
        closing: i64,
        /// What was accepted.
        accepted: i64,
    },
    /// An entry or total below zero.
    Negative {
        /// The counter.
        feature: Id,
    },
}

impl UsageFinding {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            UsageFinding::Number { .. } => "usage.number",
            UsageFinding::Opening { .. } => "usage.opening",
            UsageFinding::Sum { .. } => "usage.sum",
            UsageFinding::Falls { .. } => "usage.falls",
            UsageFinding::Negative { .. } => "usage.negative",
        }
    }
}

/// Counters that are looked at: three maps of totals have three thousand at most. A report that names more in its
/// entries has a thousand findings then; further ones would tell nothing, and cost a large ledger its time.
const MOST: usize = 4 * MANY;

/// In place of a sum: there was an entry below zero. No other sum comes to this.
const NEGATIVE: i64 = i64::MIN;

/// Compares a usage statement with what was accepted before it: opening = accepted, sums right, never falling.
///
/// At most one finding a counter, the gravest first in the order of the variants' danger: negative, falling,
/// opening, sum.
pub fn findings(usage: &Usage, accepted: &Acknowledged) -> Vec<UsageFinding> {
    let mut found = Vec::new();
    if usage.number <= accepted.report {
        found.push(UsageFinding::Number { number: usage.number, accepted: accepted.report });
    }
    // Maps of the one type that documents have: each further type of map costs the page a kilobyte.
    let mut sums = usage.opening.clone();
    for (feature, _) in accepted.totals.iter().chain(&usage.closing) {
        sums.entry(feature.clone()).or_default();
    }
    for entry in &usage.entries {
        let full = sums.len() >= MOST;
        match sums.get_mut(&entry.feature) {
            Some(sum) if *sum == NEGATIVE || entry.amount < 0 => *sum = NEGATIVE,
            Some(sum) => *sum = sum.saturating_add(entry.amount),
            None if full => {}
            None => {
                let sum = if entry.amount < 0 { NEGATIVE } else { entry.amount };
                sums.insert(entry.feature.clone(), sum);
            }
        }
    }
    for (feature, sum) in sums {
        let of = |totals: &Totals| totals.get(&feature).copied().unwrap_or(0);
        let (opening, closing, was) = (of(&usage.opening), of(&usage.closing), of(&accepted.totals));
        if sum == NEGATIVE || opening.min(closing).min(was) < 0 {
            found.push(UsageFinding::Negative { feature });
        } else if closing < was {
            found.push(UsageFinding::Falls { feature, closing, accepted: was });
        } else if opening != was {
            found.push(UsageFinding::Opening { feature, opening, accepted: was });
        } else if sum != closing {
            found.push(UsageFinding::Sum { feature, closing, sum });
        }
    }
    found
}
