use handcarry_format::{Device, Fingerprint, Id, KeyId, Source};
use handcarry_rules::{Activation, ActivationState, Ledger, Received};
use rusqlite::{Connection, Row, params};

use super::convert::{Cells, many, one, run, to_json};
use super::errors::{constraint, engine};
use super::{licenses, mirror};
use crate::{Page, SeatDifference, StoreError, TenantId};

/// What reads an activation begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, license, id, device_key, device_name, fingerprint, returned_at, activated_at,
             request, requested_at, generation, newest, revision, acknowledged, issued_at, repairs, booked, totals,
             received_number, received_digest, clone_suspected
             FROM activation ",
            $rest
        )
    };
}

/// An activation with what the store knows beside it.
pub(super) struct Stored {
    /// Its row.
    pub(super) row: i64,
    /// The row of its license.
    pub(super) license: i64,
    pub(super) activation: Activation,
}

pub(super) fn by_id(
    connection: &Connection,
    tenant: TenantId,
    id: &Id,
) -> Result<Option<Stored>, StoreError> {
    one(connection, select!("WHERE tenant = ?1 AND id = ?2"), params![tenant.0, id.as_str()], read)
}

pub(super) fn by_row(connection: &Connection, row: i64) -> Result<Option<Stored>, StoreError> {
    one(connection, select!("WHERE seq = ?1"), [row], read)
}

/// The activation that a device holds; else the newest that it gave back.
pub(super) fn of_device(
    connection: &Connection,
    license: i64,
    device: KeyId,
) -> Result<Option<Stored>, StoreError> {
    let sql = select!(
        "WHERE license = ?1 AND device = ?2
         ORDER BY returned_at IS NULL DESC, activated_at DESC, seq DESC LIMIT 1"
    );
    one(connection, sql, params![license, device.to_string()], read)
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

/// What [`save`] needs to know of the row that it replaces.
struct Known {
    row: i64,
    license: i64,
    device: String,
    returned_at: Option<i64>,
    activated_at: i64,
    fingerprint: String,
}

fn known(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT seq, license, device, returned_at, activated_at, fingerprint FROM activation
               WHERE tenant = ?1 AND id = ?2";
    one(connection, sql, params![tenant.0, id.as_str()], |row| {
        let mut cells = Cells::of(row, "activation");
        Ok(Known {
            row: cells.get()?,
            license: cells.get()?,
            device: cells.get()?,
            returned_at: cells.get()?,
            activated_at: cells.get()?,
            fingerprint: cells.get()?,
        })
    })
}

pub(super) fn save(
    connection: &Connection,
    tenant: TenantId,
    license: &Id,
    activation: &Activation,
) -> Result<(), StoreError> {
    let license = licenses::need_row(connection, tenant, license)?;
    let known = known(connection, tenant, &activation.id)?;
    let values = Values::of(activation)?;
    let write = |sql| values.write(connection, sql, tenant, license);
    let row = match &known {
        Some(known) if known.license != license => return Err(StoreError::Taken("the activation's id")),
        Some(known) => {
            // An UPDATE that names an indexed column moves its index entries, even to where they are.
            let moves = known.device != values.device
                || known.returned_at != values.returned_at
                || known.activated_at != activation.activated_at.unix();
            write(if moves { UPDATE_INDEXED } else { UPDATE })?;
            known.row
        }
        None => {
            write(INSERT)?;
            connection.last_insert_rowid()
        }
    };
    let was_taken = known.as_ref().is_some_and(|known| known.returned_at.is_none());
    let step = i32::from(activation.is_taken()) - i32::from(was_taken);
    if step != 0 {
        let sql = "UPDATE license SET seats_used = seats_used + ?2 WHERE seq = ?1";
        run(connection, sql, params![license, step]).map_err(engine)?;
    }
    let was = known.as_ref().map(|known| known.fingerprint.as_str());
    if was != Some(&values.fingerprint) {
        let unreadable = || StoreError::Unreadable("activation");
        let was = was.map(|was| mirror::fingerprint(was).ok_or_else(unreadable)).transpose()?;
        move_hardware(connection, license, row, was.as_ref(), &activation.fingerprint).map_err(engine)?;
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO activation (tenant, id, license, device, device_key, device_name,
      fingerprint, returned_at, activated_at, request, requested_at, generation, newest, revision, acknowledged, issued_at,
      repairs, booked, totals, received_number, received_digest, clone_suspected)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
      ?21, ?22)";

macro_rules! update {
    ($indexed:literal) => {
        concat!(
            "UPDATE activation SET ",
            $indexed,
            "device_key = ?5, device_name = ?6, fingerprint = ?7, request = ?10, requested_at = ?11,
               generation = ?12, newest = ?13, revision = ?14, acknowledged = ?15, issued_at = ?16,
               repairs = ?17, booked = ?18, totals = ?19, received_number = ?20, received_digest = ?21,
               clone_suspected = ?22
             WHERE tenant = ?1 AND id = ?2 AND license = ?3"
        )
    };
}
const UPDATE: &str = update!("");
const UPDATE_INDEXED: &str = update!("device = ?4, returned_at = ?8, activated_at = ?9, ");

/// What finds a device by its hardware.
pub(super) fn hardware(fingerprint: &Fingerprint) -> impl Iterator<Item = &[u8]> {
    let parts = fingerprint.parts.iter().filter(|part| part.source == Source::Hardware);
    parts.map(|part| part.hash.as_bytes())
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

/// The columns that are made from more than one field, or of nested ones.
struct Values<'a> {
    activation: &'a Activation,
    device: String,
    fingerprint: String,
    returned_at: Option<i64>,
    repairs: String,
    totals: String,
}

impl<'a> Values<'a> {
    fn of(activation: &'a Activation) -> Result<Values<'a>, StoreError> {
        let repairs: Vec<i64> = activation.repairs.iter().map(|at| at.unix()).collect();
        Ok(Values {
            activation,
            device: activation.device.key.id().to_string(),
            fingerprint: to_json(&activation.fingerprint, "activation")?,
            returned_at: match activation.state {
                ActivationState::Taken => None,
                ActivationState::Returned { at } => Some(at.unix()),
            },
            repairs: to_json(&repairs, "activation")?,
            totals: to_json(&activation.usage.totals, "activation")?,
        })
    }

    fn write(
        &self,
        connection: &Connection,
        sql: &str,
        tenant: TenantId,
        license: i64,
    ) -> Result<(), StoreError> {
        let activation = self.activation;
        let received = activation.usage.received.as_ref();
        let values = params![
            tenant.0,
            activation.id.as_str(),
            license,
            self.device,
            activation.device.key.as_bytes(),
            activation.device.name,
            self.fingerprint,
            self.returned_at,
            activation.activated_at.unix(),
            activation.request.as_bytes(),
            activation.requested_at.unix(),
            activation.generation,
            activation.newest.as_ref().map(|digest| digest.as_bytes()),
            activation.revision,
            activation.acknowledged,
            activation.issued_at.unix(),
            self.repairs,
            activation.usage.booked,
            self.totals,
            received.map(|received| received.number),
            received.map(|received| received.digest.as_bytes()),
            activation.clone_suspected,
        ];
        let unique = &[("activation.id", "the activation's id")];
        run(connection, sql, values).map(drop).map_err(|error| constraint(error, unique, "the license"))
    }
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

/// Activations that a license has ever had.
pub(super) fn made(connection: &Connection, license: i64) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM activation WHERE license = ?1";
    let count = one(connection, sql, [license], |row| Cells::of(row, "activation").get())?;
    Ok(count.unwrap_or(0))
}
