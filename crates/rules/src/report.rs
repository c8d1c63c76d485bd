//! LSP-12+: a device reports consumption and keeps its license.

use handcarry_format::{Digest, License, Outcome, Usage, UsageReport, Verified};

use crate::account::{Account, Activation, ActivationState};
use crate::clock_note;
use crate::decision::{Accepted, Answer, Case, CaseKind, Context, Done, Note, Refusal, RefusalKind};
use crate::issue::{Said, is_current, issuable, license, not_blocked, receipt};
use crate::over::over;
use crate::period::added_by_period;
use crate::usage::{Statement, book, is_late};

pub(crate) fn report(
    account: &Account,
    file: &Verified<UsageReport>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    let chain = file.evidence();
    let known = match holder(account, &chain.license) {
        Ok(known) => known,
        Err(refusal) => match before_return(account, &chain.license, &file.usage, file.digest()) {
            // Merely late, and no sign of life: D-15 before D-36.
            Some(known) if known.device.key == chain.license.device.key => known,
            // Its usage is in the return; a receipt would speak of the device that has the seat now.
            Some(_) => return Err(refusal),
            None => return Err(sign_of_life(refusal, &chain.license)),
        },
    };
    let mut activation = known.clone();
    let said = Statement { usage: &file.usage, digest: file.digest(), chain, last: false };
    let booking = book(account, &mut activation, said);
    let periods = added_by_period(&account.entitlement, &file.usage, &booking.added);
    let over = over(account, &booking.added, &periods);
    let mut notes: Vec<Note> = clock_note(file.created_at, context.now).into_iter().collect();
    if !over.is_empty() {
        notes.push(Note::OverUse { features: over.clone() });
    }

    let answer =
        if file.refresh { newest(account, &mut activation, &chain.license, context) } else { Answer::None };
    let outcome = match booking.done {
        Done::Held => Outcome::Held,
        Done::Outdated => Outcome::Outdated,
        _ => Outcome::Booked,
    };
    let said = Said {
        outcome,
        seats_used: account.seats_in_use(context.now),
        added: booking.added.clone(),
        over,
        held: booking.done == Done::Held,
    };
    let receipt = receipt(account, &activation, file, said, context);
    Ok(Accepted {
        done: booking.done,
        activation: Some(activation),
        added: booking.added,
        periods,
        transfer: false,
        answer,
        receipt: Some(receipt),
        cases: booking.cases,
        notes,
    })
}

/// D-25: the same trip brings the refresh. Who gets none any more still has the usage booked.
fn newest(
    account: &Account,
    activation: &mut Activation,
    held: &Verified<License>,
    context: &Context<'_>,
) -> Answer {
    let entitlement = &account.entitlement;
    let refused = !activation.is_taken()
        || issuable(entitlement, context).is_err()
        || not_blocked(entitlement, &activation.device).is_err()
        // Not taken over: a device that has it would not load an earlier one.
        || held.generation > activation.generation;
    if refused {
        return Answer::None;
    }
    match activation.newest.filter(|_| is_current(account, activation, context)) {
        Some(newest) => Answer::Newest(newest),
        None => Answer::Issue(license(account, activation, context)),
    }
}

/// The activation that a device's document is about, if the device still holds it.
pub(crate) fn holder<'a>(account: &'a Account, held: &Verified<License>) -> Result<&'a Activation, Refusal> {
    let activation = account.activation.as_ref().filter(|activation| activation.id == held.activation_id);
    let Some(activation) = activation else { return Err(RefusalKind::UnknownActivation.into()) };
    let kind = match activation.state {
        ActivationState::Taken if activation.device.key == held.device.key => return Ok(activation),
        ActivationState::Taken => RefusalKind::Moved { device: activation.device.name.clone() },
        // An earlier device of an activation that was retired on another one.
        ActivationState::Retired(_) if activation.device.key != held.device.key => {
            RefusalKind::Moved { device: activation.device.name.clone() }
        }
        ActivationState::Returned { at } => RefusalKind::AlreadyReturned { at },
        ActivationState::Retired(retirement) => match retirement.proven {
            Some(at) => RefusalKind::AlreadyReturned { at },
            None => RefusalKind::Retired { at: retirement.at },
        },
    };
    Err(kind.into())
}

/// D-15: the activation, if this usage is from before the return and came after it. Numbers up to that of the
/// return are behind the head, or settled when another device took the activation over.
pub(crate) fn before_return<'a>(
    account: &'a Account,
    held: &Verified<License>,
    usage: &Usage,
    digest: Digest,
) -> Option<&'a Activation> {
    let activation = account.activation.as_ref().filter(|activation| activation.id == held.activation_id)?;
    let ledger = &activation.usage;
    let behind = if activation.device.key == held.device.key {
        ledger.received.is_some_and(|head| usage.number < head.number)
    } else {
        usage.number <= ledger.booked
    };
    (behind && is_late(account, activation, usage, digest)).then_some(activation)
}

/// D-36: a sign of life from an activation that was given back, or moved on, is work for the desk. So is one of an
/// orphan, which is expected and no clone (HEX-07).
pub(crate) fn sign_of_life(mut refusal: Refusal, held: &Verified<License>) -> Refusal {
    let kind = match refusal.kind {
        RefusalKind::Moved { .. } | RefusalKind::AlreadyReturned { .. } => CaseKind::Zombie,
        RefusalKind::Retired { .. } => CaseKind::Orphan,
        _ => return refusal,
    };
    let activation = held.activation_id.clone();
    refusal.cases.push(Case { kind, activation, findings: Vec::new() });
    refusal
}
