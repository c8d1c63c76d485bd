//! Faults on purpose, in builds with the feature `test-faults` alone: a step of a transaction fails, loses its
//! transaction, or is done without anybody hearing of it. A step is what goes to the database: a begin, a
//! statement, a savepoint, a commit.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::StoreError;
use crate::sql::{Failure, Row, Sql, Told, Value};

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The database refuses it, by an error of its own.
    Refused,
    /// The transaction is gone: its connection is cut, or the engine has ended it as on a full disk.
    Lost,
    /// It is committed, and an error is reported. Of this one only commits are steps.
    Unheard,
}

/// Says when a store's next fault comes. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    armed: Option<(u32, Fault)>,
    struck: Option<String>,
}

impl PartialEq for Faults {
    fn eq(&self, other: &Faults) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Faults {}

thread_local! {
    static HERE: RefCell<Option<Faults>> = const { RefCell::new(None) };
}

impl Faults {
    /// The step of this number from now on, from 1, gets this fault: once.
    pub fn arm(&self, step: u32, fault: Fault) {
        *self.lock() = State { armed: Some((step, fault)), struck: None };
    }

    /// No fault any more. Gives the step that was struck since the last call to [`Faults::arm`].
    pub fn disarm(&self) -> Option<String> {
        std::mem::take(&mut *self.lock()).struck
    }

    /// What this thread does from now on are steps.
    pub(crate) fn begin_here(&self) {
        HERE.with(|here| *here.borrow_mut() = Some(self.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A step begins: the fault that it gets.
fn strike(sql: &str) -> Option<Fault> {
    let faults = HERE.with(|here| here.borrow().clone())?;
    let mut state = faults.lock();
    let (left, fault) = state.armed.as_mut()?;
    if *fault == Fault::Unheard && !sql.ends_with("COMMIT") {
        return None;
    }
    *left = left.saturating_sub(1);
    if *left > 0 {
        return None;
    }
    let fault = *fault;
    *state = State { armed: None, struck: Some(sql.to_owned()) };
    Some(fault)
}

/// Runs what begins or ends a transaction. `refused` is the engine's word for its own errors; `lose` ends the
/// transaction without a word, and gives what the engine finds then.
pub(crate) fn around<C, E>(
    sql: &str,
    on: &mut C,
    run: impl FnOnce(&mut C) -> Result<(), E>,
    refused: impl FnOnce(StoreError) -> E,
    lose: impl FnOnce(&mut C) -> E,
) -> Result<(), E> {
    let ends_nothing = sql.starts_with("PRAGMA") || sql == "ROLLBACK";
    match if ends_nothing { None } else { strike(sql) } {
        None => run(on),
        Some(Fault::Refused) => Err(refused(StoreError::Engine("a fault on purpose".to_owned()))),
        Some(Fault::Lost) => Err(lose(on)),
        Some(Fault::Unheard) => run(on).and_then(|()| Err(lose(on))),
    }
}

/// A transaction with faults in its way.
pub(crate) struct Faulty<'a> {
    sql: &'a mut dyn Sql,
    lose: &'static str,
}

impl<'a> Faulty<'a> {
    /// `lose` is the statement by which the engine loses its transaction.
    pub(crate) fn over(sql: &'a mut dyn Sql, lose: &'static str) -> Faulty<'a> {
        Faulty { sql, lose }
    }

    fn step(&mut self, sql: &str) -> Result<(), Failure> {
        let statement = match strike(sql) {
            None => return Ok(()),
            Some(Fault::Refused) => "SELECT nothing FROM a_table_that_is_not_there",
            Some(Fault::Lost | Fault::Unheard) => self.lose,
        };
        self.sql.query(statement, &[], &mut |_| Ok(true))?;
        Err(StoreError::Engine("the transaction was lost on purpose".to_owned()).into())
    }
}

impl Sql for Faulty<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.step(sql)?;
        self.sql.execute(sql, values)
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
    ) -> Result<(), Failure> {
        self.step(sql)?;
        self.sql.query(sql, values, each)
    }

    fn put(&mut self, sql: &str, values: &[Value<'_>], told: Told) -> Result<(), StoreError> {
        self.step(sql)?;
        self.sql.put(sql, values, told)
    }
}
