//! What is said and written down about what staff did. No keys of licenses, no secrets.

use handcarry_format::Instant;
use handcarry_rules::{
    Account, Activation, ActivationState, Reason, SeatRelease, StaffAccepted, StaffAction,
};
use handcarry_store::StaffRecord;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Came;

/// The log's word for what was done.
pub(super) fn event(action: StaffAction) -> &'static str {
    match action {
        StaffAction::Retire => "activation.retired",
        StaffAction::Rehost => "activation.rehosted",
        StaffAction::DeclareLost => "activation.lost",
    }
}

pub(super) fn done(
    account: &Account,
    before: &Activation,
    done: &StaffAccepted,
    record: &StaffRecord,
    second: Option<&str>,
    now: Instant,
) -> Value {
    let license = &account.entitlement;
    let after = done.entitlement.as_ref().unwrap_or(license);
    let used = account.seats_in_use(now);
    json!({
        "record": record.id,
        "license": license.id,
        "activation": before.id,
        "device": before.device.name,
        "device_key": before.device.key.id(),
        "reason": reason(record.reason.as_ref()),
        "asked_by": record.by,
        "asked_at": record.at,
        "approved_by": second,
        "before": {"state": state(before), "seats_used": used, "blocked": license.blocked.len(), "revision": license.revision},
        "after": {
            "state": state(&done.activation),
            "seats_used": used.saturating_sub(u32::from(done.freed)),
            "blocked": after.blocked.len(),
            "revision": after.revision,
        },
        "warnings": done.warnings.iter().map(|warning| warning.code()).collect::<Vec<_>>(),
    })
}

pub(super) fn asked(record: &StaffRecord, device: &str) -> Value {
    json!({
        "record": record.id,
        "action": record.action.name(),
        "license": record.license,
        "activation": record.activation,
        "device": device,
        "reason": reason(record.reason.as_ref()),
        "asked_by": record.by,
        "waits": record.waits,
        "due_at": record.due,
    })
}

pub(super) fn closed(record: &StaffRecord) -> Value {
    json!({
        "record": record.id,
        "action": record.action.name(),
        "license": record.license,
        "activation": record.activation,
        "asked_by": record.by,
        "state": record.state.name(),
        "remark": record.decided.as_ref().map(|decided| &decided.remark),
    })
}

/// The state of an activation, for the log and for lists.
fn state(activation: &Activation) -> Value {
    match activation.state {
        ActivationState::Taken => json!({"state": "taken"}),
        ActivationState::Returned { at } => json!({"state": "returned", "at": at}),
        ActivationState::Retired(it) => json!({
            "state": "retired",
            "at": it.at,
            "how": it.how.name(),
            "orphan_on_device": it.orphan_on_device(),
            "proven_at": it.proven,
            "seat": match it.seat {
                SeatRelease::AtOnce => json!("free"),
                SeatRelease::WhenProven => json!("when_proven"),
                SeatRelease::From(from) => json!({"from": from}),
            },
        }),
    }
}

fn reason(reason: Option<&Reason>) -> Value {
    reason.map_or(Value::Null, |reason| json!({"code": reason.code.name(), "text": reason.text}))
}

/// A reason in one line.
pub(super) fn words(reason: Option<&Reason>) -> String {
    match reason {
        None => String::new(),
        Some(reason) if reason.text.is_empty() => reason.code.name().to_owned(),
        Some(reason) => format!("{}: {}", reason.code.name(), reason.text),
    }
}

/// What staff asked for, as the vendor API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct Shown {
    /// Its id.
    id: String,
    /// `retire`, `rehost` or `declare_lost`.
    action: String,
    /// `waiting`, `done`, `refused` or `void`: there was nothing left to do.
    state: String,
    /// Of which license.
    license: String,
    /// Of which activation.
    activation: String,
    /// Why, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    /// Who asked.
    asked_by: String,
    /// When.
    #[schema(format = DateTime)]
    asked_at: String,
    /// What it waits or has waited for: `approval.quota`, `approval.loss` or `approval.heard_from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<String>,
    /// When it takes effect without a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    due_at: Option<String>,
    /// Who decided; absent = nobody, or time.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    decided_at: Option<String>,
    /// In the words of whoever decided, or a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    /// What whoever acts should know: `return.not_seen`, `orphan.on_device`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    /// A seat is free that was not; in the answer to what was done only.
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_freed: Option<bool>,
}

impl From<StaffRecord> for Shown {
    fn from(record: StaffRecord) -> Shown {
        let decided = record.decided;
        Shown {
            id: record.id.to_string(),
            action: record.action.name().to_owned(),
            state: record.state.name().to_owned(),
            license: record.license.to_string(),
            activation: record.activation.to_string(),
            reason: record.reason.as_ref().map(|reason| reason.code.name().to_owned()),
            text: record.reason.map(|reason| reason.text).unwrap_or_default(),
            asked_by: record.by,
            asked_at: record.at.to_string(),
            waits: record.waits,
            due_at: record.due.map(|at| at.to_string()),
            decided_by: decided.as_ref().and_then(|decided| decided.by.clone()),
            decided_at: decided.as_ref().map(|decided| decided.at.to_string()),
            remark: decided.map(|decided| decided.remark).filter(|remark| !remark.is_empty()),
            warnings: Vec::new(),
            seat_freed: None,
        }
    }
}

impl From<Came> for Shown {
    fn from(came: Came) -> Shown {
        let done = came.record.state == handcarry_store::StaffState::Done;
        Shown {
            warnings: came.warnings.iter().map(|warning| warning.code().to_owned()).collect(),
            seat_freed: done.then_some(came.freed),
            ..Shown::from(came.record)
        }
    }
}
