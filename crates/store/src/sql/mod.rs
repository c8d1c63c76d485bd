//! What the repositories see of a database: statements, values and rows, the same on every engine.
//!
//! The statements are written in what SQLite and PostgreSQL both understand:
//!
//! - placeholders are `?1`, `?2` …; a statement may leave out any of the values that it is given;
//! - integers are 64 bits, flags are the integers 0 and 1: there is no boolean column;
//! - `INSERT … RETURNING seq`, `ON CONFLICT … DO …`, row values such as `(a, b) < (?1, ?2)`;
//! - `CASE` in place of the two-valued `min` and `max`; `CAST(sum(x) AS BIGINT)`;
//! - no name is a reserved word (`user`, `order`, `end`, `limit` …), and a text never holds a NUL.
//!
//! A call that fails may end the transaction on an engine: what can be refused in normal work is found out
//! before ([`add`], [`insert`]), never taken from the engine's error.
//!
//! An engine at the end of a wire waits for each answer. [`put`] and [`put_new`] are for statements whose answer
//! nobody looks at: they go out together with the next one that is waited for, in their order.

mod cells;
mod value;

pub(crate) use cells::{Cell, Cells, Row};
pub(crate) use value::{Value, values};

use crate::StoreError;

/// A transaction that is open on a database.
pub(crate) trait Sql {
    /// Runs a statement and says how many rows it changed.
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure>;

    /// Gives the rows of a statement, one after the other, until `each` says that it has enough (false).
    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
    ) -> Result<(), Failure>;

    /// Runs a statement of which only an error is of interest. It may run later than now, but before any that
    /// comes after it; its error may be the whole unit's.
    fn put(&mut self, sql: &str, values: &[Value<'_>], told: Told) -> Result<(), StoreError> {
        let rows = self.execute(sql, values).map_err(|failure| failure.of(told.parent))?;
        told.judge(rows)
    }
}

/// What the error of a statement means that was [`Sql::put`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// What its row refers to, as [`StoreError::Missing`] names it.
    pub(crate) parent: &'static str,
    /// It must add or change a row: [`StoreError::Taken`] of this if it did not.
    pub(crate) missed: Option<&'static str>,
}

impl Told {
    /// What it means that so many rows were added or changed.
    pub(crate) fn judge(self, rows: u64) -> Result<(), StoreError> {
        match self.missed {
            Some(what) if rows == 0 => Err(StoreError::Taken(what)),
            _ => Ok(()),
        }
    }
}

/// Why a statement failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A row that it refers to is not there.
    Parent,
    /// Anything else.
    Store(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error)
    }
}

impl Failure {
    /// `parent` is what the statement's row refers to.
    pub(crate) fn of(self, parent: &'static str) -> StoreError {
        match self {
            Failure::Parent => StoreError::Missing(parent),
            Failure::Store(error) => error,
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> StoreError {
        failure.of("a row that is referred to")
    }
}

/// The first row, if there is one.
pub(crate) fn one<T>(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    read: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut first = None;
    sql.query(text, values, &mut |row| {
        first = Some(read(row)?);
        Ok(false)
    })?;
    Ok(first)
}

/// All rows.
pub(crate) fn many<T>(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    read: impl Fn(&dyn Row) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    sql.query(text, values, &mut |row| {
        all.push(read(row)?);
        Ok(true)
    })?;
    Ok(all)
}

/// Whether there is a row.
pub(crate) fn exists(sql: &mut dyn Sql, text: &str, values: &[Value<'_>]) -> Result<bool, StoreError> {
    one(sql, text, values, |_| Ok(())).map(|row| row.is_some())
}

/// Runs a statement that breaks no constraint, and says how many rows it changed.
pub(crate) fn run(sql: &mut dyn Sql, text: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
    Ok(sql.execute(text, values)?)
}

/// Runs an `INSERT … ON CONFLICT …` and says whether a row was added or changed. `parent` is what the row
/// refers to: [`StoreError::Missing`] where that is not there, and the unit of work is over.
pub(crate) fn add(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    parent: &'static str,
) -> Result<bool, StoreError> {
    sql.execute(text, values).map(|rows| rows > 0).map_err(|failure| failure.of(parent))
}

/// Runs a statement, as [`run`] or [`add`] does, whose number of rows nobody looks at.
pub(crate) fn put(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    parent: &'static str,
) -> Result<(), StoreError> {
    sql.put(text, values, Told { parent, missed: None })
}

/// Runs an `INSERT … ON CONFLICT DO NOTHING` that adds its row unless the store is damaged: the unit of work
/// fails with [`StoreError::Taken`] of `what`, here or at its end. Where work goes on after it, [`insert`].
pub(crate) fn put_new(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    parent: &'static str,
    what: &'static str,
) -> Result<(), StoreError> {
    sql.put(text, values, Told { parent, missed: Some(what) })
}

/// A value that may be there once.
pub(crate) struct Unique {
    /// What it is, as [`StoreError::Taken`] names it.
    pub(crate) what: &'static str,
    /// Finds the row that has it, by the values of the statement that writes it.
    pub(crate) holder: &'static str,
}

/// Runs an `INSERT … ON CONFLICT DO NOTHING` that must add a row: [`StoreError::Taken`] says why it did not,
/// and leaves the transaction usable.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    text: &str,
    values: &[Value<'_>],
    parent: &'static str,
    unique: &[Unique],
) -> Result<(), StoreError> {
    if add(sql, text, values, parent)? {
        return Ok(());
    }
    refuse_taken(sql, values, unique)?;
    Err(StoreError::Engine("a row that is in the way cannot be found".to_owned()))
}

/// Before an update: refuses values that another row has.
pub(crate) fn refuse_taken(
    sql: &mut dyn Sql,
    values: &[Value<'_>],
    unique: &[Unique],
) -> Result<(), StoreError> {
    for unique in unique {
        if exists(sql, unique.holder, values)? {
            return Err(StoreError::Taken(unique.what));
        }
    }
    Ok(())
}
