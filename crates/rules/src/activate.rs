//! Activation of a device by a carried request.

use handcarry_format::{ActivationRequest, Outcome, Totals, Verified};

use crate::account::{Account, Activation, ActivationState, ClaimedBy, Ledger};
use crate::clock_note;
use crate::decision::{Accepted, Answer, Context, Done, Note, Refusal, RefusalKind, SeatHolder};
use crate::fingerprint::{differing, hardware_matches};
use crate::holder::{Holding, JUSTIFICATION_VARIABLE, TransferRefused, missing_order, transfer};
use crate::issue::{Said, issuable, license, not_blocked, receipt};
use crate::period::PeriodTotals;

/// Most holders that a refusal names.
const HOLDERS: usize = 20;

pub(crate) fn activate(
    account: &Account,
    request: &Verified<ActivationRequest>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    let entitlement = &account.entitlement;
    if request.product.id != entitlement.product.id {
        return Err(RefusalKind::OtherProduct { licensed: entitlement.product.name.clone() }.into());
    }
    match &entitlement.claim {
        ClaimedBy::User(user) if context.user != Some(user) => return Err(RefusalKind::SignIn.into()),
        _ => {}
    }
    if !entitlement.offline_allowed() {
        return Err(RefusalKind::OfflineNotAllowed.into());
    }
    if let Some(order) = missing_order(entitlement, &account.holding.orders) {
        return Err(RefusalKind::OrderMissing { order: order.to_owned() }.into());
    }
    issuable(entitlement, context)?;
    not_blocked(entitlement, &request.device)?;

    let mut notes: Vec<Note> = clock_note(request.created_at, context.now).into_iter().collect();
    let seat = choose(account, request, context)?;
    let (done, took, transfer) = (seat.done, u32::from(seat.took), seat.transfer);
    if let Some(known) = &seat.known {
        let parts = differing(known, &request.fingerprint);
        if !parts.is_empty() {
            notes.push(Note::FingerprintDiffers { parts });
        }
    }
    let mut activation = seat.activation;
    if activation.device.key != request.device.key {
        activation.new_chain();
    }
    activation.device = request.device.clone();
    activation.fingerprint = request.fingerprint.clone();
    activation.request = request.digest();
    // A clock that was ahead must not make every later request look older (D-08).
    activation.requested_at = request.created_at.min(context.now.plus_days(1));
    activation.state = ActivationState::Taken;

    let license = license(account, &mut activation, context);
    let said = Said {
        outcome: if done == Done::Activated { Outcome::Activated } else { Outcome::Repaired },
        seats_used: account.seats_in_use(context.now).saturating_add(took),
        added: Totals::new(),
        over: Vec::new(),
        held: false,
    };
    let receipt = receipt(account, &activation, request, said, context);
    Ok(Accepted {
        done,
        activation: Some(activation),
        added: Totals::new(),
        periods: PeriodTotals::new(),
        transfer,
        answer: Answer::Issue(license),
        receipt: Some(receipt),
        cases: Vec::new(),
        notes,
    })
}

struct Chosen {
    activation: Activation,
    done: Done,
    /// A further seat is taken.
    took: bool,
    transfer: bool,
    /// The fingerprint that was known of the same device.
    known: Option<handcarry_format::Fingerprint>,
}

