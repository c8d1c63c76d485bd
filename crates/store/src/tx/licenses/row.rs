use handcarry_format::{Customer, Id, LicenseKey, Model, Product, Vendor};
use handcarry_rules::{
    ClaimedBy, Entitlement, LeasePolicy, Policy, PoolStatus, Pooling, Revalidation, SeatPolicy,
};

use crate::sql::{Cells, Row, Value, values};
use crate::tx::json::{day, to_json};
use crate::tx::mirror;
use crate::{StoreError, TenantId};

/// What reads a license begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, seats_used, seats_made, id, key, vendor_id, vendor_name, product_id, product_name,
             product_version, customer_name, customer_order, features, concurrent, seats_total,
             transfer_limit, transfers, repair_limit, start_day, end_day, zone, evaluation, maintenance_end,
             match_rate, lease_days, lease_grace, policy_id,
             coalesce((SELECT p.allow_offline FROM policy p
               WHERE p.tenant = license.tenant AND p.id = license.policy_id), policy_offline),
             allow_offline, status, revision, blocked,
             edition, customer_id, previous_order, replaces, claimed_by, subscription, pooling, revalidate_days,
             revalidate_grace, trial_seats,
             CAST(CASE WHEN EXISTS (SELECT 1 FROM upgrade u WHERE u.license = license.seq AND u.withdrawn_at IS NULL)
               THEN 1 ELSE 0 END
             + CASE WHEN EXISTS (SELECT 1 FROM activation a WHERE a.license = license.seq
                 AND a.seat_from IS NOT NULL AND a.proven_at IS NULL) THEN 2 ELSE 0 END
             + CASE WHEN EXISTS (SELECT 1 FROM license_total t WHERE t.license = license.seq) THEN 4 ELSE 0 END
             + CASE WHEN EXISTS (SELECT 1 FROM pool_entry e WHERE e.license = license.seq) THEN 8 ELSE 0 END
             + CASE WHEN EXISTS (SELECT 1 FROM pool_hold h WHERE h.license = license.seq) THEN 16 ELSE 0 END
             + CASE WHEN EXISTS (SELECT 1 FROM seat_user s WHERE s.license = license.seq)
                 OR EXISTS (SELECT 1 FROM device_word w WHERE w.license = license.seq)
                 OR EXISTS (SELECT 1 FROM seat_source o WHERE o.license = license.seq) THEN 32 ELSE 0 END
             AS BIGINT)
             FROM license ",
            $rest
        )
    };
}
pub(super) use select;

/// A license with what the store knows beside it.
pub(in crate::tx) struct Found {
    /// Its row.
    pub(in crate::tx) row: i64,
    /// Activations whose seat is taken.
    pub(in crate::tx) seats_used: u32,
    /// Activations that it has ever had.
    pub(in crate::tx) seats_made: u32,
    pub(in crate::tx) entitlement: Entitlement,
    pub(in crate::tx) beside: Beside,
}

/// What there is of a license in other tables: most have nothing there, and asking each costs.
#[derive(Clone, Copy)]
pub(in crate::tx) struct Beside(u8);

impl Beside {
    pub(in crate::tx) fn has_upgrades(self) -> bool {
        self.0 & 1 != 0
    }

    /// Retired activations whose seats are free from an instant on.
    pub(in crate::tx) fn has_releases(self) -> bool {
        self.0 & 2 != 0
    }

    pub(in crate::tx) fn has_totals(self) -> bool {
        self.0 & 4 != 0
    }

    pub(in crate::tx) fn has_pool_entry(self) -> bool {
        self.0 & 8 != 0
    }

    pub(in crate::tx) fn is_held(self) -> bool {
        self.0 & 16 != 0
    }

    /// Users, devices' words, or a source of used seats.
    pub(in crate::tx) fn has_figures(self) -> bool {
        self.0 & 32 != 0
    }
}

/// Adds a license.
pub(super) const INSERT: &str = "INSERT INTO license (tenant, id, key, vendor_id, vendor_name, product_id, product_name,
                 product_version, customer_name, customer_order, features, concurrent, seats_total,
                 transfer_limit, transfers, repair_limit, start_day, end_day, zone, evaluation,
                 maintenance_end, match_rate, lease_days, lease_grace, policy_offline, allow_offline, status,
                 revision, blocked, edition, customer_id, previous_order, replaces, claimed_by, subscription, pooling,
                 revalidate_days, revalidate_grace, trial_seats, policy_id)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40)
               ON CONFLICT DO NOTHING";

