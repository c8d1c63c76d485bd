mod row;
mod save;

use handcarry_format::{Id, Instant, KeyId};
use handcarry_rules::Activation;

use super::{SqlTx, licenses};
use crate::sql::{Cells, Sql, many, one, values};
use crate::{Page, SeatDifference, StoreError, TenantId};
pub(super) use row::{Stored, read, select};
pub(super) use save::hardware;

/// The devices that hold or held a license.
pub trait Activations {
    /// Adds or replaces an activation of a license, and keeps the license's number of taken seats.
    fn save_activation(
        &mut self,
        tenant: TenantId,
        license: &Id,
        activation: &Activation,
    ) -> Result<(), StoreError>;
    /// Activations of a license, newest first; the cursor is the last one's id.
    fn activations(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<Activation>, StoreError>;
    /// Licenses whose kept number of taken seats is wrong. Counts them all: for `doctor` and tests.
    fn seat_differences(&mut self, tenant: TenantId) -> Result<Vec<SeatDifference>, StoreError>;
}

impl Activations for SqlTx<'_> {
    fn save_activation(
        &mut self,
        tenant: TenantId,
        license: &Id,
        activation: &Activation,
    ) -> Result<(), StoreError> {
        let license = self.license_row(tenant, license)?;
        let found = self.known.activations.contains(&activation.id);
        save::save(self.sql, tenant, license, activation, found)
    }

    fn activations(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<Activation>, StoreError> {
        let sql = &mut *self.sql;
        let Some(license) = licenses::row(sql, tenant, license)? else { return Ok(Vec::new()) };
        let (before, row) = match &page.after {
            None => (i64::MAX, i64::MAX),
            Some(after) => {
                let after = Id::new(after).ok_or(StoreError::Cursor)?;
                let after = by_id(sql, tenant, &after)?.filter(|after| after.license == license);
                let after = after.ok_or(StoreError::Cursor)?;
                (after.activation.activated_at.unix(), after.row)
            }
        };
        let text = select!(
            "WHERE license = ?1 AND (activated_at, seq) < (?2, ?3)
             ORDER BY activated_at DESC, seq DESC LIMIT ?4"
        );
        many(sql, text, values![license, before, row, page.limit], |row| {
            read(row).map(|stored| stored.activation)
        })
    }

    fn seat_differences(&mut self, tenant: TenantId) -> Result<Vec<SeatDifference>, StoreError> {
        let text = "SELECT id, seats_used, counted FROM (
                      SELECT id, seats_used, (SELECT count(*) FROM activation
                        WHERE activation.license = license.seq
                          AND (returned_at IS NULL OR (seat_waits = 1 AND proven_at IS NULL))) AS counted
                      FROM license WHERE tenant = ?1) AS license
                    WHERE seats_used <> counted ORDER BY id";
        many(self.sql, text, values![tenant], |row| {
            let mut cells = Cells::of(row, "license");
            Ok(SeatDifference { license: cells.id()?, kept: cells.get()?, counted: cells.get()? })
        })
    }
}

pub(super) fn by_id(sql: &mut dyn Sql, tenant: TenantId, id: &Id) -> Result<Option<Stored>, StoreError> {
    one(sql, select!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id], read)
}

pub(super) fn by_row(sql: &mut dyn Sql, row: i64) -> Result<Option<Stored>, StoreError> {
    one(sql, select!("WHERE seq = ?1"), values![row], read)
}

/// The activation that a device holds; else the newest that it gave back. Never a retired one (HEX-06).
pub(super) fn of_device(
    sql: &mut dyn Sql,
    license: i64,
    device: KeyId,
) -> Result<Option<Stored>, StoreError> {
    let text = select!(
        "WHERE license = ?1 AND device = ?2 AND retired_at IS NULL
         ORDER BY returned_at IS NULL DESC, activated_at DESC, seq DESC LIMIT 1"
    );
    one(sql, text, values![license, device.to_string()], read)
}

/// D-26: from when on the seats of retired activations are free whose proof has not come.
pub(super) fn releases(sql: &mut dyn Sql, license: i64) -> Result<Vec<Instant>, StoreError> {
    let text = "SELECT seat_from FROM activation
                WHERE license = ?1 AND seat_from IS NOT NULL AND proven_at IS NULL ORDER BY seat_from";
    many(sql, text, values![license], |row| Cells::of(row, "activation").instant())
}
