//! What staff do without the device: R2, re-host, loss (HEX-04 to HEX-10, D-11), and the second person (D-28).
//!
//! Whatever is asked for leaves a record, and what is done a log entry with reason, actor, before and after. What waits is
//! decided again by [`decide_staff`] when a second person or time has come: nobody approves what has become wrong.

mod approve;
mod facts;
mod losses;
mod unblock;

pub use approve::{approve, due, refuse};
pub use facts::Shown;
pub use losses::Losses;
pub use unblock::unblock;

use handcarry_api::Problem;
use handcarry_format::{Id, Instant};
use handcarry_rules::{
    Account, Actor, Asked, Reason, StaffAccepted, StaffAction, StaffCommand, StaffContext, StaffDecision,
    StaffRefusal, StaffWarning, WaitsFor, decide_staff,
};
use handcarry_store::{Decided, StaffRecord, StaffState, StoreError};

use crate::failure::Failure;
use crate::notice;
use crate::service::vendor::rules;
use crate::service::vendor::unit::Unit;

/// What staff ask for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// An id for its record.
    pub id: Id,
    /// What.
    pub action: StaffAction,
    /// Of which activation.
    pub activation: Id,
    /// Why.
    pub reason: Option<Reason>,
    /// Who asks has the support role.
    pub support: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Came {
    /// The record as it is now.
    pub record: StaffRecord,
    /// The device's name.
    pub device: String,
    /// For the person who asked.
    pub warnings: Vec<StaffWarning>,
    /// A seat is free that was not.
    pub freed: bool,
}

/// Does what staff ask for, or has it wait for a second person or for time. What waits for the same already is not
/// asked for twice: its record answers.
pub fn ask(unit: &mut Unit<'_>, ask: &Ask) -> Result<Came, Failure> {
    let account = account(unit, &ask.activation)?;
    let by = Actor { name: unit.by.to_string(), support: ask.support };
    let now = unit.now;
    let record = |trace: String, state, waits: Option<WaitsFor>| StaffRecord {
        id: ask.id.clone(),
        action: ask.action,
        license: account.entitlement.id.clone(),
        activation: ask.activation.clone(),
        reason: ask.reason.clone(),
        by: by.name.clone(),
        at: now,
        trace,
        waits: waits.map(|waits| waits.code().to_owned()),
        due: waits.and_then(due_at),
        state,
        decided: None,
    };
    let command = StaffCommand { action: ask.action, reason: ask.reason.clone() };
    let decision = decide(unit, &account, &command, Voices { by: &by, second: None, asked: None })?;
    let known = account.activation.as_ref().ok_or_else(unknown)?;
    let device = known.device.name.clone();
    match decision {
        StaffDecision::Done(done) => {
            let record = record(known.trace(), StaffState::Done, None);
            unit.tx.insert_staff_record(unit.tenant, &record)?;
            apply(unit, &account, &done, &record, None)?;
            void_others(unit, &record)?;
            Ok(Came { record, device, warnings: done.warnings, freed: done.freed })
        }
        StaffDecision::Waits { waits, warnings } => {
            let waiting = unit.tx.waiting_for(unit.tenant, &ask.activation)?;
            if let Some(record) = waiting.into_iter().find(|it| it.action == ask.action) {
                return Ok(Came { record, device, warnings, freed: false });
            }
            let record = record(known.trace(), StaffState::Waiting, Some(waits));
            unit.tx.insert_staff_record(unit.tenant, &record)?;
            unit.log("approval.asked", facts::asked(&record, &device))?;
            let given = facts::words(record.reason.as_ref());
            let message = notice::rehost_waits(
                &account.entitlement,
                &ask.activation,
                &device,
                &given,
                &by.name,
                unit.now,
            );
            unit.tx.post_message(unit.tenant, &message)?;
            Ok(Came { record, device, warnings, freed: false })
        }
    }
}

/// Who speaks for it, and since when it waits.
#[derive(Clone, Copy)]
struct Voices<'a> {
    by: &'a Actor,
    second: Option<&'a Actor>,
    asked: Option<&'a Asked>,
}

fn decide(
    unit: &mut Unit<'_>,
    account: &Account,
    command: &StaffCommand,
    voices: Voices<'_>,
) -> Result<StaffDecision, Failure> {
    let made = unit.tx.rehosts_since(unit.tenant, unit.now.plus_days(-365))?;
    let rules = rules::of(unit.tx, unit.tenant)?;
    let context = StaffContext {
        now: unit.now,
        rules: &rules,
        made,
        by: voices.by,
        approved_by: voices.second,
        asked: voices.asked,
    };
    decide_staff(account, command, &context).map_err(|refusal| refused(&refusal))
}

/// Writes down what was decided.
fn apply(
    unit: &mut Unit<'_>,
    account: &Account,
    done: &StaffAccepted,
    record: &StaffRecord,
    second: Option<&str>,
) -> Result<(), Failure> {
    let license = &account.entitlement;
    let before = account.activation.as_ref().ok_or_else(unknown)?;
    unit.tx.save_activation(unit.tenant, &license.id, &done.activation)?;
    if let Some(changed) = &done.entitlement {
        unit.tx.update_license(unit.tenant, changed)?;
    }
    let data = facts::done(account, before, done, record, second, unit.now);
    unit.log(facts::event(record.action), data)?;
    if record.action != StaffAction::Retire {
        let (device, given) = (&before.device.name, facts::words(record.reason.as_ref()));
        let message = notice::rehost_done(license, &before.id, device, &given, unit.now);
        unit.tx.post_message(unit.tenant, &message)?;
    }
    Ok(())
}

/// What waits for an activation that was just retired has nothing left to do.
fn void_others(unit: &mut Unit<'_>, done: &StaffRecord) -> Result<(), Failure> {
    for waiting in unit.tx.waiting_for(unit.tenant, &done.activation)? {
        close(unit, waiting, StaffState::Void, None, "activation.retired")?;
    }
    Ok(())
}

/// Ends what waits without its effect.
fn close(
    unit: &mut Unit<'_>,
    record: StaffRecord,
    state: StaffState,
    by: Option<String>,
    remark: &str,
) -> Result<StaffRecord, Failure> {
    let decided = Decided { by, at: unit.now, remark: remark.to_owned() };
    let closed = StaffRecord { state, due: None, decided: Some(decided), ..record };
    unit.tx.update_staff_record(unit.tenant, &closed)?;
    let event = if state == StaffState::Refused { "approval.refused" } else { "approval.void" };
    unit.log(event, facts::closed(&closed))?;
    Ok(closed)
}

fn account(unit: &mut Unit<'_>, activation: &Id) -> Result<Account, Failure> {
    unit.tx.account_for_activation(unit.tenant, activation, None)?.ok_or_else(unknown)
}

fn unknown() -> Failure {
    refused(&StaffRefusal::UnknownActivation)
}

fn refused(refusal: &StaffRefusal) -> Failure {
    Problem::from(refusal).into()
}

fn due_at(waits: WaitsFor) -> Option<Instant> {
    match waits {
        WaitsFor::Time { until } => Some(until),
        WaitsFor::SecondPerson { .. } | WaitsFor::HeardFrom => None,
    }
}

/// What somebody else decided in the meantime.
fn decided_meanwhile(error: StoreError, record: &StaffRecord) -> Failure {
    match error {
        StoreError::Stale(_) => refused(&StaffRefusal::Decided {
            at: record.decided.as_ref().map_or(record.at, |decided| decided.at),
        }),
        other => other.into(),
    }
}
