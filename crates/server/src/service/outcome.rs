//! The answer's facts, put together from what was decided.

use std::collections::BTreeSet;

use handcarry_api::{DocumentFacts, LicenseFile, Named, Note, Outcome, ReceiptFile, Seat, UsageRow};
use handcarry_format::{Id, LicenseStatus, Totals};
use handcarry_rules::{Accepted, Account, Activation, Done, status};

use crate::service::book::Booking;

pub(super) fn outcome(
    booking: &Booking,
    account: &Account,
    accepted: &Accepted,
    activation: &Activation,
    receipt: Option<ReceiptFile>,
    license: Option<LicenseFile>,
) -> Outcome {
    let entitlement = &account.entitlement;
    let document = &booking.document;
    Outcome {
        outcome: accepted.done.name().to_owned(),
        document: DocumentFacts {
            kind: document.kind().name().to_owned(),
            id: document.id().to_string(),
            digest: document.digest().to_string(),
        },
        at: booking.now.to_string(),
        product: Some(Named {
            id: entitlement.product.id.to_string(),
            name: entitlement.product.name.clone(),
        }),
        device: activation.device.name.clone(),
        activation: Some(activation.id.to_string()),
        license_key: Some(entitlement.key.short()),
        license_status: Some(status_name(status(entitlement, booking.now)).to_owned()),
        seat: Some(Seat {
            state: if activation.is_taken() { "taken" } else { "free" }.to_owned(),
            used: accepted
                .receipt
                .as_ref()
                .map_or_else(|| account.seats_in_use(booking.now), |receipt| receipt.seat.used),
            total: account.raised(booking.now).1,
        }),
        usage: usage(account, &accepted.added),
        held: accepted.done == Done::Held
            || accepted.receipt.as_ref().is_some_and(|receipt| receipt.usage.held),
        notes: accepted.notes.iter().map(Note::from).collect(),
        license_facts: None,
        receipt,
        license,
        pool: None,
    }
}

/// The license's counters over all its activations: what the maximum is for (LSP-13, LSP-26).
fn usage(account: &Account, added: &Totals) -> Vec<UsageRow> {
    let features = &account.entitlement.features;
    let counted = features.iter().filter(|feature| feature.counter.is_some()).map(|feature| &feature.id);
    let ids: BTreeSet<&Id> = counted.chain(account.totals.keys()).chain(added.keys()).collect();
    let rows = ids.into_iter().map(|id| {
        let feature = features.iter().find(|feature| feature.id == *id);
        let of = |totals: &Totals| totals.get(id).copied().unwrap_or(0);
        let (before, added) = (of(&account.totals), of(added));
        UsageRow {
            id: id.to_string(),
            name: feature.map_or_else(|| id.to_string(), |feature| feature.name.clone()),
            before,
            added,
            after: before.saturating_add(added),
            maximum: feature.and_then(|feature| feature.counter.as_ref()?.maximum),
        }
    });
    rows.collect()
}

/// A status as it is written.
pub(super) fn status_name(status: LicenseStatus) -> &'static str {
    match status {
        LicenseStatus::Active => "active",
        LicenseStatus::Pending => "pending",
        LicenseStatus::Expired => "expired",
        LicenseStatus::Inactive => "inactive",
    }
}
