//! What a license's page says (ICE-01, ICE-04, ICE-08, ICE-09, ICE-11).

use handcarry_api::{LicenseFacts, UsedLine as Line};
use handcarry_format::{Id, Instant, Model};
use handcarry_rules::Entitlement;
use handcarry_rules::holder::{
    Mismatch, UsedLine, UserSeats, days_left, recommend, reference_id, registration,
};
use handcarry_rules::{Activation, timeline::State};
use handcarry_store::{DeviceWord, SeatFigures, StoreError, Tx};

use crate::service::pool;
use crate::site::Site;

/// Seats of a license as of now, with its upgrades in them.
#[derive(Clone, Copy, Debug)]
pub struct Seats {
    /// Its model.
    pub model: Model,
    /// Devices that may hold it.
    pub total: u32,
    /// Devices that do.
    pub used: u32,
}

/// What the page of a license says; about one device, if `activation` is given, with what it said last.
pub fn facts(
    tx: &mut dyn Tx,
    site: &Site,
    license: &Entitlement,
    seats: Seats,
    activation: Option<(&Activation, Option<&DeviceWord>)>,
    now: Instant,
) -> Result<LicenseFacts, StoreError> {
    let tenant = site.id();
    let figures = tx.seat_figures(tenant, &license.id, now)?.unwrap_or_default();
    let record = match &license.customer_id {
        Some(id) => tx.customer(tenant, id)?.map(|customer| customer.record),
        None => None,
    };
    let since = match activation {
        Some((_, word)) => word.and_then(|word| word.mismatch_since),
        None => figures.mismatch_since,
    };
    let emergency = match license.revalidation {
        Some(_) => pool::state_of(tx, site, &license.id, now)?.is_some_and(|state| state >= State::Emergency),
        None => false,
    };
    let lines = lines(license, seats, &figures);
    let renewal_days = license.maintenance_end.map(|last| days_left(last, license.zone, now));
    let recommended = recommend(&lines, renewal_days);
    let named = license.customer.as_ref();
    let mut facts = LicenseFacts {
        name: named.map(|customer| customer.name.clone()),
        reference_id: activation.map(|(one, _)| reference_id(&one.fingerprint)),
        order: named.and_then(|customer| customer.order.clone()),
        previous_order: license.previous_order.clone(),
        registration: registration(license.evaluation, emergency, since.is_some()).name().to_owned(),
        runs_until: since.map(|since| Mismatch { since }.until().to_string()),
        renewal_days,
        recommended: recommended.iter().map(|it| it.name().to_owned()).collect(),
        lines: lines.into_iter().map(line).collect(),
        ..LicenseFacts::default()
    };
    if let Some(record) = record {
        facts.name = Some(record.name);
        (facts.company, facts.email, facts.address) = (record.company, record.email, record.address);
    }
    Ok(facts)
}

/// What the page of a license says, about no device in particular.
pub fn facts_of(
    tx: &mut dyn Tx,
    site: &Site,
    license: &Id,
    now: Instant,
) -> Result<LicenseFacts, StoreError> {
    let pooled = tx.pooled(site.id(), license)?.ok_or(StoreError::Missing("the license"))?;
    let (model, total) = tx.upgrades_of(site.id(), license)?.raised(&pooled.license, now);
    let seats = Seats { model, total, used: pooled.seats_used };
    facts(tx, site, &pooled.license, seats, None, now)
}

/// What is used, of what is licensed: devices always, the rest where there is any.
fn lines(license: &Entitlement, seats: Seats, figures: &SeatFigures) -> Vec<UsedLine> {
    let users = UserSeats::of(license, (seats.model, seats.total)).seats;
    let line =
        |name: &str, used: u64, seats: u32| UsedLine { name: name.to_owned(), used, seats: seats.into() };
    let mut lines = vec![line("devices", seats.used.into(), seats.total)];
    let counted = figures.users;
    let connected = u64::from(counted.full) + u64::from(counted.trial);
    if connected > 0 || counted.ended > 0 {
        lines.push(line("users", connected, users));
    }
    if let Some(used) = figures.reported {
        lines.push(line("reported", used, users));
    }
    if let Some((used, _)) = figures.source.as_ref().and_then(|source| source.last) {
        lines.push(line("remote", used, users));
    }
    lines
}

fn line(line: UsedLine) -> Line {
    Line { over: line.is_over(), name: line.name, used: line.used, seats: line.seats }
}
