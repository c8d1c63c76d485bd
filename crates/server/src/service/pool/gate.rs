//! What a license's place in the pool allows beside its status.

use handcarry_api::{Problem, code};
use handcarry_format::{Id, Instant};
use handcarry_rules::timeline::State;
use handcarry_store::{Pooled, StoreError, Tx};

use super::verification::validation;
use crate::site::Site;

/// Whether devices are served with a license now: activations, refreshes, check-outs. Not while its services have stopped
/// (ICE-22), and at the authority not while a site holds it (ALT-09). What is given back is always taken (D-39).
pub fn serving(
    tx: &mut dyn Tx,
    site: &Site,
    license: &Id,
    now: Instant,
) -> Result<Result<(), Problem>, StoreError> {
    // Most portals are asked by nobody and ask nobody.
    if site.tenant.rules.authority.is_none() && !tx.is_held(site.id(), license)? {
        return Ok(Ok(()));
    }
    let Some(pooled) = tx.pooled(site.id(), license)? else { return Ok(Ok(())) };
    if let Some(state) = state(site, &pooled, now)
        && !state.serves()
    {
        return Ok(Err(Problem::new(409, code::LICENSE_STOPPED)));
    }
    let bound = pooled.entry.as_ref().is_none_or(|entry| entry.site_bound);
    Ok(match pooled.hold.filter(|_| bound && site.tenant.rules.authority.is_none()) {
        Some(hold) => {
            let problem = Problem::new(409, code::LICENSE_HELD_ELSEWHERE);
            Err(problem.with("site", hold.site.name).with("since", hold.since))
        }
        None => Ok(()),
    })
}

/// ICE-21: settings of a license cannot be changed in emergency mode.
pub fn may_change_settings(
    tx: &mut dyn Tx,
    site: &Site,
    license: &Id,
    now: Instant,
) -> Result<Result<(), Problem>, StoreError> {
    let Some(pooled) = tx.pooled(site.id(), license)? else { return Ok(Ok(())) };
    Ok(match state(site, &pooled, now).filter(|state| !state.may_change_settings()) {
        Some(state) => Err(Problem::new(409, code::POOL_EMERGENCY).with("state", state.name())),
        None => Ok(()),
    })
}

/// Where a license is with its revalidation, at a site's portal.
pub fn state_of(
    tx: &mut dyn Tx,
    site: &Site,
    license: &Id,
    now: Instant,
) -> Result<Option<State>, StoreError> {
    Ok(tx.pooled(site.id(), license)?.and_then(|pooled| state(site, &pooled, now)))
}

fn state(site: &Site, pooled: &Pooled, now: Instant) -> Option<State> {
    site.tenant.rules.authority.as_ref()?;
    validation(pooled).map(|validation| validation.state(site.zone(), now))
}
