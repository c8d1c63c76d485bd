use handcarry_format::{Id, Instant};
use handcarry_rules::holder::TRIAL_SECONDS;

use super::SqlTx;
use crate::sql::{Cells, add, many, one, put, run, values};
use crate::{DeviceWord, SeatCounts, SeatFigures, SeatSource, StoreError, TenantId, Transfer};

/// What was said and read of licenses in use: transfers, devices' reports, remote sources.
pub trait Used {
    /// Notes a transfer (ICE-25).
    fn note_transfer(
        &mut self,
        tenant: TenantId,
        license: &Id,
        transfer: &Transfer,
    ) -> Result<(), StoreError>;
    /// Transfers after an instant, oldest first.
    fn transfers(
        &mut self,
        tenant: TenantId,
        license: &Id,
        after: Instant,
    ) -> Result<Vec<Transfer>, StoreError>;

    /// Keeps what a device said last; none = it says nothing any more.
    fn set_device_word(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        word: Option<&DeviceWord>,
    ) -> Result<(), StoreError>;
    /// What a device said last.
    fn device_word(&mut self, tenant: TenantId, activation: &Id) -> Result<Option<DeviceWord>, StoreError>;
    /// Everything that is known of the license's use; none if there is no such license.
    fn seat_figures(
        &mut self,
        tenant: TenantId,
        license: &Id,
        now: Instant,
    ) -> Result<Option<SeatFigures>, StoreError>;

    /// Where the used seats of a license are counted (ICE-05).
    fn seat_source(&mut self, tenant: TenantId, license: &Id) -> Result<Option<SeatSource>, StoreError>;
    /// Names the source of a license, or takes it away. Another address forgets what was read.
    fn set_seat_source(
        &mut self,
        tenant: TenantId,
        license: &Id,
        url: Option<&str>,
    ) -> Result<(), StoreError>;
}

const ACTIVATION: &str = "SELECT seq, license FROM activation WHERE tenant = ?1 AND id = ?2";

