use handcarry_format::{Customer, Id, LicenseKey, Model, Product, Totals, Vendor};
use handcarry_rules::{
    ClaimedBy, Entitlement, LeasePolicy, Policy, PoolStatus, Pooling, Revalidation, SeatPolicy,
};
use rusqlite::{Connection, Params, Row, params};

use super::convert::{Cells, day, many, one, run, to_json};
use super::errors::{constraint, engine};
use super::mirror;
use crate::{Page, StoreError, TenantId};

/// What reads a license begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, seats_used, id, key, vendor_id, vendor_name, product_id, product_name,
             product_version, customer_name, customer_order, features, concurrent, seats_total,
             transfer_limit, transfers, repair_limit, start_day, end_day, zone, evaluation, maintenance_end,
             match_rate, lease_days, lease_grace, policy_offline, allow_offline, status, revision, blocked,
             edition, customer_id, previous_order, replaces, claimed_by, subscription, pooling, revalidate_days,
             revalidate_grace, trial_seats FROM license ",
            $rest
        )
    };
}

const UNIQUE: &[(&str, &str)] = &[("license.id", "the license's id"), ("license.key", "the license key")];

/// A license with what the store knows beside it.
pub(super) struct Found {
    /// Its row.
    pub(super) row: i64,
    /// Activations whose seat is taken.
    pub(super) seats_used: u32,
    pub(super) entitlement: Entitlement,
}

pub(super) fn insert(
    connection: &Connection,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO license (tenant, id, key, vendor_id, vendor_name, product_id, product_name,
                 product_version, customer_name, customer_order, features, concurrent, seats_total,
                 transfer_limit, transfers, repair_limit, start_day, end_day, zone, evaluation,
                 maintenance_end, match_rate, lease_days, lease_grace, policy_offline, allow_offline, status,
                 revision, blocked, edition, customer_id, previous_order, replaces, claimed_by, subscription, pooling,
                 revalidate_days, revalidate_grace, trial_seats)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39)";
    write(connection, sql, tenant, license).map(drop)
}

