//! The documents that answer, ready to be signed.

use handcarry_format::{
    Acknowledged, Booked, Device, Digest, Document, Id, Lease, License, LicenseStatus, Outcome, Receipt,
    ReceiptUsage, Seat, SeatState, Totals, Verified,
};

use crate::account::{Account, Activation, Entitlement};
use crate::decision::{Context, Refusal, RefusalKind};
use crate::term::{status, term};

/// Whether new files may be issued: an inactive or ended license gets none (ALT-10, ALT-12). A pending one
/// may be activated ahead (ALT-17). A subscription is licensed online (LSP-04).
pub(crate) fn issuable(entitlement: &Entitlement, context: &Context<'_>) -> Result<(), Refusal> {
    if entitlement.subscription {
        return Err(RefusalKind::Subscription.into());
    }
    match status(entitlement, context.now) {
        LicenseStatus::Active | LicenseStatus::Pending => Ok(()),
        LicenseStatus::Inactive => Err(RefusalKind::Inactive.into()),
        LicenseStatus::Expired => {
            let term = term(entitlement, context.now);
            // Only a license with an end can have ended.
            match (term.end, term.not_after) {
                (Some(end), Some(at)) => Err(RefusalKind::Expired { end, at, zone: term.zone }.into()),
                _ => Err(RefusalKind::Inactive.into()),
            }
        }
    }
}

/// The device may still be trusted (re-host).
pub(crate) fn not_blocked(entitlement: &Entitlement, device: &Device) -> Result<(), Refusal> {
    let key = device.key.id();
    match entitlement.blocked.iter().find(|block| block.device == key) {
        Some(block) => Err(RefusalKind::Blocked { since: block.since }.into()),
        None => Ok(()),
    }
}

/// Makes the next generation of an activation's license, and notes it on the activation.
pub(crate) fn license(account: &Account, activation: &mut Activation, context: &Context<'_>) -> License {
    let entitlement = &account.entitlement;
    activation.generation += 1;
    activation.revision = entitlement.revision;
    activation.acknowledged = activation.usage.booked;
    activation.issued_at = context.now;
    License {
        id: context.fresh.license.clone(),
        vendor: entitlement.vendor.clone(),
        product: entitlement.product.clone(),
        activation_id: activation.id.clone(),
        license_id: entitlement.id.clone(),
        license_key: entitlement.key.clone(),
        generation: activation.generation,
        supersedes: activation.newest.take(),
        customer: entitlement.customer.clone(),
        features: entitlement.features.clone(),
        model: account.raised(context.now).0,
        term: term(entitlement, context.now),
        evaluation: entitlement.evaluation,
        maintenance_end: entitlement.maintenance_end,
        device: activation.device.clone(),
        fingerprint: activation.fingerprint.clone(),
        match_rate: entitlement.match_rate,
        lease: entitlement.lease.map(|lease| Lease {
            refresh_by: context.now.plus_days(i64::from(lease.days)),
            grace_days: lease.grace_days,
        }),
        usage: Acknowledged { report: activation.usage.booked, totals: activation.usage.totals.clone() },
        blocked: entitlement.blocked.clone(),
        request: activation.request,
        issued_at: context.now,
        keyring: context.keyring.clone(),
    }
}

/// Whether the newest file says all that there is to say (LSP-05, LSP-10, LSP-28, LMX-14).
pub(crate) fn is_current(account: &Account, activation: &Activation, context: &Context<'_>) -> bool {
    let entitlement = &account.entitlement;
    let half_lease = |days: u32| activation.issued_at.plus_seconds(i64::from(days) * 43_200);
    activation.newest.is_some()
        && activation.revision == entitlement.revision
        && activation.acknowledged == activation.usage.booked
        && account.raised(activation.issued_at).0 == account.raised(context.now).0
        // From the middle of a lease on, a visit to the portal renews it.
        && entitlement.lease.is_none_or(|lease| context.now < half_lease(lease.days))
}

/// What a receipt says beside what it is for.
pub(crate) struct Said {
    pub(crate) outcome: Outcome,
    pub(crate) seats_used: u32,
    pub(crate) added: Totals,
    pub(crate) over: Vec<String>,
    pub(crate) held: bool,
}

pub(crate) fn receipt<D: Document>(
    account: &Account,
    activation: &Activation,
    file: &Verified<D>,
    said: Said,
    context: &Context<'_>,
) -> Receipt {
    let entitlement = &account.entitlement;
    Receipt {
        id: context.fresh.receipt.clone(),
        number: context.fresh.receipt_number.clone(),
        vendor: entitlement.vendor.clone(),
        product: entitlement.product.clone(),
        acknowledges: booked(D::KIND, file.id(), file.digest()),
        outcome: said.outcome,
        activation_id: activation.id.clone(),
        license_id: entitlement.id.clone(),
        generation: activation.generation.max(1),
        device: activation.device.clone(),
        seat: Seat {
            state: if activation.is_taken() { SeatState::Taken } else { SeatState::Free },
            used: said.seats_used,
            total: account.raised(context.now).1,
        },
        usage: ReceiptUsage {
            report: activation.usage.booked,
            added: said.added,
            totals: activation.usage.totals.clone(),
            over: said.over,
            held: said.held,
        },
        license_status: status(entitlement, context.now),
        issued_at: context.now,
        keyring: context.keyring.clone(),
    }
}

fn booked(kind: handcarry_format::Kind, id: &Id, digest: Digest) -> Booked {
    Booked { kind, id: id.clone(), digest }
}
