use handcarry_format::{Id, Instant};

use super::SqlTx;
use super::licenses::need_row;
use super::used::{count_maybe, number};
use crate::sql::{Cells, Row, Unique, Value, exists, insert, one, run, values};
use crate::{ReadingState, SeatReading, StoreError, TenantId};

/// Readings of remote sources of used seats (ICE-05).
pub trait Readings {
    /// Adds a reading; refuses an id that is taken.
    fn insert_seat_reading(&mut self, tenant: TenantId, reading: &SeatReading) -> Result<(), StoreError>;
    /// One reading.
    fn seat_reading(&mut self, tenant: TenantId, id: &Id) -> Result<Option<SeatReading>, StoreError>;
    /// The reading of a license that goes on, if there is one.
    fn open_seat_reading(
        &mut self,
        tenant: TenantId,
        license: &Id,
    ) -> Result<Option<SeatReading>, StoreError>;
    /// Whether there is a reading to take on: reads only, so that nobody waits for who looks every moment.
    fn seat_readings_wait(&mut self, lost: Instant) -> Result<bool, StoreError>;
    /// Takes on a reading that waits, or one without a sign of life since `lost`, and starts it from its beginning.
    fn claim_seat_reading(
        &mut self,
        now: Instant,
        lost: Instant,
    ) -> Result<Option<(TenantId, SeatReading)>, StoreError>;
    /// Keeps how a reading stands, if it still goes on: false where it was called off, or somebody else has it. When it
    /// is done, its sum is the source's.
    fn keep_seat_reading(
        &mut self,
        tenant: TenantId,
        before: Instant,
        reading: &SeatReading,
    ) -> Result<bool, StoreError>;
    /// Calls a reading off, and says whether it went on.
    fn cancel_seat_reading(&mut self, tenant: TenantId, id: &Id, now: Instant) -> Result<bool, StoreError>;
}

macro_rules! reading {
    ($rest:literal) => {
        concat!(
            "SELECT seat_reading.id, license.id, url, state, pages, used, failure, asked_at, seen_at, seat_reading.tenant
             FROM seat_reading JOIN license ON license.seq = seat_reading.license ",
            $rest
        )
    };
}

impl Readings for SqlTx<'_> {
    fn insert_seat_reading(&mut self, tenant: TenantId, reading: &SeatReading) -> Result<(), StoreError> {
        let license = need_row(self.sql, tenant, &reading.license)?;
        let text = "INSERT INTO seat_reading (tenant, license, id, url, state, pages, used, failure, asked_at, seen_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
        let values = values![
            tenant,
            license,
            &reading.id,
            &reading.url,
            reading.state.name(),
            reading.pages,
            number(reading.used),
            &reading.failure,
            reading.asked_at,
            reading.seen_at,
        ];
        let holder = "SELECT 1 FROM seat_reading WHERE tenant = ?1 AND id = ?3";
        insert(self.sql, text, values, "the license", &[Unique { what: "the reading's id", holder }])
    }

    fn seat_reading(&mut self, tenant: TenantId, id: &Id) -> Result<Option<SeatReading>, StoreError> {
        let text = reading!("WHERE seat_reading.tenant = ?1 AND seat_reading.id = ?2");
        one(self.sql, text, values![tenant, id], |row| read(row).map(|(_, reading)| reading))
    }

    fn open_seat_reading(
        &mut self,
        tenant: TenantId,
        license: &Id,
    ) -> Result<Option<SeatReading>, StoreError> {
        let license = need_row(self.sql, tenant, license)?;
        let text = reading!(
            "WHERE seat_reading.tenant = ?1 AND seat_reading.license = ?2
             AND (state = 'waiting' OR state = 'reading') ORDER BY seat_reading.seq LIMIT 1"
        );
        one(self.sql, text, values![tenant, license], |row| read(row).map(|(_, reading)| reading))
    }

    fn seat_readings_wait(&mut self, lost: Instant) -> Result<bool, StoreError> {
        let text = "SELECT 1 FROM seat_reading WHERE (state = 'waiting' OR state = 'reading')
                    AND (state = 'waiting' OR seen_at <= ?1) LIMIT 1";
        exists(self.sql, text, values![lost])
    }

    fn claim_seat_reading(
        &mut self,
        now: Instant,
        lost: Instant,
    ) -> Result<Option<(TenantId, SeatReading)>, StoreError> {
        let text = reading!(
            "WHERE (state = 'waiting' OR state = 'reading') AND (state = 'waiting' OR seen_at <= ?1)
             ORDER BY seat_reading.seq LIMIT 1"
        );
        let Some((tenant, mut found)) = one(self.sql, text, values![lost], read)? else { return Ok(None) };
        (found.state, found.pages, found.used, found.seen_at) = (ReadingState::Reading, 0, 0, now);
        let text = "UPDATE seat_reading SET state = 'reading', pages = 0, used = 0, seen_at = ?3
                    WHERE tenant = ?1 AND id = ?2";
        run(self.sql, text, values![tenant, &found.id, now])?;
        Ok(Some((tenant, found)))
    }

    fn keep_seat_reading(
        &mut self,
        tenant: TenantId,
        before: Instant,
        reading: &SeatReading,
    ) -> Result<bool, StoreError> {
        let text = "UPDATE seat_reading SET state = ?4, pages = ?5, used = ?6, failure = ?7, seen_at = ?8
                    WHERE tenant = ?1 AND id = ?2 AND state = 'reading' AND seen_at = ?3";
        let used = number(reading.used);
        let values: &[Value<'_>] = values![
            tenant,
            &reading.id,
            before,
            reading.state.name(),
            reading.pages,
            used,
            &reading.failure,
            reading.seen_at,
        ];
        if run(self.sql, text, values)? == 0 {
            return Ok(false);
        }
        if reading.state == ReadingState::Done {
            let license = need_row(self.sql, tenant, &reading.license)?;
            let text = "UPDATE seat_source SET used = ?2, read_at = ?3 WHERE license = ?1 AND url = ?4";
            run(self.sql, text, values![license, used, reading.seen_at, &reading.url])?;
        }
        Ok(true)
    }

    fn cancel_seat_reading(&mut self, tenant: TenantId, id: &Id, now: Instant) -> Result<bool, StoreError> {
        let text = "UPDATE seat_reading SET state = 'cancelled', seen_at = ?3
                    WHERE tenant = ?1 AND id = ?2 AND (state = 'waiting' OR state = 'reading')";
        run(self.sql, text, values![tenant, id, now]).map(|rows| rows > 0)
    }
}

fn read(row: &dyn Row) -> Result<(TenantId, SeatReading), StoreError> {
    let mut cells = Cells::of(row, "reading");
    let cells = &mut cells;
    let reading = SeatReading {
        id: cells.id()?,
        license: cells.id()?,
        url: cells.get()?,
        state: cells.parsed(ReadingState::from_name)?,
        pages: cells.get()?,
        used: count_maybe(cells)?.unwrap_or(0),
        failure: cells.get()?,
        asked_at: cells.instant()?,
        seen_at: cells.instant()?,
    };
    Ok((TenantId(cells.get()?), reading))
}
