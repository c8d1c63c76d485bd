//! Usage: numbered, chained, never lost, never counted twice (LSP-12+, LSP-28, D-37, D-38).

use handcarry_format::{
    Acknowledged, Digest, License, Outcome, Overage, Totals, Usage, UsageFinding, UsageReport, Verified,
    findings,
};

use crate::account::{Account, Activation, ActivationState, Entitlement, Received};
use crate::clock_note;
use crate::decision::{Accepted, Answer, Case, CaseKind, Context, Done, Note, Refusal, RefusalKind};
use crate::issue::{Said, is_current, issuable, license, receipt};

/// D-38: more units than this in one report are held for a person.
pub const ABSURD_JUMP: i64 = 1_000_000_000_000;

/// What became of a usage statement.
pub(crate) struct Booking {
    pub(crate) done: Done,
    pub(crate) added: Totals,
    pub(crate) cases: Vec<Case>,
}

/// Books a usage statement on its activation, or holds it, or finds it outdated.
pub(crate) fn book(
    account: &Account,
    activation: &mut Activation,
    usage: &Usage,
    digest: Digest,
    accepted: &Acknowledged,
) -> Booking {
    let case = |kind, findings| Case { kind, activation: activation.id.clone(), findings };
    let ledger = &activation.usage;
    let received = ledger.received;
    // A device that took the activation over continues from what is booked, with a chain of its own.
    let last = received.map_or(ledger.booked, |last| last.number);

    if usage.number <= last {
        // A place in the chain that is behind. A file that was merely late changes nothing: its usage is in the
        // later ones. A second file in a place that is taken is another device (threat: cloned device).
        let within = usage.closing.iter().all(|(id, closing)| *closing <= total(&ledger.totals, id));
        let taken = account.same_number.is_some_and(|known| known != digest);
        if within && !taken {
            return Booking { done: Done::Outdated, added: Totals::new(), cases: Vec::new() };
        }
        let held = case(CaseKind::Fork, Vec::new());
        activation.clone_suspected = true;
        return Booking { done: Done::Held, added: Totals::new(), cases: vec![held] };
    }
    let mut cases = Vec::new();
    let mut hold = Vec::new();
    if let Some(last) = received {
        if usage.number > last.number + 1 {
            cases.push(case(CaseKind::Gap, Vec::new()));
        } else if usage.previous != Some(last.digest) {
            hold.push(case(CaseKind::Fork, Vec::new()));
        }
    } else if usage.number > last + 1 {
        cases.push(case(CaseKind::Gap, Vec::new()));
    }
    let mut found = findings(usage, accepted);
    found.extend(falls(usage, &ledger.totals).filter(|fall| !found.contains(fall)).collect::<Vec<_>>());
    if !found.is_empty() {
        hold.push(case(CaseKind::Usage, found));
    }
    let added = added(usage, &ledger.totals);
    if added.values().any(|amount| *amount > ABSURD_JUMP) {
        hold.push(case(CaseKind::Jump, Vec::new()));
    }

    activation.usage.received = Some(Received { number: usage.number, digest });
    if !hold.is_empty() {
        activation.clone_suspected |= hold.iter().any(|case| case.kind.suspects_clone());
        cases.extend(hold);
        return Booking { done: Done::Held, added: Totals::new(), cases };
    }
    activation.usage.booked = usage.number;
    for (id, amount) in &added {
        *activation.usage.totals.entry(id.clone()).or_default() += amount;
    }
    Booking { done: Done::Booked, added, cases }
}

fn total(totals: &Totals, id: &handcarry_format::Id) -> i64 {
    totals.get(id).copied().unwrap_or(0)
}

fn falls<'a>(usage: &'a Usage, totals: &'a Totals) -> impl Iterator<Item = UsageFinding> + 'a {
    totals.iter().filter(|(id, was)| total(&usage.closing, id) < **was).map(|(id, was)| UsageFinding::Falls {
        feature: id.clone(),
        closing: total(&usage.closing, id),
        accepted: *was,
    })
}

