use std::collections::BTreeMap;

use handcarry_format::{Device, Fingerprint, Id, KeyId, LicenseKey, Source};
use handcarry_rules::{Account, Activation, ActivationState, Ledger, Received};
use rusqlite::{Connection, Row, params};

use super::convert::{Cells, many, one, run, to_json};
use super::errors::{constraint, engine};
use super::licenses::{self, Found};
use super::{documents, mirror};
use crate::{Page, SeatDifference, StoreError, TenantId};

/// What reads an activation begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, license, id, device_key, device_name, fingerprint, returned_at, activated_at, request,
             requested_at, generation, newest, revision, acknowledged, issued_at, repairs, booked, totals,
             received_number, received_digest, clone_suspected
             FROM activation ",
            $rest
        )
    };
}

/// What `Account::others` holds at most, and of that first those whose hardware may be the same, then those
/// that were given back. The newest of all fill it up.
const OTHERS: usize = 100;
const SAME_HARDWARE: usize = 40;
const RETURNED: usize = 30;

/// Devices that are looked at for one part of the hardware. A part that more of them share, such as the name
/// of a processor, tells none apart.
const SHARED: usize = 64;

struct Stored {
    row: i64,
    license: i64,
    activation: Activation,
}

pub(super) fn for_request(
    connection: &Connection,
    tenant: TenantId,
    key: &LicenseKey,
    device: KeyId,
    fingerprint: &Fingerprint,
) -> Result<Option<Account>, StoreError> {
    let Some(license) = licenses::by_key(connection, tenant, key)? else { return Ok(None) };
    // A device can have given one back and hold another.
    let sql = select!(
        "WHERE license = ?1 AND device = ?2 ORDER BY returned_at IS NULL DESC, activated_at DESC, seq DESC LIMIT 1"
    );
    let own = one(connection, sql, params![license.row, device.to_string()], read)?;
    let others = others(connection, license.row, own.as_ref().map(|own| own.row), fingerprint)?;
    let own = own.map(|own| own.activation);
    account(connection, license, own, others).map(Some)
}

pub(super) fn for_activation(
    connection: &Connection,
    tenant: TenantId,
    activation: &Id,
    report: Option<u32>,
) -> Result<Option<Account>, StoreError> {
    let Some(own) = by_id(connection, tenant, activation)? else { return Ok(None) };
    let license = licenses::by_row(connection, own.license)?.ok_or(StoreError::Unreadable("activation"))?;
    let mut account = account(connection, license, Some(own.activation), Vec::new())?;
    if let Some(report) = report {
        account.same_number = documents::same_number(connection, tenant, activation, report)?;
    }
    Ok(Some(account))
}

fn account(
    connection: &Connection,
    license: Found,
    activation: Option<Activation>,
    others: Vec<Activation>,
) -> Result<Account, StoreError> {
    Ok(Account {
        seats_used: license.seats_used,
        totals: licenses::totals_of(connection, license.row)?,
        entitlement: license.entitlement,
        activation,
        others,
        same_number: None,
    })
}

/// The other activations that a decision about a request may need, newest first.
fn others(
    connection: &Connection,
    license: i64,
    own: Option<i64>,
    fingerprint: &Fingerprint,
) -> Result<Vec<Activation>, StoreError> {
    let returned = "SELECT seq FROM activation WHERE license = ?1 AND returned_at IS NOT NULL
                    ORDER BY activated_at DESC, seq DESC LIMIT ?2";
    let newest =
        "SELECT seq FROM activation WHERE license = ?1 ORDER BY activated_at DESC, seq DESC LIMIT ?2";
    let mut rows = same_hardware(connection, license, fingerprint)?;
    for (sql, most) in [(returned, RETURNED), (newest, OTHERS)] {
        // One more than is needed, for the device's own may be among them.
        rows.extend(many(connection, sql, params![license, most as i64 + 1], row_number)?);
    }
    let mut found: BTreeMap<i64, Activation> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| Some(*row) != own) {
        if found.len() < OTHERS
            && !found.contains_key(&row)
            && let Some(stored) = one(connection, select!("WHERE seq = ?1"), [row], read)?
        {
            found.insert(row, stored.activation);
        }
    }
    let mut others: Vec<(i64, Activation)> = found.into_iter().collect();
    others.sort_by_key(|(row, other)| std::cmp::Reverse((other.activated_at, *row)));
    Ok(others.into_iter().map(|(_, other)| other).collect())
}

