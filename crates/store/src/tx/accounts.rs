//! What a decision needs to know about a license, loaded in one transaction.

use std::collections::BTreeMap;

use handcarry_format::{Fingerprint, Id, KeyId, LicenseKey, Totals};
use handcarry_rules::holder::Holding;
use handcarry_rules::upgrade::Upgrades;
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
/// each costs, its device's key most of all, and no decision needs more.
const SAME_HARDWARE: usize = 40;
const RETURNED: usize = 16;
const TAKEN: usize = 24;

const RETURNED_ONES: &str = activations::select!(
    "WHERE license = ?1 AND returned_at IS NOT NULL AND retired_at IS NULL
     ORDER BY activated_at DESC, seq DESC LIMIT ?2"
);
const TAKEN_ONES: &str = activations::select!(
    "WHERE license = ?1 AND returned_at IS NULL ORDER BY activated_at DESC, seq DESC LIMIT ?2"
);
const NEWEST_ONES: &str = activations::select!(
    "WHERE license = ?1 AND retired_at IS NULL ORDER BY activated_at DESC, seq DESC LIMIT ?2"
);

/// Devices that are looked at for one part of the hardware. A part that more of them share, such as the name
/// of a processor, tells none apart.
const SHARED: usize = 64;

/// What decisions are made about.
pub trait Accounts {
    /// What a decision about a request needs: by license key, and the activation that this device has.
    ///
    /// Retired activations are none of either (HEX-06).
    /// [`Account::others`] holds at most a hundred, newest first: however old, those that share parts of the
    /// request's hardware (D-10); some that were given back (HEX-03). Where there may be no seat left also the
    /// newest whose seat is taken (D-40), and of a license of at most a hundred seats the newest of all.
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
        self.known.activations.extend(own.as_ref().map(|own| own.activation.id.clone()));
        let own_row = own.as_ref().map(|own| own.row);
        let mut account = account(sql, &license, own.map(|own| own.activation))?;
        account.others = others(sql, &license, own_row, fingerprint, may_be_full(&account))?;
        self.know_license(tenant, &license);
        self.known.activations.extend(account.others.iter().map(|other| other.id.clone()));
        Ok(Some(account))
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
        let mut account = account(sql, &license, Some(own.activation))?;
        if let Some(report) = report {
            account.same_number = documents::same_number(sql, tenant, activation, report)?;
        }
        self.know_license(tenant, &license);
        self.known.activations.push(activation.clone());
        Ok(Some(account))
    }
}

fn account(
    sql: &mut dyn Sql,
    license: &Found,
    activation: Option<Activation>,
) -> Result<Account, StoreError> {
    let (row, beside) = (license.row, license.beside);
    Ok(Account {
        seats_used: license.seats_used,
        made: license.seats_made,
        releases: if beside.has_releases() { activations::releases(sql, row)? } else { Vec::new() },
        periods: PeriodTotals::new(),
        totals: if beside.has_totals() { licenses::totals_of(sql, row)? } else { Totals::new() },
        entitlement: license.entitlement.clone(),
        activation,
        others: Vec::new(),
        same_number: None,
        holding: Holding::default(),
        upgrades: if beside.has_upgrades() { lmx::upgrades_of_row(sql, row)? } else { Upgrades::default() },
    })
}

/// Whether there may be no seat left, whatever the time is. Upgrades only add seats (LMX-07).
fn may_be_full(account: &Account) -> bool {
    let waiting = u32::try_from(account.releases.len()).unwrap_or(u32::MAX);
    account.seats_used.saturating_add(waiting) >= account.entitlement.seats.total
}

/// The other activations that a decision about a request may need, newest first.
fn others(
    sql: &mut dyn Sql,
    license: &Found,
    own: Option<i64>,
    fingerprint: &Fingerprint,
    full: bool,
) -> Result<Vec<Activation>, StoreError> {
    let mut found: BTreeMap<i64, Activation> = BTreeMap::new();
    for row in same_hardware(sql, license.row, fingerprint)?.into_iter().filter(|row| Some(*row) != own) {
        found.extend(activations::by_row(sql, row)?.map(|stored| (row, stored.activation)));
    }
    // Who holds a seat is named where there is none left (D-40); otherwise nobody asks.
    let newest = if license.entitlement.seats.total as usize > OTHERS { 0 } else { OTHERS };
    let taken = [(RETURNED_ONES, RETURNED), (TAKEN_ONES, TAKEN), (NEWEST_ONES, newest)];
    for (text, most) in taken.into_iter().take(if full { 3 } else { 1 }) {
        // One more than is needed, for the device's own may be among them.
        for stored in many(sql, text, values![license.row, most as i64 + 1], activations::read)? {
            if found.len() < OTHERS && Some(stored.row) != own {
                found.insert(stored.row, stored.activation);
            }
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
