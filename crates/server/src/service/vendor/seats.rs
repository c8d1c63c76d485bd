//! Users of licenses and their seats (ICE-05, ICE-07, ICE-12, ICE-13).

use handcarry_api::{Problem, code};
use handcarry_format::{Id, Instant, LicenseStatus};
use handcarry_rules::holder::{Connected, UserSeats, connect as connects};
use handcarry_rules::{Entitlement, status};
use handcarry_store::{ReadingState, SeatReading, SeatUser, Tx};
use serde_json::json;

use crate::failure::Failure;
use crate::outbound::check_address;
use crate::service::pool::{self, may_change_settings};
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::unit::Unit;
use crate::site::Site;

/// A user as it is known: two spellings of a name are one user.
pub fn user_of(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A user connects. Gives the seat, or a refusal that says why there is none.
pub fn connect(unit: &mut Unit<'_>, site: &Site, license: &Id, user: &str) -> Result<SeatUser, Failure> {
    let entitlement = in_pool(unit.tx, site, license)?;
    serves(unit, site, &entitlement)?;
    let (tenant, now) = (unit.tenant, unit.now);
    let raised = unit.tx.upgrades_of(tenant, license)?.raised(&entitlement, now);
    let terms = UserSeats::of(&entitlement, raised);
    let taken = unit.tx.seat_counts(tenant, license, now)?.full;
    let known = unit.tx.seat_user(tenant, license, user)?;
    let (connected, seat) = connects(terms, taken, known.as_ref().map(|known| &known.seat), user, now);
    let none = || Failure::from(Problem::new(409, "seat.none").with("total", terms.seats));
    let seat = match (connected, seat) {
        (Connected::TrialOver { since }, _) => {
            return Err(Problem::new(409, code::TRIAL_OVER).with("since", since).into());
        }
        (Connected::NoSeat, _) | (_, None) => return Err(none()),
        (Connected::Full | Connected::Trial { .. }, Some(seat)) => seat,
    };
    let after = SeatUser { seat, last_access: now };
    unit.tx.save_seat_user(tenant, license, &after)?;
    // Coming back is no change; taking a seat is.
    if known.is_none_or(|known| known.seat != after.seat) {
        let until = after.seat.trial_until();
        let seat = if after.seat.full { "full" } else { "trial" };
        unit.log("seat.taken", json!({"license": license, "user": user, "seat": seat, "until": until}))?;
    }
    Ok(after)
}

/// Takes a full seat from a user; whoever connects next can have it.
pub fn free(unit: &mut Unit<'_>, site: &Site, license: &Id, user: &str) -> Result<(), Failure> {
    in_pool(unit.tx, site, license)?;
    let known = unit.tx.seat_user(unit.tenant, license, user)?;
    let mut known = known.ok_or_else(|| unknown("user", user))?;
    if known.seat.full {
        known.seat.full = false;
        unit.tx.save_seat_user(unit.tenant, license, &known)?;
        unit.log("seat.freed", json!({"license": license, "user": user}))?;
    }
    Ok(())
}

/// Names the remote source of a license, or takes it away (ICE-05).
pub fn set_source(unit: &mut Unit<'_>, site: &Site, license: &Id, url: Option<&str>) -> Result<(), Failure> {
    in_pool(unit.tx, site, license)?;
    may_change_settings(unit.tx, site, license, unit.now)?.map_err(Failure::from)?;
    if let Some(url) = url {
        // Plain HTTP too: a server in the same house need not have a certificate.
        check_address(url, true).map_err(|why| field("url", why))?;
    }
    unit.tx.set_seat_source(unit.tenant, license, url)?;
    Ok(unit.log("seats.source_set", json!({"license": license, "url": url}))?)
}

/// Asks for a reading of a license's source. One that goes on already is the answer.
pub fn read(unit: &mut Unit<'_>, site: &Site, license: &Id, id: &Id) -> Result<SeatReading, Failure> {
    in_pool(unit.tx, site, license)?;
    if let Some(open) = unit.tx.open_seat_reading(unit.tenant, license)? {
        return Ok(open);
    }
    let source = unit.tx.seat_source(unit.tenant, license)?;
    let source = source.ok_or_else(|| Problem::new(409, code::NO_SOURCE).with("license", license))?;
    let reading = SeatReading {
        id: id.clone(),
        license: license.clone(),
        url: source.url,
        state: ReadingState::Waiting,
        pages: 0,
        used: 0,
        failure: None,
        asked_at: unit.now,
        seen_at: unit.now,
    };
    unit.tx.insert_seat_reading(unit.tenant, &reading)?;
    unit.log("seats.reading_asked", json!({"license": license, "reading": id}))?;
    Ok(reading)
}

/// Calls a reading off. One that has ended stays as it is.
pub fn cancel(unit: &mut Unit<'_>, license: &Id, id: &Id) -> Result<SeatReading, Failure> {
    if unit.tx.cancel_seat_reading(unit.tenant, id, unit.now)? {
        unit.log("seats.reading_cancelled", json!({"license": license, "reading": id}))?;
    }
    reading(unit.tx, unit.tenant, license, id)
}

/// A reading of this license.
pub fn reading(
    tx: &mut dyn Tx,
    tenant: handcarry_store::TenantId,
    license: &Id,
    id: &Id,
) -> Result<SeatReading, Failure> {
    let found = tx.seat_reading(tenant, id)?.filter(|found| found.license == *license);
    found.ok_or_else(|| unknown("reading", id))
}

/// The license, if it is in the pool.
pub fn in_pool(tx: &mut dyn Tx, site: &Site, license: &Id) -> Result<Entitlement, Failure> {
    let pooled = tx.pooled(site.id(), license)?;
    let pooled = pooled.filter(|it| it.entry.as_ref().is_none_or(|entry| entry.in_pool));
    pooled.map(|pooled| pooled.license).ok_or_else(|| unknown("license", license))
}

fn serves(unit: &mut Unit<'_>, site: &Site, license: &Entitlement) -> Result<(), Failure> {
    let now: Instant = unit.now;
    let code = match status(license, now) {
        LicenseStatus::Active => None,
        LicenseStatus::Expired => Some("license.expired"),
        LicenseStatus::Pending | LicenseStatus::Inactive => Some("license.inactive"),
    };
    if let Some(code) = code {
        return Err(Problem::new(409, code).into());
    }
    pool::serving(unit.tx, site, &license.id, now)?.map_err(Failure::from)
}