impl Used for SqlTx<'_> {
    fn note_transfer(
        &mut self,
        tenant: TenantId,
        license: &Id,
        transfer: &Transfer,
    ) -> Result<(), StoreError> {
        let license = self.license_row(tenant, license)?;
        let text = "INSERT INTO transfer (tenant, license, activation, at, justification)
                    VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = values![tenant, license, &transfer.activation, transfer.at, &transfer.justification];
        put(self.sql, text, values, "the license")
    }

    fn transfers(
        &mut self,
        tenant: TenantId,
        license: &Id,
        after: Instant,
    ) -> Result<Vec<Transfer>, StoreError> {
        let license = self.license_row(tenant, license)?;
        let text = "SELECT activation, at, justification FROM transfer WHERE license = ?1 AND at > ?2
                    ORDER BY at, seq";
        many(self.sql, text, values![license, after], |row| {
            let mut cells = Cells::of(row, "transfer");
            Ok(Transfer { activation: cells.id()?, at: cells.instant()?, justification: cells.get()? })
        })
    }

    fn set_device_word(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        word: Option<&DeviceWord>,
    ) -> Result<(), StoreError> {
        self.forget_beside();
        let found = one(self.sql, ACTIVATION, values![tenant, activation], |row| {
            let mut cells = Cells::of(row, "activation");
            Ok((cells.get::<i64>()?, cells.get::<i64>()?))
        })?;
        let Some((row, license)) = found else { return Err(StoreError::Missing("the activation")) };
        let Some(word) = word else {
            let text = "DELETE FROM device_word WHERE activation = ?1";
            return put(self.sql, text, values![row], "the activation");
        };
        let text = "INSERT INTO device_word (activation, license, at, mismatch_since, seats_used)
                    VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (activation) DO UPDATE SET at = excluded.at,
                      mismatch_since = excluded.mismatch_since, seats_used = excluded.seats_used";
        let seats_used = word.seats_used.map(number);
        let values = values![row, license, word.at, word.mismatch_since, seats_used];
        put(self.sql, text, values, "the activation")
    }

    fn device_word(&mut self, tenant: TenantId, activation: &Id) -> Result<Option<DeviceWord>, StoreError> {
        let text = "SELECT at, mismatch_since, seats_used FROM device_word
                    WHERE activation = (SELECT seq FROM activation WHERE tenant = ?1 AND id = ?2)";
        one(self.sql, text, values![tenant, activation], |row| {
            let mut cells = Cells::of(row, "device's word");
            let (at, mismatch_since) = (cells.instant()?, cells.instant_maybe()?);
            Ok(DeviceWord { at, mismatch_since, seats_used: count_maybe(&mut cells)? })
        })
    }

    fn seat_figures(
        &mut self,
        tenant: TenantId,
        license: &Id,
        now: Instant,
    ) -> Result<Option<SeatFigures>, StoreError> {
        if self.beside(tenant, license).is_some_and(|beside| !beside.has_figures()) {
            return Ok(Some(SeatFigures::default()));
        }
        // One statement: this is read with every document.
        let text = "SELECT
            (SELECT count(*) FROM seat_user WHERE seat_user.license = license.seq AND full_seat = 1),
            (SELECT count(*) FROM seat_user
              WHERE seat_user.license = license.seq AND full_seat = 0 AND trial_since > ?3),
            (SELECT count(*) FROM seat_user
              WHERE seat_user.license = license.seq AND full_seat = 0 AND trial_since <= ?3),
            (SELECT CAST(sum(device_word.seats_used) AS BIGINT) FROM device_word
              JOIN activation ON activation.seq = device_word.activation
              WHERE device_word.license = license.seq AND returned_at IS NULL),
            (SELECT min(mismatch_since) FROM device_word
              JOIN activation ON activation.seq = device_word.activation
              WHERE device_word.license = license.seq AND returned_at IS NULL),
            url, used, read_at
          FROM license LEFT JOIN seat_source ON seat_source.license = license.seq
          WHERE license.tenant = ?1 AND license.id = ?2";
        let ended = now.plus_seconds(-TRIAL_SECONDS);
        one(self.sql, text, values![tenant, license, ended], |row| {
            let mut cells = Cells::of(row, "license");
            let users = SeatCounts { full: cells.get()?, trial: cells.get()?, ended: cells.get()? };
            let (reported, mismatch_since) = (count_maybe(&mut cells)?, cells.instant_maybe()?);
            let url: Option<String> = cells.get()?;
            let last = count_maybe(&mut cells)?.zip(cells.instant_maybe()?);
            let source = url.map(|url| SeatSource { url, last });
            Ok(SeatFigures { users, reported, mismatch_since, source })
        })
    }

    fn seat_source(&mut self, tenant: TenantId, license: &Id) -> Result<Option<SeatSource>, StoreError> {
        let license = self.license_row(tenant, license)?;
        let text = "SELECT url, used, read_at FROM seat_source WHERE license = ?1";
        one(self.sql, text, values![license], |row| {
            let mut cells = Cells::of(row, "source");
            let url = cells.get()?;
            let (used, read_at) = (count_maybe(&mut cells)?, cells.instant_maybe()?);
            Ok(SeatSource { url, last: used.zip(read_at) })
        })
    }

    fn set_seat_source(
        &mut self,
        tenant: TenantId,
        license: &Id,
        url: Option<&str>,
    ) -> Result<(), StoreError> {
        let license = self.license_row(tenant, license)?;
        self.forget_beside();
        let Some(url) = url else {
            return run(self.sql, "DELETE FROM seat_source WHERE license = ?1", values![license]).map(drop);
        };
        let text = "INSERT INTO seat_source (license, url) VALUES (?1, ?2)
                    ON CONFLICT (license) DO UPDATE SET url = excluded.url, used = NULL, read_at = NULL
                    WHERE seat_source.url <> excluded.url";
        add(self.sql, text, values![license, url], "the license").map(drop)
    }
}

/// A number of users as a column holds it; more than that is as good as that.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn count_maybe(cells: &mut Cells<'_>) -> Result<Option<u64>, StoreError> {
    let count: Option<i64> = cells.get()?;
    count.map(|count| u64::try_from(count).map_err(|_| cells.unreadable())).transpose()
}