/// Replaces a license by a newer revision.
pub(super) const UPDATE: &str = "UPDATE license SET key = ?3, vendor_id = ?4, vendor_name = ?5, product_id = ?6,
                 product_name = ?7, product_version = ?8, customer_name = ?9, customer_order = ?10,
                 features = ?11, concurrent = ?12, seats_total = ?13, transfer_limit = ?14, transfers = ?15,
                 repair_limit = ?16, start_day = ?17, end_day = ?18, zone = ?19, evaluation = ?20,
                 maintenance_end = ?21, match_rate = ?22, lease_days = ?23, lease_grace = ?24,
                 policy_offline = ?25, allow_offline = ?26, status = ?27, revision = ?28, blocked = ?29,
                 edition = ?30, customer_id = ?31, previous_order = ?32, replaces = ?33, claimed_by = ?34,
                 subscription = ?35, pooling = ?36, revalidate_days = ?37, revalidate_grace = ?38, trial_seats = ?39,
                 policy_id = ?40
               WHERE tenant = ?1 AND id = ?2 AND revision < ?28";

/// Gives the values for [`INSERT`] and [`UPDATE`].
pub(super) fn with_values<T>(
    tenant: TenantId,
    license: &Entitlement,
    write: impl FnOnce(&[Value<'_>]) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let concurrent = match license.model {
        Model::NodeLocked => None,
        Model::Concurrent(sessions) => Some(sessions),
    };
    let customer = license.customer.as_ref();
    let claimed_by = match &license.claim {
        ClaimedBy::Key => None,
        ClaimedBy::User(user) => Some(user.as_str()),
    };
    write(values![
        tenant,
        &license.id,
        license.key.as_str(),
        &license.vendor.id,
        &license.vendor.name,
        &license.product.id,
        &license.product.name,
        &license.product.version,
        customer.map(|customer| &customer.name),
        customer.and_then(|customer| customer.order.as_ref()),
        to_json(&license.features, "license")?,
        concurrent,
        license.seats.total,
        license.seats.transfer_limit,
        license.seats.transfers,
        license.seats.repair_limit,
        day(license.start),
        day(license.end),
        license.zone.name(),
        license.evaluation,
        day(license.maintenance_end),
        license.match_rate,
        license.lease.map(|lease| lease.days),
        license.lease.map(|lease| lease.grace_days),
        license.policy.allow_offline,
        license.allow_offline,
        license.status.name(),
        license.revision,
        to_json(&license.blocked, "license")?,
        &license.edition,
        license.customer_id.as_ref(),
        &license.previous_order,
        license.replaces.as_ref(),
        claimed_by,
        license.subscription,
        license.pooling.name(),
        license.revalidation.map(|it| it.period_days),
        license.revalidation.map(|it| it.grace_days),
        license.trial_seats,
        license.policy.id.as_ref(),
    ])
}

/// Reads what [`select`] names.
pub(super) fn read(row: &dyn Row) -> Result<Found, StoreError> {
    let mut cells = Cells::of(row, "license");
    let cells = &mut cells;
    Ok(Found {
        row: cells.get()?,
        seats_used: cells.get()?,
        seats_made: cells.get()?,
        entitlement: Entitlement {
            id: cells.id()?,
            key: cells.parsed(|text| LicenseKey::parse(text).ok())?,
            vendor: Vendor { id: cells.id()?, name: cells.get()? },
            product: Product { id: cells.id()?, name: cells.get()?, version: cells.get()? },
            customer: {
                let (name, order) = (cells.get::<Option<String>>()?, cells.get()?);
                name.map(|name| Customer { name, order })
            },
            features: cells.parsed(mirror::features)?,
            model: cells.get::<Option<u32>>()?.map_or(Model::NodeLocked, Model::Concurrent),
            seats: SeatPolicy {
                total: cells.get()?,
                transfer_limit: cells.get()?,
                transfers: cells.get()?,
                repair_limit: cells.get()?,
            },
            start: cells.day_maybe()?,
            end: cells.day_maybe()?,
            zone: cells.parsed(|text| text.parse().ok())?,
            evaluation: cells.get()?,
            maintenance_end: cells.day_maybe()?,
            match_rate: cells.get()?,
            lease: match (cells.get()?, cells.get()?) {
                (Some(days), Some(grace_days)) => Some(LeasePolicy { days, grace_days }),
                (None, None) => None,
                _ => return Err(cells.unreadable()),
            },
            policy: Policy { id: cells.parsed_maybe(Id::new)?, allow_offline: cells.get()? },
            allow_offline: cells.get()?,
            status: cells.parsed(PoolStatus::from_name)?,
            revision: cells.get()?,
            blocked: cells.parsed(mirror::blocked)?,
            edition: cells.get()?,
            customer_id: cells.parsed_maybe(Id::new)?,
            previous_order: cells.get()?,
            replaces: cells.parsed_maybe(Id::new)?,
            claim: cells.parsed_maybe(Id::new)?.map_or(ClaimedBy::Key, ClaimedBy::User),
            subscription: cells.get()?,
            pooling: cells.parsed(Pooling::from_name)?,
            revalidation: match (cells.get()?, cells.get()?) {
                (Some(period_days), Some(grace_days)) => Some(Revalidation { period_days, grace_days }),
                (None, None) => None,
                _ => return Err(cells.unreadable()),
            },
            trial_seats: cells.get()?,
        },
        beside: Beside(cells.get()?),
    })
}
