//! What is written down about a document: log entries (D-28) and cases for the desk. Facts only; no keys, no contents.

use handcarry_api::{Outcome, Problem};
use handcarry_format::{Digest, Id, Instant, UsageFinding};
use handcarry_rules::{Accepted, Account, Activation, Case};
use handcarry_store::{NewCase, NewLogEntry};
use serde_json::{Value, json};

use crate::service::verify::Uploaded;

/// The log entry of an accepted document.
pub(super) fn accepted(outcome: &Outcome, accepted: &Accepted, at: Instant) -> NewLogEntry {
    let cases: Vec<&str> = accepted.cases.iter().map(|case| case.kind.name()).collect();
    let data = json!({
        "document": outcome.document,
        "outcome": outcome.outcome,
        "activation": outcome.activation,
        "device": outcome.device,
        "seat": outcome.seat,
        "added": accepted.added.iter().map(|(id, amount)| (id.to_string(), json!(amount))).collect::<serde_json::Map<_, _>>(),
        "transfer": accepted.transfer,
        "receipt": outcome.receipt.as_ref().map(|receipt| &receipt.number),
        "generation": outcome.license.as_ref().map(|license| license.generation),
        "cases": cases,
    });
    NewLogEntry { at, event: "document.accepted".to_owned(), data: data.to_string() }
}

/// The log entry of a late proof: what staff had taken back is an orphan no more.
pub(super) fn proven(
    account: &Account,
    activation: &Activation,
    document: &Uploaded,
    at: Instant,
) -> NewLogEntry {
    let retirement = activation.retirement();
    let freed = account.activation.as_ref().is_some_and(|before| before.holds_seat(at));
    let data = json!({
        "license": account.entitlement.id,
        "activation": activation.id,
        "device": activation.device.name,
        "how": retirement.map(|retirement| retirement.how.name()),
        "retired_at": retirement.map(|retirement| retirement.at),
        "seat_freed": freed,
        "document": document.id(),
        "digest": document.digest(),
    });
    NewLogEntry { at, event: "activation.proven".to_owned(), data: data.to_string() }
}

/// The log entry of a refused document.
pub(super) fn refused(problem: &Problem, document: &Uploaded, at: Instant) -> NewLogEntry {
    let data = json!({
        "kind": document.kind().name(),
        "id": document.id(),
        "digest": document.digest(),
        "code": problem.code,
        "reference": problem.reference,
        "facts": problem.facts,
    });
    NewLogEntry { at, event: "document.refused".to_owned(), data: data.to_string() }
}

/// A case. Its id follows from the document and the kind, so that the same document opens it once.
pub(super) fn case(case: &Case, document: &Uploaded, at: Instant) -> NewCase {
    let digest = document.digest();
    NewCase {
        id: case_id(case, &digest),
        kind: case.kind.name().to_owned(),
        activation: case.activation.clone(),
        envelope: document.envelope(),
        digest,
        findings: Value::from(case.findings.iter().map(finding).collect::<Vec<_>>()).to_string(),
        at,
    }
}

fn case_id(case: &Case, digest: &Digest) -> Id {
    let mut bits = [0; 16];
    let name = [case.kind.name().as_bytes(), digest.as_bytes()].concat();
    bits.copy_from_slice(&Digest::of(&name).as_bytes()[..16]);
    Id::from_random(bits)
}

fn finding(finding: &UsageFinding) -> Value {
    let code = finding.code();
    match finding {
        UsageFinding::Number { number, accepted } => {
            json!({"code": code, "number": number, "accepted": accepted})
        }
        UsageFinding::Opening { feature, opening, accepted } => {
            json!({"code": code, "feature": feature, "opening": opening, "accepted": accepted})
        }
        UsageFinding::Sum { feature, closing, sum } => {
            json!({"code": code, "feature": feature, "closing": closing, "sum": sum})
        }
        UsageFinding::Falls { feature, closing, accepted } => {
            json!({"code": code, "feature": feature, "closing": closing, "accepted": accepted})
        }
        UsageFinding::Negative { feature } => json!({"code": code, "feature": feature}),
        _ => json!({"code": code}),
    }
}
