//! LMX: upgrades and sessions.

mod counts;
mod invariants;
mod issued;
mod refused;
mod sessions;

use handcarry_format::{Feature, Model};
use handcarry_rules::Entitlement;
use handcarry_rules::upgrade::{AskedUpgrade, Checked, Count, Upgrades};

use crate::world::{day, entitlement, id};

/// The base of the vector: f1, COUNT=10, END=2030-12-31.
fn base() -> Entitlement {
    Entitlement {
        features: vec![Feature { id: id("f1"), name: "f1".to_owned(), counter: None }],
        model: Model::Concurrent(10),
        end: Some(day("2030-12-31")),
        ..entitlement()
    }
}

/// `START…END`, either of which may be missing.
fn asked(name: &str, count: i64, days: &str) -> AskedUpgrade {
    let (start, end) = days.split_once('…').unwrap();
    let maybe = |text: &str| (!text.is_empty()).then(|| day(text));
    AskedUpgrade {
        start: maybe(start),
        end: maybe(end),
        ..AskedUpgrade::new(id(name), id("f1"), Count::Of(count))
    }
}

/// Adds what the rules accept; what is there already is not added again.
fn add(upgrades: &mut Upgrades, asked: &AskedUpgrade, base: &Entitlement) -> Result<(), &'static str> {
    match upgrades.check(asked, base) {
        Ok(Checked::New(upgrade)) => upgrades.all.push(upgrade),
        Ok(Checked::Known) => {}
        Err(refusal) => return Err(refusal.code()),
    }
    Ok(())
}

/// U1 and U2 of the vector, and U1 again.
fn vector(base: &Entitlement) -> Upgrades {
    let mut upgrades = Upgrades::default();
    for asked in [
        asked("u1", 5, "2029-01-01…2029-06-30"),
        asked("u2", 3, "…2030-12-31"),
        asked("u1", 5, "2029-01-01…2029-06-30"),
    ] {
        add(&mut upgrades, &asked, base).unwrap();
    }
    upgrades
}
