//! What staff do without the device: R2 (HEX-04…10), re-host, and the declaration that a device is lost (D-11).

mod command;
mod refusal;

pub use command::{
    Actor, Asked, Reason, ReasonCode, StaffAccepted, StaffAction, StaffCommand, StaffContext, StaffDecision,
    StaffWarning, WaitsFor,
};
pub use refusal::{STAFF_REFUSAL_CODES, StaffRefusal};

use handcarry_format::{Block, Instant, KeyId, Model};

use crate::account::{Account, Activation, ActivationState, Entitlement};
use crate::retirement::{Retirement, SeatRelease};
use crate::tenant::{SeatFree, TenantRules};

/// Most devices that one license's block list names: what a license file can carry.
pub const MOST_BLOCKED: usize = 1_000;

/// Decides what staff ask for. The same arguments always give the same answer; a refusal changes nothing.
///
/// What waits for a second person or for time is decided again, with the present account, when either has come.
pub fn decide_staff(
    account: &Account,
    command: &StaffCommand,
    context: &StaffContext<'_>,
) -> Result<StaffDecision, StaffRefusal> {
    let Some(known) = &account.activation else { return Err(StaffRefusal::UnknownActivation) };
    let action = command.action;
    let returned = match known.state {
        ActivationState::Taken => None,
        ActivationState::Returned { at } => Some(at),
        ActivationState::Retired(retirement) => {
            return Err(StaffRefusal::AlreadyRetired { at: retirement.at });
        }
    };
    let r2 = action == StaffAction::Retire;
    // HEX-04, HEX-05: a node-locked license comes back by its device alone.
    if r2 && !matches!(account.entitlement.model, Model::Concurrent(_)) {
        return Err(StaffRefusal::NodeLocked);
    }
    if let Some(at) = returned.filter(|_| !r2) {
        return Err(StaffRefusal::NotHeld { at });
    }
    may(action, context)?;
    // HEX-10: what the device gave back itself needs no excuse; what it did not does.
    match &command.reason {
        None if returned.is_none() => return Err(StaffRefusal::ReasonRequired { action }),
        Some(reason) if !reason.code.fits(action) => {
            return Err(StaffRefusal::ReasonUnfit { action, reason: reason.code });
        }
        _ => {}
    }
    let mut warnings = Vec::new();
    if returned.is_none() {
        warnings.extend(r2.then_some(StaffWarning::ReturnNotSeen));
        warnings.push(StaffWarning::OrphanOnDevice);
    }
    if let Some(waits) = waits(known, action, context) {
        return Ok(StaffDecision::Waits { waits, warnings });
    }

    let mut activation = known.clone();
    let seat = if returned.is_some() { SeatRelease::AtOnce } else { release(context.rules, context.now) };
    let how = action.retired();
    activation.state = ActivationState::Retired(Retirement { at: context.now, how, seat, proven: returned });
    let entitlement = if r2 { None } else { blocking(&account.entitlement, known, context.now)? };
    Ok(StaffDecision::Done(Box::new(StaffAccepted {
        freed: known.holds_seat(context.now) && !activation.holds_seat(context.now),
        activation,
        entitlement,
        warnings,
    })))
}

/// Lets a device be licensed again that was blocked, such as one that was found. Gives the license as it is then.
pub fn unblock(entitlement: &Entitlement, device: KeyId) -> Result<Entitlement, StaffRefusal> {
    let mut changed = entitlement.clone();
    changed.blocked.retain(|block| block.device != device);
    if changed.blocked.len() == entitlement.blocked.len() {
        return Err(StaffRefusal::NotBlocked);
    }
    changed.revision += 1;
    Ok(changed)
}

/// Re-host and loss need the support role, and a second person is a second one (D-28).
fn may(action: StaffAction, context: &StaffContext<'_>) -> Result<(), StaffRefusal> {
    if action == StaffAction::Retire {
        return Ok(());
    }
    let people = || [Some(context.by), context.approved_by].into_iter().flatten();
    if let Some(person) = people().find(|person| !person.support) {
        return Err(StaffRefusal::NotSupport { name: person.name.clone() });
    }
    match context.approved_by {
        Some(second) if second.name == context.by.name => Err(StaffRefusal::SamePerson),
        _ => Ok(()),
    }
}

/// What must come first. A second person's word stands for all of it.
fn waits(known: &Activation, action: StaffAction, context: &StaffContext<'_>) -> Option<WaitsFor> {
    if action == StaffAction::Retire || context.approved_by.is_some() {
        return None;
    }
    let limit = context.rules.rehosts_per_year;
    if context.made >= limit {
        return Some(WaitsFor::SecondPerson { made: context.made, limit });
    }
    if action == StaffAction::Rehost {
        return None;
    }
    let asked_at = context.asked.map_or(context.now, |asked| asked.at);
    let until = asked_at.plus_days(i64::from(context.rules.loss_wait_days));
    match context.asked {
        // D-11: a device that was heard from in the meantime is not lost by the passing of time.
        Some(asked) if asked.trace != known.trace() => Some(WaitsFor::HeardFrom),
        _ => (context.now < until).then_some(WaitsFor::Time { until }),
    }
}

/// D-26: when the seat is free without a proof.
fn release(rules: &TenantRules, now: Instant) -> SeatRelease {
    match rules.seat_free {
        SeatFree::AtOnce | SeatFree::AfterDays(0) => SeatRelease::AtOnce,
        SeatFree::WhenProven => SeatRelease::WhenProven,
        SeatFree::AfterDays(days) => SeatRelease::From(now.plus_days(i64::from(days))),
    }
}

/// The license with the device on its block list; none if it is there already.
fn blocking(
    entitlement: &Entitlement,
    activation: &Activation,
    now: Instant,
) -> Result<Option<Entitlement>, StaffRefusal> {
    let device = activation.device.key.id();
    if entitlement.blocked.iter().any(|block| block.device == device) {
        return Ok(None);
    }
    if entitlement.blocked.len() >= MOST_BLOCKED {
        return Err(StaffRefusal::BlockListFull { limit: MOST_BLOCKED });
    }
    let mut changed = entitlement.clone();
    changed.blocked.push(Block { device, since: now });
    changed.revision += 1;
    Ok(Some(changed))
}