fn row_number(row: &Row<'_>) -> Result<i64, StoreError> {
    Cells::of(row, "activation").get()
}

/// The rows of activations that share parts of the hardware, those that share most first.
fn same_hardware(
    connection: &Connection,
    license: i64,
    fingerprint: &Fingerprint,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT activation FROM hardware WHERE license = ?1 AND hash = ?2
               ORDER BY activation DESC LIMIT ?3";
    let mut shared: BTreeMap<i64, usize> = BTreeMap::new();
    for hash in hardware(fingerprint) {
        let rows: Vec<i64> = many(connection, sql, params![license, hash, SHARED as i64], row_number)?;
        for row in rows {
            *shared.entry(row).or_default() += 1;
        }
    }
    let mut rows: Vec<(i64, usize)> = shared.into_iter().collect();
    rows.sort_by_key(|(row, count)| std::cmp::Reverse((*count, *row)));
    Ok(rows.into_iter().take(SAME_HARDWARE).map(|(row, _)| row).collect())
}

fn hardware(fingerprint: &Fingerprint) -> impl Iterator<Item = &[u8]> {
    let parts = fingerprint.parts.iter().filter(|part| part.source == Source::Hardware);
    parts.map(|part| part.hash.as_bytes())
}

fn by_id(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Option<Stored>, StoreError> {
    one(connection, select!("WHERE tenant = ?1 AND id = ?2"), params![tenant.0, id.as_str()], read)
}

pub(super) fn page(
    connection: &Connection,
    tenant: TenantId,
    license: &Id,
    page: &Page,
) -> Result<Vec<Activation>, StoreError> {
    let Some(license) = licenses::row(connection, tenant, license)? else { return Ok(Vec::new()) };
    let (before, row) = match &page.after {
        None => (i64::MAX, i64::MAX),
        Some(after) => {
            let after = Id::new(after).ok_or(StoreError::Cursor)?;
            let after = by_id(connection, tenant, &after)?.filter(|after| after.license == license);
            let after = after.ok_or(StoreError::Cursor)?;
            (after.activation.activated_at.unix(), after.row)
        }
    };
    let sql = select!(
        "WHERE license = ?1 AND (activated_at, seq) < (?2, ?3) ORDER BY activated_at DESC, seq DESC LIMIT ?4"
    );
    many(connection, sql, params![license, before, row, page.limit], |row| {
        read(row).map(|stored| stored.activation)
    })
}

pub(super) fn save(
    connection: &Connection,
    tenant: TenantId,
    license: &Id,
    activation: &Activation,
) -> Result<(), StoreError> {
    let license = licenses::need_row(connection, tenant, license)?;
    let known = by_id(connection, tenant, &activation.id)?;
    if known.as_ref().is_some_and(|known| known.license != license) {
        return Err(StoreError::Taken("the activation's id"));
    }
    let row = match &known {
        Some(known) => {
            let sql =
                "UPDATE activation SET device = ?4, device_key = ?5, device_name = ?6, fingerprint = ?7,
                         returned_at = ?8, activated_at = ?9, request = ?10, requested_at = ?11,
                         generation = ?12, newest = ?13, revision = ?14, acknowledged = ?15, issued_at = ?16,
                         repairs = ?17, booked = ?18, totals = ?19, received_number = ?20,
                         received_digest = ?21, clone_suspected = ?22
                       WHERE tenant = ?1 AND id = ?2 AND license = ?3";
            write(connection, sql, tenant, license, activation)?;
            known.row
        }
        None => {
            let sql = "INSERT INTO activation (tenant, id, license, device, device_key, device_name,
                         fingerprint, returned_at, activated_at, request, requested_at, generation, newest,
                         revision, acknowledged, issued_at, repairs, booked, totals, received_number,
                         received_digest, clone_suspected)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                         ?19, ?20, ?21, ?22)";
            write(connection, sql, tenant, license, activation)?;
            connection.last_insert_rowid()
        }
    };
    let was = known.as_ref().map(|known| &known.activation);
    let taken = |activation: &Activation| activation.is_taken();
    let step = i32::from(taken(activation)) - i32::from(was.is_some_and(taken));
    if step != 0 {
        let sql = "UPDATE license SET seats_used = seats_used + ?2 WHERE seq = ?1";
        run(connection, sql, params![license, step]).map_err(engine)?;
    }
    let was = was.map(|was| &was.fingerprint);
    if was != Some(&activation.fingerprint) {
        move_hardware(connection, license, row, was, &activation.fingerprint).map_err(engine)?;
    }
    Ok(())
}

