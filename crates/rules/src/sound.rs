//! What terms a license can have: no more than a file can hold, and nothing that contradicts itself.

use std::fmt;
use std::ops::RangeInclusive;

use chrono::{Datelike as _, NaiveDate};
use handcarry_format::{Counter, Model, Overage, is_text};

use crate::account::Entitlement;
use crate::staff::MOST_BLOCKED;

/// Characters of a name: of a customer, a product, an edition.
pub const LONGEST_NAME: usize = 120;
/// Characters of an order id.
pub const LONGEST_ORDER: usize = 400;
/// Most features of a license.
pub const MOST_FEATURES: usize = 1_000;

/// Seats, sessions: what LM-X counts up to, too (LMX-08).
const COUNT: RangeInclusive<u32> = 1..=2_147_483_647;
const LEASE_DAYS: RangeInclusive<u32> = 1..=3_660;
const LEASE_GRACE: RangeInclusive<u32> = 0..=366;
const REVALIDATION_DAYS: RangeInclusive<u32> = 1..=3_660;
/// ICE-20.
const REVALIDATION_GRACE: RangeInclusive<u32> = 2..=7;
/// LMX-25.
const MATCH_RATE: RangeInclusive<u32> = 0..=100;
/// What JSON carries exactly.
const UNITS: RangeInclusive<i64> = 0..=9_007_199_254_740_991;

/// A term that a license cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsound {
    /// The member, as the vendor API names it: `seats`, `features[2].counter.maximum`.
    pub field: String,
    /// Why, in short English.
    pub why: String,
}

impl fmt::Display for Unsound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

/// Whether a license can be kept with these terms: whatever is issued of it is a file that every reader takes.
///
/// The first term that it cannot have is the error. The license's status and dates are not compared with any clock.
pub fn check_terms(license: &Entitlement) -> Result<(), Unsound> {
    text("vendor.name", Some(&license.vendor.name), LONGEST_NAME)?;
    text("product.name", Some(&license.product.name), LONGEST_NAME)?;
    text("product.version", license.product.version.as_ref(), LONGEST_NAME)?;
    text("edition", license.edition.as_ref(), LONGEST_NAME)?;
    text("customer.name", license.customer.as_ref().map(|customer| &customer.name), LONGEST_NAME)?;
    let order = license.customer.as_ref().and_then(|customer| customer.order.as_ref());
    text("customer.order", order, LONGEST_ORDER)?;
    text("previous_order", license.previous_order.as_ref(), LONGEST_ORDER)?;
    if order.is_some() && order == license.previous_order.as_ref() {
        return wrong("previous_order", "its own order");
    }
    if license.replaces.as_ref() == Some(&license.id) {
        return wrong("replaces", "itself");
    }
    range("seats", license.seats.total, COUNT)?;
    if let Model::Concurrent(sessions) = license.model {
        range("model.seats", sessions, COUNT)?;
    }
    range("match_rate", license.match_rate, MATCH_RATE)?;
    if let Some(lease) = license.lease {
        range("lease.days", lease.days, LEASE_DAYS)?;
        range("lease.grace_days", lease.grace_days, LEASE_GRACE)?;
    }
    if let Some(revalidation) = license.revalidation {
        range("revalidation.period_days", revalidation.period_days, REVALIDATION_DAYS)?;
        range("revalidation.grace_days", revalidation.grace_days, REVALIDATION_GRACE)?;
    }
    for (field, day) in
        [("start", license.start), ("end", license.end), ("maintenance_end", license.maintenance_end)]
    {
        written(field, day)?;
    }
    if license.start.zip(license.end).is_some_and(|(start, end)| end < start) {
        return wrong("end", "before the first day");
    }
    if license.blocked.len() > MOST_BLOCKED {
        return wrong("blocked", &format!("at most {MOST_BLOCKED}"));
    }
    features(license)
}

fn features(license: &Entitlement) -> Result<(), Unsound> {
    if license.features.len() > MOST_FEATURES {
        return wrong("features", &format!("at most {MOST_FEATURES}"));
    }
    let mut ids = std::collections::BTreeSet::new();
    for (place, feature) in license.features.iter().enumerate() {
        let at = |member: &str| format!("features[{place}].{member}");
        if !ids.insert(&feature.id) {
            return wrong(&at("id"), "there twice");
        }
        text(&at("name"), Some(&feature.name), LONGEST_NAME)?;
        let Some(Counter { maximum, overage, .. }) = &feature.counter else { continue };
        if let Some(maximum) = maximum {
            range(&at("counter.maximum"), *maximum, UNITS)?;
        }
        if let Overage::UpTo(units) = overage {
            range(&at("counter.overage.up_to"), *units, UNITS)?;
        }
    }
    Ok(())
}

fn wrong<T>(field: &str, why: &str) -> Result<T, Unsound> {
    Err(Unsound { field: field.to_owned(), why: why.to_owned() })
}

fn text(field: &str, text: Option<&String>, longest: usize) -> Result<(), Unsound> {
    if text.is_some_and(|text| !is_text(text, longest) || text.trim().is_empty()) {
        return wrong(field, &format!("1 to {longest} characters, none of them a control character"));
    }
    Ok(())
}

fn range<T: PartialOrd + fmt::Display>(
    field: &str,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), Unsound> {
    if range.contains(&value) {
        return Ok(());
    }
    wrong(field, &format!("{} to {}", range.start(), range.end()))
}

/// A day is written with four digits of the year.
fn written(field: &str, day: Option<NaiveDate>) -> Result<(), Unsound> {
    day.map_or(Ok(()), |day| range(&[field, ".year"].concat(), day.year(), 1..=9_999))
}
