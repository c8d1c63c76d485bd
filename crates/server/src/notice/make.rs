//! A function for each message. The key says what is told once: the same call twice posts one message.

use handcarry_format::{Digest, Id, Instant};
use handcarry_rules::Entitlement;
use handcarry_store::{NewCase, NewMessage};
use serde_json::{Value, json};

use crate::notice::code::{self, Code};

/// Why a license became inactive (ALT-09, ALT-10, ALT-20, HEX-06).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// An administrator deactivated it.
    Deactivated,
    /// Another portal of the same authority holds it.
    HeldElsewhere,
    /// This license renews it.
    ReplacedBy(Id),
}

/// Why a license became blocked (ALT-12, ALT-13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It is past its end.
    Ended,
    /// The authority refuses it, with this reason.
    Refused(String),
}

/// ALT-19: `license`, as it was just written, became inactive.
pub fn inactive(license: &Entitlement, why: &Inactive, at: Instant) -> NewMessage {
    let (reason, by) = match why {
        Inactive::Deactivated => ("deactivated", None),
        Inactive::HeldElsewhere => ("held_elsewhere", None),
        Inactive::ReplacedBy(id) => ("replaced", Some(id)),
    };
    let about = json!({"reason": reason, "replaced_by": by});
    message(code::LICENSE_INACTIVE, license, &license.revision.to_string(), about, at)
}

/// ALT-19: `license`, as it was just written, became blocked.
pub fn blocked(license: &Entitlement, why: &Blocked, at: Instant) -> NewMessage {
    let (reason, refusal) = match why {
        Blocked::Ended => ("ended", None),
        Blocked::Refused(refusal) => ("refused", Some(refusal)),
    };
    let about = json!({"reason": reason, "refusal": refusal});
    message(code::LICENSE_BLOCKED, license, &license.revision.to_string(), about, at)
}

/// ICE-10: so many days of maintenance are left.
pub fn renewal_due(license: &Entitlement, days: u32, at: Instant) -> NewMessage {
    let end = license.maintenance_end.map(|day| day.to_string());
    let key = format!("{}/{days}", end.as_deref().unwrap_or_default());
    message(code::RENEWAL_DUE, license, &key, json!({"days": days, "maintenance_end": end}), at)
}

/// ICE-14: at this midnight more accounts used the license than it has seats; `accounts` are those over the limit.
pub fn seats_over(
    license: &Entitlement,
    used: u64,
    seats: u64,
    accounts: &[String],
    midnight: Instant,
) -> NewMessage {
    let about = json!({"used": used, "seats": seats, "accounts": accounts});
    message(code::SEATS_OVER, license, &midnight.to_string(), about, midnight)
}

/// ICE-19: so many hours since the first failure.
pub fn revalidation_failing(
    license: &Entitlement,
    first_failure: Instant,
    hours: u32,
    at: Instant,
) -> NewMessage {
    let about = json!({"hours": hours, "since": first_failure});
    message(code::REVALIDATION_FAILING, license, &format!("{first_failure}/{hours}"), about, at)
}

/// The authority confirmed the license after failures that began then.
pub fn revalidation_ok(license: &Entitlement, first_failure: Instant, at: Instant) -> NewMessage {
    let about = json!({"since": first_failure});
    message(code::REVALIDATION_OK, license, &first_failure.to_string(), about, at)
}

/// ICE-21: emergency mode, until that instant.
pub fn emergency_begun(
    license: &Entitlement,
    first_failure: Instant,
    until: Instant,
    at: Instant,
) -> NewMessage {
    let about = json!({"since": first_failure, "until": until});
    message(code::EMERGENCY_BEGUN, license, &first_failure.to_string(), about, at)
}