fn move_hardware(
    connection: &Connection,
    license: i64,
    row: i64,
    was: Option<&Fingerprint>,
    is: &Fingerprint,
) -> rusqlite::Result<()> {
    for hash in was.into_iter().flat_map(hardware) {
        let sql = "DELETE FROM hardware WHERE license = ?1 AND hash = ?2 AND activation = ?3";
        run(connection, sql, params![license, hash, row])?;
    }
    for hash in hardware(is) {
        let sql =
            "INSERT INTO hardware (license, hash, activation) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        run(connection, sql, params![license, hash, row])?;
    }
    Ok(())
}

fn write(
    connection: &Connection,
    sql: &str,
    tenant: TenantId,
    license: i64,
    activation: &Activation,
) -> Result<usize, StoreError> {
    let returned_at = match activation.state {
        ActivationState::Taken => None,
        ActivationState::Returned { at } => Some(at.unix()),
    };
    let repairs: Vec<i64> = activation.repairs.iter().map(|at| at.unix()).collect();
    let received = activation.usage.received;
    let values = params![
        tenant.0,
        activation.id.as_str(),
        license,
        activation.device.key.id().to_string(),
        activation.device.key.as_bytes(),
        activation.device.name,
        to_json(&activation.fingerprint, "activation")?,
        returned_at,
        activation.activated_at.unix(),
        activation.request.as_bytes(),
        activation.requested_at.unix(),
        activation.generation,
        activation.newest.as_ref().map(|digest| digest.as_bytes()),
        activation.revision,
        activation.acknowledged,
        activation.issued_at.unix(),
        to_json(&repairs, "activation")?,
        activation.usage.booked,
        to_json(&activation.usage.totals, "activation")?,
        received.map(|received| received.number),
        received.as_ref().map(|received| received.digest.as_bytes()),
        activation.clone_suspected,
    ];
    let unique = &[("activation.id", "the activation's id")];
    run(connection, sql, values).map_err(|error| constraint(error, unique, "the license"))
}

fn read(row: &Row<'_>) -> Result<Stored, StoreError> {
    let mut cells = Cells::of(row, "activation");
    let cells = &mut cells;
    Ok(Stored {
        row: cells.get()?,
        license: cells.get()?,
        activation: Activation {
            id: cells.id()?,
            device: Device { key: cells.key()?, name: cells.get()? },
            fingerprint: cells.parsed(mirror::fingerprint)?,
            state: cells
                .instant_maybe()?
                .map_or(ActivationState::Taken, |at| ActivationState::Returned { at }),
            activated_at: cells.instant()?,
            request: cells.digest()?,
            requested_at: cells.instant()?,
            generation: cells.get()?,
            newest: cells.digest_maybe()?,
            revision: cells.get()?,
            acknowledged: cells.get()?,
            issued_at: cells.instant()?,
            repairs: cells.parsed(mirror::instants)?,
            usage: Ledger {
                booked: cells.get()?,
                totals: cells.parsed(mirror::totals)?,
                received: match (cells.get()?, cells.digest_maybe()?) {
                    (Some(number), Some(digest)) => Some(Received { number, digest }),
                    (None, None) => None,
                    _ => return Err(cells.unreadable()),
                },
            },
            clone_suspected: cells.get()?,
        },
    })
}

pub(super) fn seat_differences(
    connection: &Connection,
    tenant: TenantId,
) -> Result<Vec<SeatDifference>, StoreError> {
    let sql = "SELECT id, seats_used, counted FROM (
                 SELECT id, seats_used, (SELECT count(*) FROM activation
                   WHERE activation.license = license.seq AND returned_at IS NULL) AS counted
                 FROM license WHERE tenant = ?1)
               WHERE seats_used <> counted ORDER BY id";
    many(connection, sql, [tenant.0], |row| {
        let mut cells = Cells::of(row, "license");
        Ok(SeatDifference { license: cells.id()?, kept: cells.get()?, counted: cells.get()? })
    })
}
