//! How a device stands, in words.

use handcarry_device::Status;

use super::Failure;

/// What a person should know although the license works.
pub(super) fn mode(code: &str) -> &'static str {
    match code {
        "refresh_due" => ". A refresh is due soon: carry a usage report to the portal.",
        "grace" => ". The refresh is late: carry a usage report to the portal.",
        "emergency" => ". Emergency mode: the refresh is long overdue, and settings cannot be changed.",
        "by_hand" => ". Started by hand: it stops at the next midnight, and settings cannot be changed.",
        "fingerprint_mismatch" => ". This machine has changed: make a new request within seven days.",
        _ => ".",
    }
}

/// The answer to `status`.
pub(super) fn text(status: &Status, why: Option<&Failure>) -> String {
    let mut out = format!("{} by {}\n", status.product, status.vendor);
    match status.licensed {
        true => out.push_str(&format!("Licensed{}\n", mode(&status.code))),
        false => out.push_str(&format!("Not licensed ({}).\n", status.code)),
    }
    if let Some(why) = why {
        out.push_str(&format!("{}\n{}\n", why.what, why.next));
    }
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out.push_str(&format!("  {name}: {value}\n"));
        }
    };
    line("device", status.device.clone());
    line("license key", status.license_key.clone());
    line("customer", status.customer.clone());
    line("order", status.order.clone());
    line("registration", status.registration.as_deref().map(registration));
    line("reference id", Some(status.reference_id.clone()));
    line("license file", status.generation.map(|number| format!("number {number}")));
    line("ends", status.not_after.map(|at| at.to_string()));
    line("renewal expires", status.renewal_days.map(|days| format!("in {days} days")));
    line("refresh by", status.refresh_by.map(|at| at.to_string()));
    line("runs until", status.until.map(|at| at.to_string()));
    line("machine matches", status.match_percent.map(|percent| format!("{percent} %")));
    for feature in &status.features {
        let used = feature.used.map(|used| match feature.most {
            Some(most) => format!(", {used} of {most} used"),
            None => format!(", {used} used"),
        });
        line(&feature.id, Some(format!("{}{}", feature.name, used.unwrap_or_default())));
    }
    let unbooked = status.unbooked_uses;
    line("not yet booked", (unbooked > 0).then(|| format!("{unbooked} uses")));
    line(
        "given back",
        status.returned.as_ref().map(|last| {
            let state = if last.confirmed { "confirmed" } else { "not confirmed yet" };
            format!("{}, {state}", last.destroyed_at)
        }),
    );
    out.push_str(&format!("Portal: {}", status.portal));
    out
}

/// The registration status (ICE-04).
fn registration(name: &str) -> String {
    let words = match name {
        "evaluation" => "Evaluation",
        "reference_id_mismatch" => "Reference ID mismatch",
        _ => "OK",
    };
    words.to_owned()
}
