//! Sessions of concurrent licenses (LMX-15).

use handcarry_format::{Id, Instant};
use handcarry_rules::Entitlement;
use handcarry_rules::session::{
    AskedSession, Session, SessionPool, SessionRefusal, SessionTerms, candidates, check_out as decide,
    renew as prolong,
};
use serde_json::json;

use crate::failure::Failure;
use crate::service::pool::{may_change_settings, serving};
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::unit::Unit;
use crate::site::Site;

/// Licenses that are looked at for a session where none is named.
const MOST: u32 = 1_000;

/// Where a session is to come from.
#[derive(Clone, Debug)]
pub enum From {
    /// This license.
    License(Id),
    /// The licenses of this product, which must be one customer's.
    Product(Id),
}

/// Checks a session out: the last place goes to one of those who ask at once.
pub fn check_out(
    unit: &mut Unit<'_>,
    site: &Site,
    from: &From,
    asked: &AskedSession,
) -> Result<Session, Failure> {
    let (licenses, named) = match from {
        From::License(id) => (unit.tx.license(unit.tenant, id)?.into_iter().collect(), true),
        From::Product(id) => {
            let found = unit.tx.concurrent_licenses(unit.tenant, id, MOST + 1)?;
            if found.len() > MOST as usize {
                return Err(field("license", "needed: the product has too many concurrent licenses"));
            }
            (found, false)
        }
    };
    let (mut pools, mut gone) = (Vec::new(), None);
    for license in candidates(licenses, &asked.feature, named).map_err(|no| refused(&no))? {
        // Stopped, held by a site, or deleted: as if it were not there, unless it is the only one.
        match serving(unit.tx, site, &license.id, unit.now)? {
            Ok(()) => pools.extend(pool(unit, &license, Some(asked))?),
            Err(problem) => gone = Some(problem),
        }
    }
    let session = match decide(&pools, asked, unit.now) {
        Ok(session) => session,
        Err(SessionRefusal::NoLicense) if gone.is_some() => {
            return Err(gone.map_or_else(|| refused(&SessionRefusal::NoLicense), Failure::from));
        }
        Err(refusal) => return Err(refused(&refusal)),
    };
    unit.tx.insert_session(unit.tenant, &session)?;
    unit.log("session.opened", facts(&session))?;
    Ok(session)
}

/// Prolongs a session: a sign of life, or borrowed until an instant.
pub fn renew(unit: &mut Unit<'_>, site: &Site, id: &Id, until: Option<Instant>) -> Result<Session, Failure> {
    let Some(session) = unit.tx.session(unit.tenant, id)? else { return Err(unknown("session", id)) };
    serving(unit.tx, site, &session.license, unit.now)?.map_err(Failure::from)?;
    let license = unit.tx.license(unit.tenant, &session.license)?;
    let pool = match license {
        Some(license) => pool(unit, &license, None)?,
        None => None,
    };
    let pool = pool.ok_or_else(|| refused(&SessionRefusal::NoLicense))?;
    let renewed = prolong(&session, &pool, until, unit.now).map_err(|no| refused(&no))?;
    unit.tx.update_session(unit.tenant, &renewed)?;
    // A sign of life is no news; what is lent out is.
    if until.is_some() {
        unit.log("session.borrowed", facts(&renewed))?;
    }
    Ok(renewed)
}

/// Checks a session in: its place is free at once.
pub fn check_in(unit: &mut Unit<'_>, id: &Id) -> Result<(), Failure> {
    let Some(session) = unit.tx.session(unit.tenant, id)? else { return Err(unknown("session", id)) };
    unit.tx.delete_session(unit.tenant, id)?;
    unit.log("session.closed", json!({"session": id, "license": session.license}))?;
    Ok(())
}

/// Sets what a license says about its sessions.
pub fn set_terms(
    unit: &mut Unit<'_>,
    site: &Site,
    license: &Id,
    terms: &SessionTerms,
) -> Result<(), Failure> {
    unit.tx.license(unit.tenant, license)?.ok_or_else(|| unknown("license", license))?;
    may_change_settings(unit.tx, site, license, unit.now)?.map_err(Failure::from)?;
    if unit.tx.session_terms(unit.tenant, license)? != *terms {
        unit.tx.set_session_terms(unit.tenant, license, terms)?;
        let shared = terms.shared;
        unit.log(
            "license.sessions",
            json!({
                "license": license,
                "borrow_hours": terms.borrow_hours,
                "share_host": shared.host,
                "share_user": shared.user,
                "share_custom": shared.custom,
                "servers": terms.servers.len(),
                "match_rate": terms.match_rate,
            }),
        )?;
    }
    Ok(())
}

/// The pool that a license is now, for a question or for a session that is open.
fn pool(
    unit: &mut Unit<'_>,
    license: &Entitlement,
    asked: Option<&AskedSession>,
) -> Result<Option<SessionPool>, Failure> {
    let terms = unit.tx.session_terms(unit.tenant, &license.id)?;
    let upgrades = unit.tx.upgrades_here(unit.tenant, &license.id)?;
    let places = match asked {
        Some(asked) => unit.tx.places(unit.tenant, &license.id, &terms.place(asked), unit.now)?,
        None => (0, true),
    };
    Ok(SessionPool::of(license, &upgrades, terms, places, unit.now))
}

fn refused(refusal: &SessionRefusal) -> Failure {
    handcarry_api::Problem::from(refusal).into()
}

/// For the log, which keeps for ever: nobody's name is in it.
fn facts(session: &Session) -> serde_json::Value {
    json!({
        "session": session.id,
        "license": session.license,
        "feature": session.feature,
        "borrowed_until": session.borrowed.then(|| session.expires_at.to_string()),
    })
}
