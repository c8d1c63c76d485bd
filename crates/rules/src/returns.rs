//! R1: the device destroyed its license and proves it, in time or after staff took it back (late proof).

use handcarry_format::{Deactivation, License, Outcome, Verified};

use crate::account::{Account, Activation, ActivationState};
use crate::clock_note;
use crate::decision::{Accepted, Answer, CaseKind, Context, Done, Note, Refusal};
use crate::issue::{Said, receipt};
use crate::over::over;
use crate::period::added_by_period;
use crate::report::{before_return, holder, sign_of_life};
use crate::retirement::Retirement;
use crate::usage::{Statement, book};

/// The seat becomes free whatever the usage looks like (D-38) and whatever the license has become (D-39);
/// odd usage waits for a person.
pub(crate) fn give_back(
    account: &Account,
    file: &Verified<Deactivation>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    let chain = file.evidence();
    let known = match holder(account, &chain.license) {
        Ok(known) => known,
        Err(refusal) => match orphan(account, &chain.license) {
            Some(known) => known,
            None => match before_return(account, &chain.license, &file.usage, file.digest()) {
                // An earlier return of a device that came back and has gone again: late, and no sign of life (D-15).
                Some(known) if chain.license.request != known.request => return Err(refusal),
                _ => return Err(sign_of_life(refusal, &chain.license)),
            },
        },
    };
    let mut activation = known.clone();
    // The device asked anew after it had destroyed this license, and was answered first: it has another one now.
    let replaced =
        chain.license.request != activation.request && file.destroyed_at <= activation.requested_at;
    let said = Statement { usage: &file.usage, digest: file.digest(), chain, last: !replaced };
    let mut booking = book(account, &mut activation, said);
    if known.is_retired() {
        // What is missing was refused because the license was taken back; its usage is in this one.
        booking.cases.retain(|case| case.kind != CaseKind::Gap);
    }
    let (done, outcome) = match booking.done {
        _ if !replaced => (Done::Returned, Outcome::Returned),
        Done::Held => (Done::Held, Outcome::Held),
        Done::Outdated => (Done::Outdated, Outcome::Outdated),
        _ => (Done::Booked, Outcome::Booked),
    };
    if !replaced {
        activation.state = match known.retirement() {
            Some(retirement) => {
                ActivationState::Retired(Retirement { proven: Some(context.now), ..retirement })
            }
            None => ActivationState::Returned { at: context.now },
        };
        // A request from before the return does not take the seat again (D-15).
        activation.requested_at =
            activation.requested_at.max(file.destroyed_at.min(context.now.plus_days(1)));
    }
    let periods = added_by_period(&account.entitlement, &file.usage, &booking.added);
    let over = over(account, &booking.added, &periods);
    let mut notes: Vec<Note> = clock_note(file.destroyed_at, context.now).into_iter().collect();
    if !over.is_empty() {
        notes.push(Note::OverUse { features: over.clone() });
    }
    let freed_before = known.retirement().and_then(|retirement| retirement.freed_before(context.now));
    notes.extend(freed_before.filter(|_| !replaced).map(|at| Note::FreedBefore { at }));
    // No second seat is freed by a late proof.
    let freed = !replaced && known.holds_seat(context.now);
    let said = Said {
        outcome,
        seats_used: account.seats_in_use(context.now).saturating_sub(u32::from(freed)),
        added: booking.added.clone(),
        over,
        held: booking.done == Done::Held,
    };
    let receipt = receipt(account, &activation, file, said, context);
    Ok(Accepted {
        done,
        activation: Some(activation),
        added: booking.added,
        periods,
        transfer: false,
        answer: Answer::None,
        receipt: Some(receipt),
        cases: booking.cases,
        notes,
    })
}

/// Late proof: the activation that staff took back from this device, if its proof is still owed.
fn orphan<'a>(account: &'a Account, held: &Verified<License>) -> Option<&'a Activation> {
    let activation = account.activation.as_ref().filter(|activation| activation.id == held.activation_id)?;
    (activation.orphan_on_device() && activation.device.key == held.device.key).then_some(activation)
}