fn choose(
    account: &Account,
    request: &Verified<ActivationRequest>,
    context: &Context<'_>,
) -> Result<Chosen, Refusal> {
    // The same device again: D-09, D-12, D-34.
    let own = account.activation.as_ref().filter(|own| !own.is_retired());
    if let Some(known) = own {
        if request.created_at < known.requested_at {
            let mut refusal = Refusal::from(RefusalKind::OutdatedRequest { newer: known.requested_at });
            refusal.offer = known.newest.filter(|_| known.is_taken());
            return Err(refusal);
        }
        if known.is_taken() {
            let same = differing(&known.fingerprint, &request.fingerprint).is_empty();
            return repair(account, known, !same, context);
        }
    }
    // The system was installed anew on the same hardware: D-10.
    let rate = account.entitlement.match_rate;
    let same_machine = |other: &&Activation| hardware_matches(&other.fingerprint, &request.fingerprint, rate);
    // HEX-06: what is retired is never activated again.
    let living = account.others.iter().filter(|other| !other.is_retired());
    let (taken, returned): (Vec<_>, Vec<_>) = living.partition(|other| other.is_taken());
    if let Some(held) = taken.iter().copied().find(same_machine) {
        return repair(account, held, true, context);
    }

    let (_, total) = account.raised(context.now);
    if account.seats_in_use(context.now) >= total {
        let holders = taken
            .iter()
            .take(HOLDERS)
            .map(|other| SeatHolder { device: other.device.name.clone(), since: other.activated_at });
        let free_from = account.releases.iter().filter(|from| context.now < **from).min().copied();
        return Err(RefusalKind::NoSeat { total, holders: holders.collect(), free_from }.into());
    }
    // HEX-03: an activation that was given back is activated again, on the same device if there is a choice.
    let took = |activation, transfer| Chosen {
        activation,
        done: Done::Activated,
        took: true,
        transfer,
        known: None,
    };
    let again = |activation: &Activation| Activation {
        activated_at: context.now,
        repairs: Vec::new(),
        ..activation.clone()
    };
    let own = own.or_else(|| returned.iter().copied().find(same_machine));
    if let Some(own) = own {
        return Ok(took(again(own), false));
    }
    let Some(returned) = returned.first() else { return Ok(took(new(request, context), false)) };
    match may_transfer(account, request, context) {
        Ok(()) => Ok(took(again(returned), true)),
        // LSP-24: a seat that no device ever had is no transfer.
        Err(_) if account.made < total => Ok(took(new(request, context), false)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Whether the license may move to another device: by its own limit (LSP-24), and by the tenant's (ICE-25).
fn may_transfer(
    account: &Account,
    request: &Verified<ActivationRequest>,
    context: &Context<'_>,
) -> Result<(), RefusalKind> {
    let seats = &account.entitlement.seats;
    if let Some(limit) = seats.transfer_limit.filter(|limit| seats.transfers >= *limit) {
        return Err(RefusalKind::TransferLimit { limit });
    }
    let said = request.variables.get(JUSTIFICATION_VARIABLE).map(String::as_str);
    let refused = |refused: TransferRefused| RefusalKind::TransferJustification {
        limit: refused.period.most,
        days: refused.period.days,
        free_from: refused.free_from,
    };
    let Holding { period, moved, .. } = &account.holding;
    transfer(*period, moved, said, context.now).map(|_| ()).map_err(refused)
}

fn repair(
    account: &Account,
    held: &Activation,
    counts: bool,
    context: &Context<'_>,
) -> Result<Chosen, Refusal> {
    let mut activation = held.clone();
    let limit = account.entitlement.seats.repair_limit;
    let a_year_ago = context.now.plus_days(-365);
    if counts {
        if activation.repairs_since(a_year_ago) >= limit {
            return Err(RefusalKind::RepairLimit { limit }.into());
        }
        activation.repairs.retain(|at| *at > a_year_ago);
        activation.repairs.push(context.now);
    }
    let known = Some(held.fingerprint.clone());
    Ok(Chosen { activation, done: Done::Repaired, took: false, transfer: false, known })
}

fn new(request: &Verified<ActivationRequest>, context: &Context<'_>) -> Activation {
    Activation {
        id: context.fresh.activation.clone(),
        device: request.device.clone(),
        fingerprint: request.fingerprint.clone(),
        state: ActivationState::Taken,
        activated_at: context.now,
        request: request.digest(),
        requested_at: request.created_at,
        generation: 0,
        newest: None,
        revision: 0,
        acknowledged: 0,
        issued_at: context.now,
        repairs: Vec::new(),
        usage: Ledger::default(),
        clone_suspected: false,
    }
}
