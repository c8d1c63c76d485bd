use handcarry_format::{Fingerprint, Id, Source};
use handcarry_rules::{Activation, ActivationState, Retirement, SeatRelease};

use crate::sql::{Cells, Sql, Value, one, put, values};
use crate::tx::json::to_json;
use crate::tx::mirror;
use crate::{StoreError, TenantId};

/// What [`save`] needs to know of the row that it replaces.
struct Known {
    row: i64,
    license: i64,
    device: String,
    returned_at: Option<i64>,
    activated_at: i64,
    fingerprint: String,
    retired: bool,
    waits: bool,
    proven: bool,
}

impl Known {
    /// Its seat is among the license's `seats_used`.
    fn is_counted(&self) -> bool {
        self.returned_at.is_none() || (self.waits && !self.proven)
    }
}

/// The activation's seat is among the license's `seats_used`: taken, or released and waiting for the proof.
fn is_counted(activation: &Activation) -> bool {
    let waits = |it: &Retirement| it.seat == SeatRelease::WhenProven && it.proven.is_none();
    activation.is_taken() || activation.retirement().as_ref().is_some_and(waits)
}

fn known(sql: &mut dyn Sql, tenant: TenantId, id: &Id) -> Result<Option<Known>, StoreError> {
    let text = "SELECT seq, license, device, returned_at, activated_at, fingerprint, retired_at, seat_waits,
                 proven_at FROM activation WHERE tenant = ?1 AND id = ?2";
    one(sql, text, values![tenant, id], |row| {
        let mut cells = Cells::of(row, "activation");
        Ok(Known {
            row: cells.get()?,
            license: cells.get()?,
            device: cells.get()?,
            returned_at: cells.get()?,
            activated_at: cells.get()?,
            fingerprint: cells.get()?,
            retired: cells.instant_maybe()?.is_some(),
            waits: cells.get()?,
            proven: cells.instant_maybe()?.is_some(),
        })
    })
}

/// `found`: it is known to be there. If not, it is most likely new.
pub(super) fn save(
    sql: &mut dyn Sql,
    tenant: TenantId,
    license: i64,
    activation: &Activation,
    found: bool,
) -> Result<(), StoreError> {
    let nested = Nested::of(activation)?;
    let insert = |sql: &mut dyn Sql| {
        nested.with_values(tenant, license, |values| {
            one(sql, INSERT, values, |row| Cells::of(row, "activation").get::<i64>())
        })
    };
    let new = if found { None } else { insert(sql)? };
    let known = if new.is_none() { known(sql, tenant, &activation.id)? } else { None };
    let row = match (&known, new) {
        (Some(known), _) if known.license != license => {
            return Err(StoreError::Taken("the activation's id"));
        }
        (Some(known), _) => {
            // An UPDATE that names an indexed column moves its index entries, even to where they are.
            let moves = known.device != nested.device
                || known.returned_at != nested.returned_at
                || known.activated_at != activation.activated_at.unix()
                || activation.is_retired();
            let text = if moves { UPDATE_INDEXED } else { UPDATE };
            nested.with_values(tenant, license, |values| put(sql, text, values, "the license"))?;
            known.row
        }
        (None, Some(row)) => row,
        // It was found, and is not there.
        (None, None) => return Err(StoreError::Stale("activation")),
    };
    let step = i32::from(is_counted(activation)) - i32::from(known.as_ref().is_some_and(Known::is_counted));
    // Ids that can be used: a retired one makes room for another (HEX-06).
    let was_living = known.as_ref().is_some_and(|known| !known.retired);
    let made = i32::from(!activation.is_retired()) - i32::from(was_living);
    if step != 0 || made != 0 {
        let text =
            "UPDATE license SET seats_used = seats_used + ?2, seats_made = seats_made + ?3 WHERE seq = ?1";
        put(sql, text, values![license, step, made], "the license")?;
    }
    // What is retired is nobody's same machine (D-10).
    let was = known.as_ref().filter(|known| !known.retired).map(|known| known.fingerprint.as_str());
    let is = (!activation.is_retired()).then_some(&activation.fingerprint);
    if was != is.map(|_| nested.fingerprint.as_str()) {
        let unreadable = || StoreError::Unreadable("activation");
        let was = was.map(|was| mirror::fingerprint(was).ok_or_else(unreadable)).transpose()?;
        move_hardware(sql, license, row, was.as_ref(), is)?;
    }
    Ok(())
}

