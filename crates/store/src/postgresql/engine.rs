use std::sync::Arc;

use tokio_postgres::Row as PgRow;

use super::errors::{Trouble, is_foreign_key, trouble};
use super::session::{Prepared, Session};
use super::turn::Fault;
use crate::StoreError;
use crate::sql::{Failure, Row, Sql, Told, Value};

/// A transaction that is open in this session.
pub(crate) struct Postgres<'a> {
    session: &'a mut Session,
    may_write: bool,
    /// It is a unit of a writer's turn: what nobody waits for may wait, and what was read is known.
    unit: Option<usize>,
    /// What ended the transaction.
    pub(super) trouble: Option<Trouble>,
}

type Each<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>;

impl<'a> Postgres<'a> {
    pub(crate) fn new(session: &'a mut Session, may_write: bool) -> Postgres<'a> {
        Postgres { session, may_write, unit: None, trouble: None }
    }

    /// A unit of the session's turn.
    pub(super) fn unit(session: &'a mut Session, unit: usize) -> Postgres<'a> {
        session.turn.unit(unit);
        Postgres { session, may_write: true, unit: Some(unit), trouble: None }
    }

    fn check(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.trouble.is_some() {
            return Err(StoreError::Engine("the transaction was ended by an error".to_owned()));
        }
        let start = sql.trim_start();
        let reads = ["SELECT", "WITH"].iter().any(|word| start.starts_with(word));
        // The transaction refuses it too, but is over then.
        if !self.may_write && !reads {
            return Err(StoreError::ReadOnly);
        }
        let has_nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
        if !reads && values.iter().any(has_nul) {
            return Err(StoreError::Engine("a text with a NUL cannot be stored".to_owned()));
        }
        Ok(())
    }

    /// The transaction, or the unit in it, is over.
    fn over(&mut self, trouble: Trouble, parent: bool) -> Failure {
        let trouble = self.trouble.insert(trouble).clone();
        if parent { Failure::Parent } else { Failure::Store(trouble.into()) }
    }

    fn at_fault(&mut self, fault: Fault) -> Failure {
        match (fault.trouble, fault.unit) {
            (Trouble::Failed(error), None) => self.over(Trouble::Whole(error), false),
            // This unit may have been led astray by what is taken back now.
            (Trouble::Failed(_), unit) if unit != self.unit => self.over(Trouble::Apart, false),
            (trouble, _) => self.over(trouble, fault.parent),
        }
    }

    fn prepared(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Arc<Prepared>, Failure> {
        self.check(sql, values)?;
        self.session.prepared(sql, values).map_err(|trouble| self.over(trouble, false))
    }

    fn run(&mut self, sql: &str, values: &[Value<'_>], each: Each<'_>) -> Result<u64, Failure> {
        let prepared = self.prepared(sql, values)?;
        let values = prepared.encode(values).map_err(|trouble| self.over(trouble, false))?;
        let (mut wanted, mut unreadable) = (true, None);
        let mut row = |row: &PgRow| {
            // The rest is fetched all the same, and the statement runs to its end.
            if wanted {
                wanted = each(row).unwrap_or_else(|error| {
                    unreadable = Some(error);
                    false
                });
            }
        };
        let changed = if self.unit.is_none() {
            let ready = self.session.plan_anew(1).and_then(|()| self.session.wire());
            let wire = ready.map_err(|trouble| (trouble, false));
            let changed = wire.and_then(|wire| {
                let done = wire.each(&prepared.statement, &values, &mut row);
                done.map_err(|error| (trouble(&error), is_foreign_key(&error)))
            });
            changed.map_err(|(trouble, parent)| self.over(trouble, parent))?
        } else if prepared.effect.writes() {
            let said = self.session.ask(&prepared, values).map_err(|fault| self.at_fault(fault))?;
            said.rows.iter().for_each(&mut row);
            said.changed
        } else {
            let rows = self.session.look(&prepared, values).map_err(|fault| self.at_fault(fault))?;
            rows.iter().for_each(&mut row);
            0
        };
        unreadable.map_or(Ok(changed), |error| Err(Failure::Store(error)))
    }
}

impl Sql for Postgres<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.run(sql, values, &mut |_| Ok(false))
    }

    fn query(&mut self, sql: &str, values: &[Value<'_>], each: Each<'_>) -> Result<(), Failure> {
        self.run(sql, values, each).map(drop)
    }

    fn put(&mut self, sql: &str, values: &[Value<'_>], told: Told) -> Result<(), StoreError> {
        // Nobody counts rows later: that a row is in the way must be an error of the server's.
        let must = told.missed.and_then(|_| sql.trim_end().strip_suffix("ON CONFLICT DO NOTHING"));
        if self.unit.is_none() || (told.missed.is_some() && must.is_none()) {
            return self
                .execute(sql, values)
                .map_err(|failure| failure.of(told.parent))
                .and_then(|rows| told.judge(rows));
        }
        let prepared = self.prepared(must.unwrap_or(sql), values)?;
        let values = prepared.encode(values).map_err(|trouble| self.over(trouble, false))?;
        self.session.put(&prepared, values, told).map_err(|fault| self.at_fault(fault).of(told.parent))
    }
}
