use handcarry_format::Device;
use handcarry_rules::{Activation, ActivationState, Ledger, Received, Retired, Retirement, SeatRelease};

use crate::StoreError;
use crate::sql::{Cells, Row};
use crate::tx::mirror;

/// What reads an activation begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, license, id, device_key, device_name, fingerprint, returned_at, activated_at,
             request, requested_at, generation, newest, revision, acknowledged, issued_at, repairs, booked, totals,
             received_number, received_digest, clone_suspected, retired_at, retired_how, seat_waits, seat_from, proven_at
             FROM activation ",
            $rest
        )
    };
}
pub(in crate::tx) use select;

/// An activation with what the store knows beside it.
pub(in crate::tx) struct Stored {
    /// Its row.
    pub(in crate::tx) row: i64,
    /// The row of its license.
    pub(in crate::tx) license: i64,
    pub(in crate::tx) activation: Activation,
}

/// Reads what [`select`] names.
pub(in crate::tx) fn read(row: &dyn Row) -> Result<Stored, StoreError> {
    let mut cells = Cells::of(row, "activation");
    let cells = &mut cells;
    let mut stored = Stored {
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
    };
    if let Some(retirement) = retirement(cells)? {
        stored.activation.state = ActivationState::Retired(retirement);
    }
    Ok(stored)
}

fn retirement(cells: &mut Cells<'_>) -> Result<Option<Retirement>, StoreError> {
    let (at, how) = (cells.instant_maybe()?, cells.parsed_maybe(Retired::from_name)?);
    let (waits, from, proven): (bool, _, _) = (cells.get()?, cells.instant_maybe()?, cells.instant_maybe()?);
    let Some(at) = at else { return Ok(None) };
    let how = how.ok_or_else(|| cells.unreadable())?;
    let seat = match (waits, from) {
        (true, _) => SeatRelease::WhenProven,
        (false, Some(from)) => SeatRelease::From(from),
        (false, None) => SeatRelease::AtOnce,
    };
    Ok(Some(Retirement { at, how, seat, proven }))
}
