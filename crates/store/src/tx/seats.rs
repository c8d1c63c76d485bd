use handcarry_format::{Id, Instant};
use handcarry_rules::holder::{TRIAL_SECONDS, UserSeat};

use super::SqlTx;
use crate::sql::{Cells, Row, many, one, put, values};
use crate::{Page, SeatCounts, SeatUser, StoreError, TenantId};

/// Users of licenses and their seats (ICE-07, ICE-12 to ICE-14).
pub trait Seats {
    /// One user of a license.
    fn seat_user(
        &mut self,
        tenant: TenantId,
        license: &Id,
        user: &str,
    ) -> Result<Option<SeatUser>, StoreError>;
    /// Adds or replaces a user of a license.
    fn save_seat_user(&mut self, tenant: TenantId, license: &Id, user: &SeatUser) -> Result<(), StoreError>;
    /// Users of a license by name; the cursor is the last one's name.
    fn seat_users(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<SeatUser>, StoreError>;
    /// How many users have which seat, as of an instant.
    fn seat_counts(&mut self, tenant: TenantId, license: &Id, now: Instant)
    -> Result<SeatCounts, StoreError>;
    /// Licenses whose users may be over the limit, by id after this one, at most so many: those with a user on trial,
    /// or with more full seats than `seats` of the license.
    fn licenses_to_compare(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Id>, StoreError>;
    /// Licenses whose maintenance ends on one of the days, by day and id, at most so many: `YYYY-MM-DD`, both included.
    fn licenses_by_maintenance(
        &mut self,
        tenant: TenantId,
        first: chrono::NaiveDate,
        last: chrono::NaiveDate,
        page: &Page,
    ) -> Result<Vec<Id>, StoreError>;
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT account, first_access, last_access, full_seat, trial_since FROM seat_user ", $rest)
    };
}

impl Seats for SqlTx<'_> {
    fn seat_user(
        &mut self,
        tenant: TenantId,
        license: &Id,
        user: &str,
    ) -> Result<Option<SeatUser>, StoreError> {
        let license = self.license_row(tenant, license)?;
        one(self.sql, select!("WHERE license = ?1 AND account = ?2"), values![license, user], read)
    }

    fn save_seat_user(&mut self, tenant: TenantId, license: &Id, user: &SeatUser) -> Result<(), StoreError> {
        let license = self.license_row(tenant, license)?;
        self.forget_beside();
        let text = "INSERT INTO seat_user (tenant, license, account, first_access, last_access, full_seat, trial_since)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                    ON CONFLICT (license, account) DO UPDATE SET last_access = excluded.last_access,
                      full_seat = excluded.full_seat, trial_since = excluded.trial_since";
        let seat = &user.seat;
        let values = values![
            tenant,
            license,
            &seat.user,
            seat.first_access,
            user.last_access,
            seat.full,
            seat.trial_since
        ];
        put(self.sql, text, values, "the license")
    }

    fn seat_users(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<SeatUser>, StoreError> {
        let license = self.license_row(tenant, license)?;
        let after = page.after.as_deref().unwrap_or("");
        let text = select!("WHERE license = ?1 AND account > ?2 ORDER BY account LIMIT ?3");
        many(self.sql, text, values![license, after, page.limit], read)
    }

    fn seat_counts(
        &mut self,
        tenant: TenantId,
        license: &Id,
        now: Instant,
    ) -> Result<SeatCounts, StoreError> {
        let license = self.license_row(tenant, license)?;
        let ended = now.plus_seconds(-TRIAL_SECONDS);
        let mut count = |text| {
            one(self.sql, text, values![license, ended], |row| Cells::of(row, "user").get::<u32>())
                .map(|count| count.unwrap_or(0))
        };
        Ok(SeatCounts {
            full: count("SELECT count(*) FROM seat_user WHERE license = ?1 AND full_seat = 1")?,
            trial: count(
                "SELECT count(*) FROM seat_user WHERE license = ?1 AND full_seat = 0 AND trial_since > ?2",
            )?,
            ended: count(
                "SELECT count(*) FROM seat_user WHERE license = ?1 AND full_seat = 0 AND trial_since <= ?2",
            )?,
        })
    }

    fn licenses_to_compare(
        &mut self,
        tenant: TenantId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Id>, StoreError> {
        let text = "SELECT id FROM license WHERE tenant = ?1 AND id > ?2 AND (
                      EXISTS (SELECT 1 FROM seat_user WHERE seat_user.tenant = ?1
                        AND seat_user.license = license.seq AND full_seat = 0 AND trial_since IS NOT NULL)
                      OR (SELECT count(*) FROM seat_user WHERE seat_user.license = license.seq AND full_seat = 1)
                        > coalesce(concurrent, seats_total))
                    ORDER BY id LIMIT ?3";
        many(self.sql, text, values![tenant, after, limit], |row| Cells::of(row, "license").id())
    }

    fn licenses_by_maintenance(
        &mut self,
        tenant: TenantId,
        first: chrono::NaiveDate,
        last: chrono::NaiveDate,
        page: &Page,
    ) -> Result<Vec<Id>, StoreError> {
        let text =
            "SELECT id FROM license WHERE tenant = ?1 AND maintenance_end >= ?2 AND maintenance_end <= ?3
                    AND id > ?4 ORDER BY id LIMIT ?5";
        let after = page.after.as_deref().unwrap_or("");
        let values = values![tenant, first.to_string(), last.to_string(), after, page.limit];
        many(self.sql, text, values, |row| Cells::of(row, "license").id())
    }
}

fn read(row: &dyn Row) -> Result<SeatUser, StoreError> {
    let mut cells = Cells::of(row, "user");
    let (user, first_access) = (cells.get()?, cells.instant()?);
    let last_access = cells.instant()?;
    let (full, trial_since) = (cells.get()?, cells.instant_maybe()?);
    Ok(SeatUser { seat: UserSeat { user, first_access, full, trial_since }, last_access })
}