fn added(usage: &Usage, totals: &Totals) -> Totals {
    let grown =
        usage.closing.iter().map(|(id, closing)| (id.clone(), closing.saturating_sub(total(totals, id))));
    grown.filter(|(_, amount)| *amount > 0).collect()
}

/// D-37: counters of the license that are above what is allowed, by name. They are booked all the same.
pub(crate) fn over(entitlement: &Entitlement, before: &Totals, added: &Totals) -> Vec<String> {
    let above = entitlement.features.iter().filter(|feature| {
        let Some(counter) = &feature.counter else { return false };
        let Some(maximum) = counter.maximum else { return false };
        let most = match counter.overage {
            Overage::None => maximum,
            Overage::UpTo(more) => maximum.saturating_add(more),
            Overage::Unlimited => return false,
        };
        total(before, &feature.id).saturating_add(total(added, &feature.id)) > most
    });
    above.map(|feature| feature.name.clone()).collect()
}

/// The activation that a device's document is about, if the device still holds it.
pub(crate) fn holder<'a>(account: &'a Account, held: &Verified<License>) -> Result<&'a Activation, Refusal> {
    let activation = account.activation.as_ref().filter(|activation| activation.id == held.activation_id);
    let Some(activation) = activation else { return Err(RefusalKind::UnknownActivation.into()) };
    let kind = match activation.state {
        ActivationState::Taken if activation.device.key == held.device.key => return Ok(activation),
        ActivationState::Taken => RefusalKind::Moved { device: activation.device.name.clone() },
        ActivationState::Returned { at } => RefusalKind::AlreadyReturned { at },
    };
    Err(Refusal { kind, offer: None, cases: Vec::new() })
}

/// D-36: a sign of life from an activation that was given back, or moved on, is work for the desk.
pub(crate) fn sign_of_life(mut refusal: Refusal, held: &Verified<License>) -> Refusal {
    if matches!(refusal.kind, RefusalKind::Moved { .. } | RefusalKind::AlreadyReturned { .. }) {
        let activation = held.activation_id.clone();
        refusal.cases.push(Case { kind: CaseKind::Zombie, activation, findings: Vec::new() });
    }
    refusal
}

pub(crate) fn report(
    account: &Account,
    file: &Verified<UsageReport>,
    context: &Context<'_>,
) -> Result<Accepted, Refusal> {
    let chain = file.evidence();
    let known = holder(account, &chain.license).map_err(|refusal| sign_of_life(refusal, &chain.license))?;
    let mut activation = known.clone();
    let booking = book(account, &mut activation, &file.usage, file.digest(), &chain.accepted());
    let over = over(&account.entitlement, &account.totals, &booking.added);
    let mut notes: Vec<Note> = clock_note(file.created_at, context.now).into_iter().collect();
    if !over.is_empty() {
        notes.push(Note::OverUse { features: over.clone() });
    }

    // D-25: the same trip brings the refresh. A license that gets none any more still has its usage booked.
    let entitlement = &account.entitlement;
    let answer = if !file.refresh || issuable(entitlement, context).is_err() {
        Answer::None
    } else if is_current(entitlement, &activation, context) {
        activation.newest.map_or(Answer::None, Answer::Newest)
    } else {
        Answer::Issue(license(entitlement, &mut activation, context))
    };
    let outcome = match booking.done {
        Done::Held => Outcome::Held,
        Done::Outdated => Outcome::Outdated,
        _ => Outcome::Booked,
    };
    let said = Said {
        outcome,
        seats_used: account.seats_used,
        added: booking.added.clone(),
        over,
        held: booking.done == Done::Held,
    };
    let receipt = receipt(account, &activation, file, said, context);
    Ok(Accepted {
        done: booking.done,
        activation: Some(activation),
        added: booking.added,
        transfer: false,
        answer,
        receipt: Some(receipt),
        cases: booking.cases,
        notes,
    })
}