const INSERT: &str = "INSERT INTO activation (tenant, id, license, device, device_key, device_name,
      fingerprint, returned_at, activated_at, request, requested_at, generation, newest, revision, acknowledged, issued_at,
      repairs, booked, totals, received_number, received_digest, clone_suspected, retired_at, retired_how, seat_waits,
      seat_from, proven_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
      ?21, ?22, ?23, ?24, ?25, ?26, ?27)
    ON CONFLICT DO NOTHING RETURNING seq";

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
const UPDATE_INDEXED: &str = update!(
    "device = ?4, returned_at = ?8, activated_at = ?9, retired_at = ?23, retired_how = ?24, seat_waits = ?25,
     seat_from = ?26, proven_at = ?27, "
);

/// What finds a device by its hardware.
pub(in crate::tx) fn hardware(fingerprint: &Fingerprint) -> impl Iterator<Item = &[u8]> {
    let parts = fingerprint.parts.iter().filter(|part| part.source == Source::Hardware);
    parts.map(|part| part.hash.as_bytes())
}

fn move_hardware(
    sql: &mut dyn Sql,
    license: i64,
    row: i64,
    was: Option<&Fingerprint>,
    is: Option<&Fingerprint>,
) -> Result<(), StoreError> {
    for hash in was.into_iter().flat_map(hardware) {
        let text = "DELETE FROM hardware WHERE license = ?1 AND hash = ?2 AND activation = ?3";
        put(sql, text, values![license, hash, row], "the activation")?;
    }
    for hash in is.into_iter().flat_map(hardware) {
        let text =
            "INSERT INTO hardware (license, hash, activation) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        put(sql, text, values![license, hash, row], "the activation")?;
    }
    Ok(())
}

/// The columns that are made from more than one field, or of nested ones.
struct Nested<'a> {
    activation: &'a Activation,
    device: String,
    fingerprint: String,
    returned_at: Option<i64>,
    repairs: String,
    totals: String,
}

impl<'a> Nested<'a> {
    fn of(activation: &'a Activation) -> Result<Nested<'a>, StoreError> {
        let repairs: Vec<i64> = activation.repairs.iter().map(|at| at.unix()).collect();
        Ok(Nested {
            activation,
            device: activation.device.key.id().to_string(),
            fingerprint: to_json(&activation.fingerprint, "activation")?,
            returned_at: match activation.state {
                ActivationState::Taken => None,
                ActivationState::Returned { at } => Some(at.unix()),
                ActivationState::Retired(retirement) => {
                    Some(retirement.proven.map_or(retirement.at, |at| at.min(retirement.at)).unix())
                }
            },
            repairs: to_json(&repairs, "activation")?,
            totals: to_json(&activation.usage.totals, "activation")?,
        })
    }

    /// Gives the values for [`INSERT`] and the updates.
    fn with_values<T>(
        &self,
        tenant: TenantId,
        license: i64,
        write: impl FnOnce(&[Value<'_>]) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let activation = self.activation;
        let received = activation.usage.received.as_ref();
        let retirement = activation.retirement();
        let seat = retirement.map(|retirement| retirement.seat);
        let from = match seat {
            Some(SeatRelease::From(from)) => Some(from),
            _ => None,
        };
        write(values![
            tenant,
            &activation.id,
            license,
            &self.device,
            activation.device.key.as_bytes(),
            &activation.device.name,
            &self.fingerprint,
            self.returned_at,
            activation.activated_at,
            &activation.request,
            activation.requested_at,
            activation.generation,
            activation.newest.as_ref(),
            activation.revision,
            activation.acknowledged,
            activation.issued_at,
            &self.repairs,
            activation.usage.booked,
            &self.totals,
            received.map(|received| received.number),
            received.map(|received| &received.digest),
            activation.clone_suspected,
            retirement.map(|retirement| retirement.at),
            retirement.map(|retirement| retirement.how.name()),
            seat == Some(SeatRelease::WhenProven),
            from,
            retirement.and_then(|retirement| retirement.proven),
        ])
    }
}
