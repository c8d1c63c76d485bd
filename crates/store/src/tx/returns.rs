use handcarry_format::{Id, Instant};
use handcarry_rules::{Reason, ReasonCode, StaffAction};

use super::SqlTx;
use super::log::number;
use crate::sql::{Cells, Row, Unique, insert, many, one, put, run, values};
use crate::{Decided, Page, StaffEntry, StaffRecord, StaffState, StoreError, TenantId};

/// What staff ask for without the device (HEX-05 to HEX-10, re-host, D-11, D-28).
pub trait Returns {
    /// Keeps what staff asked for; refuses an id that is taken.
    fn insert_staff_record(&mut self, tenant: TenantId, record: &StaffRecord) -> Result<(), StoreError>;
    /// Writes down what became of what waits; what was decided stays as it is ([`StoreError::Stale`]).
    fn update_staff_record(&mut self, tenant: TenantId, record: &StaffRecord) -> Result<(), StoreError>;
    /// One record.
    fn staff_record(&mut self, tenant: TenantId, id: &Id) -> Result<Option<StaffRecord>, StoreError>;
    /// What waits for an activation, oldest first: at most a few.
    fn waiting_for(&mut self, tenant: TenantId, activation: &Id) -> Result<Vec<StaffRecord>, StoreError>;
    /// Records, oldest first, of one state or of all; the cursor is the last one's `seq`.
    fn staff_records(
        &mut self,
        tenant: TenantId,
        state: Option<StaffState>,
        page: &Page,
    ) -> Result<Vec<StaffEntry>, StoreError>;
    /// What waits and is due by `now`, oldest first, at most `limit`.
    fn due_staff_records(
        &mut self,
        tenant: TenantId,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<StaffRecord>, StoreError>;
    /// When the next of them is due.
    fn next_staff_due(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError>;
    /// The orphan has proven that it destroyed its license: cases that its signs of life opened are closed.
    fn close_orphan_cases(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        at: Instant,
    ) -> Result<(), StoreError>;
    /// Re-hosts and losses of the tenant after `since` that no proof has given back.
    fn rehosts_since(&mut self, tenant: TenantId, since: Instant) -> Result<u32, StoreError>;
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, id, action, license, activation, reason, words, asked_by, asked_at, trace, waits, due_at,
               state, decided_by, decided_at, remark FROM staff_action ",
            $rest
        )
    };
}