/// ICE-22: emergency mode has ended; services stop at that midnight.
pub fn emergency_ended(
    license: &Entitlement,
    first_failure: Instant,
    stops: Instant,
    at: Instant,
) -> NewMessage {
    let about = json!({"since": first_failure, "stops": stops});
    message(code::EMERGENCY_ENDED, license, &first_failure.to_string(), about, at)
}

/// ICE-22: services were stopped at this midnight.
pub fn services_stopped(license: &Entitlement, first_failure: Instant, midnight: Instant) -> NewMessage {
    let about = json!({"since": first_failure});
    message(code::SERVICES_STOPPED, license, &format!("{first_failure}/{midnight}"), about, midnight)
}

/// ICE-03: the device's fingerprint has not matched since then; it runs on until that instant.
pub fn reference_mismatch(
    license: &Entitlement,
    activation: &Id,
    device: &str,
    since: Instant,
    until: Instant,
) -> NewMessage {
    let about = json!({"device": device, "since": since, "until": until});
    let key = format!("{activation}/{since}");
    of_activation(message(code::REFERENCE_MISMATCH, license, &key, about, since), activation)
}

/// Staff took the license from a device that is out of reach.
pub fn rehost_done(
    license: &Entitlement,
    activation: &Id,
    device: &str,
    reason: &str,
    at: Instant,
) -> NewMessage {
    let about = json!({"device": device, "reason_given": reason});
    let key = format!("{activation}/{at}");
    of_activation(message(code::REHOST_DONE, license, &key, about, at), activation)
}

/// A re-host above the quota was asked for, and waits for a second person.
pub fn rehost_waits(
    license: &Entitlement,
    activation: &Id,
    device: &str,
    reason: &str,
    by: &str,
    at: Instant,
) -> NewMessage {
    let about = json!({"device": device, "reason_given": reason, "by": by});
    let key = format!("{activation}/{at}");
    of_activation(message(code::REHOST_WAITS, license, &key, about, at), activation)
}

/// A case was opened for the desk.
pub fn case_opened(license: &Entitlement, case: &NewCase) -> NewMessage {
    let about = json!({"case": case.id, "kind": case.kind});
    let key = case.id.as_str().to_owned();
    of_activation(message(code::CASE_OPENED, license, &key, about, case.at), &case.activation)
}

/// A test of one webhook; `name` tells it from other tests.
pub fn webhook_test(webhook: &Id, name: &Id, at: Instant) -> NewMessage {
    NewMessage {
        id: name.clone(),
        key: [code::WEBHOOK_TEST.name, webhook.as_str(), name.as_str()].join("/"),
        code: code::WEBHOOK_TEST.name.to_owned(),
        license: None,
        activation: None,
        facts: json!({"webhook": webhook}).to_string(),
        at,
        audience: code::WEBHOOK_TEST.audience.to_vec(),
    }
}

fn message(code: Code, license: &Entitlement, key: &str, about: Value, at: Instant) -> NewMessage {
    let key = [code.name, license.id.as_str(), key].join("/");
    let mut bits = [0; 16];
    let vendor = license.vendor.id.as_str();
    bits.copy_from_slice(&Digest::of([vendor, "\n", &key].concat().as_bytes()).as_bytes()[..16]);
    let mut facts = json!({
        "license": license.id,
        "product": license.product.name,
        "customer": license.customer.as_ref().map(|customer| &customer.name),
        "order": license.customer.as_ref().and_then(|customer| customer.order.as_ref()),
    });
    if let (Some(facts), Value::Object(about)) = (facts.as_object_mut(), about) {
        facts.extend(about);
        facts.retain(|_, value| !value.is_null());
    }
    NewMessage {
        id: Id::from_random(bits),
        key,
        code: code.name.to_owned(),
        license: Some(license.id.clone()),
        activation: None,
        facts: facts.to_string(),
        at,
        audience: code.audience.to_vec(),
    }
}

fn of_activation(message: NewMessage, activation: &Id) -> NewMessage {
    NewMessage { activation: Some(activation.clone()), ..message }
}
