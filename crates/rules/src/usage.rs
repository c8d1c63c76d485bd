//! Usage: numbered, chained, never lost, never counted twice (LSP-12+, LSP-28, D-38).

use handcarry_format::json::MAX_SAFE;
use handcarry_format::{Acknowledged, Chain, Digest, Id, Totals, Usage, UsageFinding, findings};

use crate::account::{Account, Activation, Received};
use crate::decision::{Case, CaseKind, Done};
use crate::restored::catch_up;

/// D-38: more units than this in one report are held for a person.
pub const ABSURD_JUMP: i64 = 1_000_000_000_000;

/// D-38: more missing reports than this are held for a person.
pub const ABSURD_GAP: u32 = 1_000_000;

/// A usage statement as it came: in a report, or closing a deactivation.
#[derive(Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) usage: &'a Usage,
    /// Of the document that it is in.
    pub(crate) digest: Digest,
    pub(crate) chain: &'a Chain,
    /// Nothing can come after it from an honest device.
    pub(crate) last: bool,
}

/// What became of a usage statement.
pub(crate) struct Booking {
    pub(crate) done: Done,
    pub(crate) added: Totals,
    pub(crate) cases: Vec<Case>,
}

/// Books a usage statement on its activation, or holds it, or finds it outdated.
pub(crate) fn book(account: &Account, activation: &mut Activation, said: Statement<'_>) -> Booking {
    let Statement { usage, digest, chain, last: closes } = said;
    let id = activation.id.clone();
    let case = |kind, findings| Case { kind, activation: id.clone(), findings };
    let accepted = chain.accepted();
    let mut cases = Vec::new();
    if catch_up(activation, &chain.license).is_some() || accepted.report > activation.usage.booked {
        cases.push(case(CaseKind::Restored, Vec::new()));
    }
    // Where the file proves more than is known here, the chain goes on from what it proves.
    let head = activation.usage.received.filter(|head| head.number >= accepted.report);
    let last = head.map_or(activation.usage.booked.max(accepted.report), |head| head.number);

    if usage.number <= last {
        if !closes && is_late(account, activation, usage, digest) {
            return Booking { done: Done::Outdated, added: Totals::new(), cases };
        }
        activation.clone_suspected = true;
        cases.push(case(CaseKind::Fork, Vec::new()));
        return Booking { done: Done::Held, added: Totals::new(), cases };
    }

    let mut hold = Vec::new();
    let continues = head.is_none_or(|head| usage.previous == Some(head.digest));
    if usage.number - last > ABSURD_GAP {
        hold.push(case(CaseKind::Jump, Vec::new()));
    } else if usage.number - last > 1 {
        cases.push(case(CaseKind::Gap, Vec::new()));
    } else if !continues {
        hold.push(case(CaseKind::Fork, Vec::new()));
    }
    // What does not follow on the chain is not its new head: whoever does follow goes on undisturbed.
    let follows = hold.is_empty();
    let found = all_findings(usage, &accepted, &activation.usage.totals);
    if !found.is_empty() {
        hold.push(case(CaseKind::Usage, found));
    }
    let added = added(usage, &activation.usage.totals);
    if follows && is_absurd(&added, &account.totals) {
        hold.push(case(CaseKind::Jump, Vec::new()));
    }

    if follows {
        activation.usage.received = Some(Received { number: usage.number, digest });
    }
    if !hold.is_empty() {
        activation.clone_suspected |= hold.iter().any(|case| case.kind.suspects_clone());
        cases.extend(hold);
        return Booking { done: Done::Held, added: Totals::new(), cases };
    }
    activation.usage.booked = usage.number;
    for counter in added.keys() {
        activation.usage.totals.insert(counter.clone(), total(&usage.closing, counter));
    }
    Booking { done: Done::Booked, added, cases }
}

/// D-15: whether a statement that is behind the chain's head was merely late. Its usage is in the later ones
/// then, booked or held. A second file in a place that is taken, or one that knows more than a later one that
/// is booked, is another device (threat: cloned device).
pub(crate) fn is_late(account: &Account, activation: &Activation, usage: &Usage, digest: Digest) -> bool {
    let ledger = &activation.usage;
    let taken = account.same_number.is_some_and(|known| known != digest);
    let contained = || usage.closing.iter().all(|(id, closing)| *closing <= total(&ledger.totals, id));
    !taken && (usage.number > ledger.booked || contained())
}

pub(crate) fn total(totals: &Totals, id: &Id) -> i64 {
    totals.get(id).copied().unwrap_or(0)
}

/// What is odd by the file's own proof, and what falls below what is booked here. One finding a counter.
fn all_findings(usage: &Usage, accepted: &Acknowledged, booked: &Totals) -> Vec<UsageFinding> {
    let mut found = findings(usage, accepted);
    for (id, was) in booked {
        let closing = total(&usage.closing, id);
        let known = |finding: &UsageFinding| match finding {
            UsageFinding::Falls { feature, .. } | UsageFinding::Negative { feature } => feature == id,
            _ => false,
        };
        if closing < *was && !found.iter().any(known) {
            found.push(UsageFinding::Falls { feature: id.clone(), closing, accepted: *was });
        }
    }
    found
}

fn added(usage: &Usage, totals: &Totals) -> Totals {
    let grown =
        usage.closing.iter().map(|(id, closing)| (id.clone(), closing.saturating_sub(total(totals, id))));
    grown.filter(|(_, amount)| *amount > 0).collect()
}

/// D-38: an absurd step, or one after which the license's total could not be written down.
fn is_absurd(added: &Totals, license: &Totals) -> bool {
    let absurd =
        |id: &Id, amount: i64| amount > ABSURD_JUMP || total(license, id).saturating_add(amount) > MAX_SAFE;
    added.iter().any(|(id, amount)| absurd(id, *amount))
}
