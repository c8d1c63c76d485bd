//! A license's terms as a document carries them, and back.

use handcarry_format::{
    Grant, GrantClaim, GrantLease, GrantPooling, GrantRevalidation, Id, Instant, Vendor, Verdict as Word,
};
use handcarry_rules::pool::Verdict;
use handcarry_rules::{
    ClaimedBy, Entitlement, LeasePolicy, Policy, PoolStatus, Pooling, Revalidation, SeatPolicy,
};

/// A refusal's reason that no id can hold.
const OTHER: &str = "other";

/// The terms of a license with the authority's word on it.
pub(super) fn grant(license: &Entitlement, verdict: Word) -> Grant {
    Grant {
        license_id: license.id.clone(),
        license_key: license.key.clone(),
        product: license.product.clone(),
        edition: license.edition.clone(),
        customer: license.customer.clone(),
        previous_order: license.previous_order.clone(),
        replaces: license.replaces.clone(),
        features: license.features.clone(),
        model: license.model,
        seats: license.seats.total,
        pooling: match license.pooling {
            Pooling::Exclusive => GrantPooling::Exclusive,
            Pooling::Additive => GrantPooling::Additive,
        },
        claim: match &license.claim {
            ClaimedBy::Key => GrantClaim::Key,
            ClaimedBy::User(user) => GrantClaim::User(user.clone()),
        },
        subscription: license.subscription,
        start: license.start,
        end: license.end,
        zone: license.zone.name().to_owned(),
        evaluation: license.evaluation,
        maintenance_end: license.maintenance_end,
        match_rate: license.match_rate,
        lease: license.lease.map(|lease| GrantLease { days: lease.days, grace_days: lease.grace_days }),
        revalidation: license
            .revalidation
            .map(|often| GrantRevalidation { period_days: often.period_days, grace_days: often.grace_days }),
        transfer_limit: license.seats.transfer_limit,
        repair_limit: license.seats.repair_limit,
        allow_offline: license.offline_allowed(),
        trial_seats: license.trial_seats,
        upgrades: Vec::new(),
        revision: license.revision,
        blocked: license.blocked.clone(),
        verdict,
    }
}

/// The license that a grant describes, over what is known of it here: counters, status and devices that are blocked here
/// stay. None if nothing differs. An error names the member that cannot be used.
pub(super) fn license(
    grant: &Grant,
    vendor: &Vendor,
    known: Option<&Entitlement>,
) -> Result<Option<Entitlement>, &'static str> {
    let zone = grant.zone.parse().map_err(|_| "zone")?;
    let base = || {
        let (key, product) = (grant.license_key.clone(), grant.product.clone());
        let fresh = Entitlement::new(grant.license_id.clone(), key, vendor.clone(), product, zone);
        Entitlement { status: PoolStatus::Activating, ..fresh }
    };
    let before = known.cloned().unwrap_or_else(base);
    let mut blocked = grant.blocked.clone();
    let named = |device| grant.blocked.iter().any(|other| other.device == device);
    blocked.extend(before.blocked.iter().filter(|block| !named(block.device)).cloned());
    let next = Entitlement {
        key: grant.license_key.clone(),
        product: grant.product.clone(),
        edition: grant.edition.clone(),
        customer: grant.customer.clone(),
        previous_order: grant.previous_order.clone(),
        replaces: grant.replaces.clone(),
        claim: match &grant.claim {
            GrantClaim::Key => ClaimedBy::Key,
            GrantClaim::User(user) => ClaimedBy::User(user.clone()),
        },
        subscription: grant.subscription,
        pooling: match grant.pooling {
            GrantPooling::Exclusive => Pooling::Exclusive,
            GrantPooling::Additive => Pooling::Additive,
        },
        features: grant.features.clone(),
        model: grant.model,
        seats: SeatPolicy {
            total: grant.seats,
            transfer_limit: grant.transfer_limit,
            transfers: before.seats.transfers,
            repair_limit: grant.repair_limit,
        },
        start: grant.start,
        end: grant.end,
        zone,
        evaluation: grant.evaluation,
        maintenance_end: grant.maintenance_end,
        match_rate: grant.match_rate,
        lease: grant.lease.map(|lease| LeasePolicy { days: lease.days, grace_days: lease.grace_days }),
        revalidation: grant
            .revalidation
            .map(|often| Revalidation { period_days: often.period_days, grace_days: often.grace_days }),
        trial_seats: grant.trial_seats,
        // What the authority's policy says is in the license's own word.
        policy: Policy::default(),
        allow_offline: Some(grant.allow_offline),
        blocked,
        ..before.clone()
    };
    Ok((known.is_none() || next != before).then(|| {
        let revision = if known.is_none() { grant.revision } else { before.revision.saturating_add(1) };
        Entitlement { revision: revision.max(grant.revision), ..next }
    }))
}

/// A verdict as a document says it.
pub(super) fn word(verdict: &Verdict, since: Option<Instant>) -> Option<Word> {
    Some(match verdict {
        Verdict::Granted { .. } => Word::Granted,
        Verdict::HeldElsewhere { site, since } => Word::Held { site: site.clone(), since: *since },
        Verdict::Refused { reason } => {
            let reason = Id::new(reason).or_else(|| Id::new(OTHER))?;
            Word::Refused { reason, since }
        }
        Verdict::Unknown => return None,
    })
}

/// A document's word as a verdict.
pub(super) fn verdict(word: &Word, issued_at: Instant) -> Verdict {
    match word {
        Word::Granted => Verdict::Granted { since: issued_at },
        Word::Held { site, since } => Verdict::HeldElsewhere { site: site.clone(), since: *since },
        Word::Refused { reason, .. } => Verdict::Refused { reason: reason.to_string() },
    }
}