pub(super) fn update(
    connection: &Connection,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<(), StoreError> {
    let sql = "UPDATE license SET key = ?3, vendor_id = ?4, vendor_name = ?5, product_id = ?6,
                 product_name = ?7, product_version = ?8, customer_name = ?9, customer_order = ?10,
                 features = ?11, concurrent = ?12, seats_total = ?13, transfer_limit = ?14, transfers = ?15,
                 repair_limit = ?16, start_day = ?17, end_day = ?18, zone = ?19, evaluation = ?20,
                 maintenance_end = ?21, match_rate = ?22, lease_days = ?23, lease_grace = ?24,
                 policy_offline = ?25, allow_offline = ?26, status = ?27, revision = ?28, blocked = ?29,
                 edition = ?30, customer_id = ?31, previous_order = ?32, replaces = ?33, claimed_by = ?34,
                 subscription = ?35, pooling = ?36, revalidate_days = ?37, revalidate_grace = ?38, trial_seats = ?39
               WHERE tenant = ?1 AND id = ?2 AND revision < ?28";
    if write(connection, sql, tenant, license)? == 1 {
        return Ok(());
    }
    match row(connection, tenant, &license.id)? {
        Some(_) => Err(StoreError::Stale("license")),
        None => Err(StoreError::Missing("the license")),
    }
}

fn write(
    connection: &Connection,
    sql: &str,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<usize, StoreError> {
    let concurrent = match license.model {
        Model::NodeLocked => None,
        Model::Concurrent(sessions) => Some(sessions),
    };
    let customer = license.customer.as_ref();
    let claimed_by = match &license.claim {
        ClaimedBy::Key => None,
        ClaimedBy::User(user) => Some(user.as_str()),
    };
    let values = params![
        tenant.0,
        license.id.as_str(),
        license.key.as_str(),
        license.vendor.id.as_str(),
        license.vendor.name,
        license.product.id.as_str(),
        license.product.name,
        license.product.version,
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
        license.edition,
        license.customer_id.as_ref().map(Id::as_str),
        license.previous_order,
        license.replaces.as_ref().map(Id::as_str),
        claimed_by,
        license.subscription,
        license.pooling.name(),
        license.revalidation.map(|it| it.period_days),
        license.revalidation.map(|it| it.grace_days),
        license.trial_seats,
    ];
    run(connection, sql, values).map_err(|error| constraint(error, UNIQUE, "the tenant"))
}

pub(super) fn by_id(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Option<Found>, StoreError> {
    find(connection, select!("WHERE tenant = ?1 AND id = ?2"), params![tenant.0, id.as_str()])
}

pub(super) fn by_key(
    connection: &Connection,
    tenant: TenantId,
    key: &LicenseKey,
) -> Result<Option<Found>, StoreError> {
    find(connection, select!("WHERE tenant = ?1 AND key = ?2"), params![tenant.0, key.as_str()])
}

/// By the row that an activation names, which belongs to the activation's tenant.
pub(super) fn by_row(connection: &Connection, row: i64) -> Result<Option<Found>, StoreError> {
    find(connection, select!("WHERE seq = ?1"), [row])
}

pub(super) fn page(
    connection: &Connection,
    tenant: TenantId,
    page: &Page,
) -> Result<Vec<Entitlement>, StoreError> {
    let sql = select!("WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    let after = page.after.as_deref().unwrap_or("");
    many(connection, sql, params![tenant.0, after, page.limit], |row| {
        read(row).map(|found| found.entitlement)
    })
}

fn find(connection: &Connection, sql: &str, params: impl Params) -> Result<Option<Found>, StoreError> {
    one(connection, sql, params, read)
}

/// The row of a license, if it is this tenant's.
pub(super) fn row(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT seq FROM license WHERE tenant = ?1 AND id = ?2";
    one(connection, sql, params![tenant.0, id.as_str()], |row| row.get(0).map_err(engine))
}

pub(super) fn need_row(connection: &Connection, tenant: TenantId, id: &Id) -> Result<i64, StoreError> {
    row(connection, tenant, id)?.ok_or(StoreError::Missing("the license"))
}

fn read(row: &Row<'_>) -> Result<Found, StoreError> {
    let mut cells = Cells::of(row, "license");
    let cells = &mut cells;
    Ok(Found {
        row: cells.get()?,
        seats_used: cells.get()?,
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
            policy: Policy { id: None, allow_offline: cells.get()? },
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
    })
}

pub(super) fn add_transfer(connection: &Connection, tenant: TenantId, id: &Id) -> Result<(), StoreError> {
    let sql = "UPDATE license SET transfers = min(transfers + 1, 4294967295) WHERE tenant = ?1 AND id = ?2";
    match run(connection, sql, params![tenant.0, id.as_str()]).map_err(engine)? {
        0 => Err(StoreError::Missing("the license")),
        _ => Ok(()),
    }
}

pub(super) fn add_totals(
    connection: &Connection,
    tenant: TenantId,
    id: &Id,
    added: &Totals,
) -> Result<(), StoreError> {
    let row = need_row(connection, tenant, id)?;
    if added.is_empty() {
        return Ok(());
    }
    let known = totals_of(connection, row)?;
    let sql = "INSERT INTO license_total (license, counter, total) VALUES (?1, ?2, ?3)
               ON CONFLICT (license, counter) DO UPDATE SET total = excluded.total";
    for (counter, amount) in added {
        // Added here, because SQLite's own sum turns into a fraction where it does not fit.
        let total = known.get(counter).copied().unwrap_or(0).saturating_add(*amount);
        run(connection, sql, params![row, counter.as_str(), total]).map_err(engine)?;
    }
    Ok(())
}

pub(super) fn totals(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Totals, StoreError> {
    totals_of(connection, need_row(connection, tenant, id)?)
}

pub(super) fn totals_of(connection: &Connection, license: i64) -> Result<Totals, StoreError> {
    let sql = "SELECT counter, total FROM license_total WHERE license = ?1";
    let totals = many(connection, sql, [license], |row| {
        let mut cells = Cells::of(row, "total");
        Ok((cells.id()?, cells.get()?))
    });
    Ok(totals?.into_iter().collect())
}