impl Returns for SqlTx<'_> {
    fn insert_staff_record(&mut self, tenant: TenantId, record: &StaffRecord) -> Result<(), StoreError> {
        let text =
            "INSERT INTO staff_action (tenant, id, action, license, activation, reason, words, asked_by,
                      asked_at, trace, waits, due_at, state, decided_by, decided_at, remark)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                    ON CONFLICT DO NOTHING";
        let decided = record.decided.as_ref();
        let values = values![
            tenant,
            &record.id,
            record.action.name(),
            &record.license,
            &record.activation,
            record.reason.as_ref().map(|reason| reason.code.name()),
            record.reason.as_ref().map_or("", |reason| reason.text.as_str()),
            &record.by,
            record.at,
            &record.trace,
            &record.waits,
            record.due,
            record.state.name(),
            decided.and_then(|decided| decided.by.as_deref()),
            decided.map(|decided| decided.at),
            decided.map_or("", |decided| decided.remark.as_str()),
        ];
        let unique = [Unique {
            what: "the action's id",
            holder: "SELECT 1 FROM staff_action WHERE tenant = ?1 AND id = ?2",
        }];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn update_staff_record(&mut self, tenant: TenantId, record: &StaffRecord) -> Result<(), StoreError> {
        let text =
            "UPDATE staff_action SET waits = ?3, due_at = ?4, state = ?5, decided_by = ?6, decided_at = ?7,
                      remark = ?8 WHERE tenant = ?1 AND id = ?2 AND state = 'waiting'";
        let decided = record.decided.as_ref();
        let values = values![
            tenant,
            &record.id,
            &record.waits,
            record.due,
            record.state.name(),
            decided.and_then(|decided| decided.by.as_deref()),
            decided.map(|decided| decided.at),
            decided.map_or("", |decided| decided.remark.as_str()),
        ];
        if run(self.sql, text, values)? == 1 {
            return Ok(());
        }
        match self.staff_record(tenant, &record.id)? {
            Some(_) => Err(StoreError::Stale("action")),
            None => Err(StoreError::Missing("the action")),
        }
    }

    fn staff_record(&mut self, tenant: TenantId, id: &Id) -> Result<Option<StaffRecord>, StoreError> {
        let found = one(self.sql, select!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id], read)?;
        Ok(found.map(|entry| entry.record))
    }

    fn waiting_for(&mut self, tenant: TenantId, activation: &Id) -> Result<Vec<StaffRecord>, StoreError> {
        let text = select!("WHERE tenant = ?1 AND activation = ?2 AND state = 'waiting' ORDER BY seq");
        let found = many(self.sql, text, values![tenant, activation], read)?;
        Ok(found.into_iter().map(|entry| entry.record).collect())
    }

    fn staff_records(
        &mut self,
        tenant: TenantId,
        state: Option<StaffState>,
        page: &Page,
    ) -> Result<Vec<StaffEntry>, StoreError> {
        let text = if state.is_some() {
            select!("WHERE tenant = ?1 AND state = ?4 AND seq > ?2 ORDER BY seq LIMIT ?3")
        } else {
            select!("WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
        };
        let values = values![tenant, number(page)?, page.limit, state.map(StaffState::name)];
        many(self.sql, text, values, read)
    }

    fn due_staff_records(
        &mut self,
        tenant: TenantId,
        now: Instant,
        limit: u32,
    ) -> Result<Vec<StaffRecord>, StoreError> {
        let text = select!("WHERE tenant = ?1 AND state = 'waiting' AND due_at <= ?2 ORDER BY seq LIMIT ?3");
        let found = many(self.sql, text, values![tenant, now, limit], read)?;
        Ok(found.into_iter().map(|entry| entry.record).collect())
    }

    fn next_staff_due(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
        let text = "SELECT min(due_at) FROM staff_action WHERE tenant = ?1 AND state = 'waiting'";
        let found =
            one(self.sql, text, values![tenant], |row| Cells::of(row, "staff action").instant_maybe())?;
        Ok(found.flatten())
    }

    fn close_orphan_cases(
        &mut self,
        tenant: TenantId,
        activation: &Id,
        at: Instant,
    ) -> Result<(), StoreError> {
        let text = "UPDATE desk_case SET closed_at = ?3, closed_by = 'proof', closed_why = ''
                    WHERE tenant = ?1 AND activation = ?2 AND kind = 'orphan' AND closed_at IS NULL";
        put(self.sql, text, values![tenant, activation, at], "the activation")
    }

    fn rehosts_since(&mut self, tenant: TenantId, since: Instant) -> Result<u32, StoreError> {
        let text = "SELECT count(*) FROM activation WHERE tenant = ?1 AND retired_at IS NOT NULL
                      AND retired_at > ?2 AND proven_at IS NULL AND retired_how <> 'returned'";
        let counted = one(self.sql, text, values![tenant, since], |row| Cells::of(row, "activation").get())?;
        Ok(counted.unwrap_or(0))
    }
}

fn read(row: &dyn Row) -> Result<StaffEntry, StoreError> {
    let mut cells = Cells::of(row, "staff action");
    let cells = &mut cells;
    Ok(StaffEntry {
        seq: cells.get()?,
        record: StaffRecord {
            id: cells.id()?,
            action: cells.parsed(StaffAction::from_name)?,
            license: cells.id()?,
            activation: cells.id()?,
            reason: {
                let (code, text) = (cells.parsed_maybe(ReasonCode::from_name)?, cells.get()?);
                code.map(|code| Reason { code, text })
            },
            by: cells.get()?,
            at: cells.instant()?,
            trace: cells.get()?,
            waits: cells.get()?,
            due: cells.instant_maybe()?,
            state: cells.parsed(StaffState::from_name)?,
            decided: {
                let (by, at, remark) = (cells.get()?, cells.instant_maybe()?, cells.get()?);
                at.map(|at| Decided { by, at, remark })
            },
        },
    })
}
