//! What a decision needs to know about a license, loaded in one transaction.

use std::collections::BTreeMap;

use handcarry_format::{Fingerprint, Id, KeyId, LicenseKey};
use handcarry_rules::holder::Holding;
use handcarry_rules::{Account, Activation, PeriodTotals};

use super::activations::{self, hardware};
use super::licenses::{self, Found};
use super::{SqlTx, documents, lmx};
use crate::sql::{Cells, Row, Sql, many, values};
use crate::{StoreError, TenantId};

/// What `Account::others` holds at most.
const OTHERS: usize = 100;

/// Of these first those whose hardware may be the same, then some that were given back, then as many as a
/// refusal may name. The newest of all fill it up, but not for a license of more seats than that: loading
/// each costs, and no decision needs more.
const SAME_HARDWARE: usize = 40;
const RETURNED: usize = 16;
const TAKEN: usize = 24;

/// Devices that are looked at for one part of the hardware. A part that more of them share, such as the name
/// of a processor, tells none apart.
const SHARED: usize = 64;

/// What decisions are made about.
pub trait Accounts {
    /// What a decision about a request needs: by license key, and the activation that this device has.
    ///
    /// Retired activations are none of either (HEX-06).
    /// [`Account::others`] holds at most a hundred, newest first. Of more than that, and of a license of more
    /// than a hundred seats, these: however old, those that share parts of the request's hardware (D-10);
    /// some that were given back (HEX-03); the newest whose seat is taken (D-40).
    fn account_for_request(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
        device: KeyId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Account>, StoreError>;
    /// What a decision about an activation needs. `report` is the number of the report in the document, if
    /// it has one; [`Account::same_number`] is looked up by it. [`Account::others`] is empty: only requests
    /// choose among activations.
    fn account_for_activation(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        report: Option<u32>,
    ) -> Result<Option<Account>, StoreError>;
}

impl Accounts for SqlTx<'_> {
    fn account_for_request(
        &mut self,
        tenant: TenantId,
        key: &LicenseKey,
        device: KeyId,
        fingerprint: &Fingerprint,
    ) -> Result<Option<Account>, StoreError> {
        let sql = &mut *self.sql;
        let Some(license) = licenses::by_key(sql, tenant, key)? else { return Ok(None) };
        let own = activations::of_device(sql, license.row, device)?;
        let others = others(sql, &license, own.as_ref().map(|own| own.row), fingerprint)?;
        let own = own.map(|own| own.activation);
        account(sql, license, own, others).map(Some)
    }

    fn account_for_activation(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        report: Option<u32>,
    ) -> Result<Option<Account>, StoreError> {
        let sql = &mut *self.sql;
        let Some(own) = activations::by_id(sql, tenant, activation)? else { return Ok(None) };
        let license = licenses::by_row(sql, own.license)?.ok_or(StoreError::Unreadable("activation"))?;
        let mut account = account(sql, license, Some(own.activation), Vec::new())?;
        if let Some(report) = report {
            account.same_number = documents::same_number(sql, tenant, activation, report)?;
        }
        Ok(Some(account))
    }
}

fn account(
    sql: &mut dyn Sql,
    license: Found,
    activation: Option<Activation>,
    others: Vec<Activation>,
) -> Result<Account, StoreError> {
    let upgrades = lmx::upgrades_of_row(sql, license.row)?;
    Ok(Account {
        seats_used: license.seats_used,
        made: license.seats_made,
        releases: activations::releases(sql, license.row)?,
        periods: PeriodTotals::new(),
        totals: licenses::totals_of(sql, license.row)?,
        entitlement: license.entitlement,
        activation,
        others,
        same_number: None,
        holding: Holding::default(),
        upgrades,
    })
}

/// The other activations that a decision about a request may need, newest first.
fn others(
    sql: &mut dyn Sql,
    license: &Found,
    own: Option<i64>,
    fingerprint: &Fingerprint,
) -> Result<Vec<Activation>, StoreError> {
    let returned =
        "SELECT seq FROM activation WHERE license = ?1 AND returned_at IS NOT NULL AND retired_at IS NULL
                    ORDER BY activated_at DESC, seq DESC LIMIT ?2";
    let taken = "SELECT seq FROM activation WHERE license = ?1 AND returned_at IS NULL
                 ORDER BY activated_at DESC, seq DESC LIMIT ?2";
    let newest = "SELECT seq FROM activation WHERE license = ?1 AND retired_at IS NULL
                  ORDER BY activated_at DESC, seq DESC LIMIT ?2";
    let fill = if license.entitlement.seats.total as usize > OTHERS { 0 } else { OTHERS };
    let mut rows = same_hardware(sql, license.row, fingerprint)?;
    for (text, most) in [(returned, RETURNED), (taken, TAKEN), (newest, fill)] {
        // One more than is needed, for the device's own may be among them.
        rows.extend(many(sql, text, values![license.row, most as i64 + 1], row_number)?);
    }
    let mut found: BTreeMap<i64, Activation> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| Some(*row) != own) {
        if found.len() < OTHERS
            && !found.contains_key(&row)
            && let Some(stored) = activations::by_row(sql, row)?
        {
            found.insert(row, stored.activation);
        }
    }
    let mut others: Vec<(i64, Activation)> = found.into_iter().collect();
    others.sort_by_key(|(row, other)| std::cmp::Reverse((other.activated_at, *row)));
    Ok(others.into_iter().map(|(_, other)| other).collect())
}

fn row_number(row: &dyn Row) -> Result<i64, StoreError> {
    Cells::of(row, "activation").get()
}

/// The rows of activations that share parts of the hardware, those that share most first.
fn same_hardware(sql: &mut dyn Sql, license: i64, fingerprint: &Fingerprint) -> Result<Vec<i64>, StoreError> {
    let text = "SELECT activation FROM hardware WHERE license = ?1 AND hash = ?2
               ORDER BY activation DESC LIMIT ?3";
    let mut shared: BTreeMap<i64, usize> = BTreeMap::new();
    for hash in hardware(fingerprint) {
        let rows: Vec<i64> = many(sql, text, values![license, hash, SHARED as i64], row_number)?;
        // A part that few have is enough; one that many have is only beside another.
        let counts = if rows.len() < SHARED { 2 } else { 1 };
        for row in rows {
            *shared.entry(row).or_default() += counts;
        }
    }
    shared.retain(|_, count| *count > 1);
    let mut rows: Vec<(i64, usize)> = shared.into_iter().collect();
    rows.sort_by_key(|(row, count)| std::cmp::Reverse((*count, *row)));
    Ok(rows.into_iter().take(SAME_HARDWARE).map(|(row, _)| row).collect())
}
