use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Rows, Statement, ToSql, ffi};

use crate::StoreError;
use crate::sql::{Cell, Failure, Row, Sql, Value};

/// A transaction that is open on this connection.
pub(crate) struct Sqlite<'a>(pub(crate) &'a Connection);

impl Sqlite<'_> {
    /// A full disk ends the transaction, and work that overlooked the error must not go on outside of any.
    fn check_open(&self) -> Result<(), StoreError> {
        if self.0.is_autocommit() {
            return Err(StoreError::Engine("the transaction was ended by an error".to_owned()));
        }
        Ok(())
    }

    fn failure(&self, error: rusqlite::Error) -> Failure {
        let extended = error.sqlite_error().map(|error| error.extended_code);
        if extended == Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) {
            return Failure::Parent;
        }
        Failure::Store(engine_at(self.0, error))
    }
}

impl Sql for Sqlite<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        self.check_open()?;
        let mut statement = self.0.prepare_cached(sql).map_err(engine)?;
        bind(&mut statement, values).map_err(engine)?;
        statement.raw_execute().map(|rows| rows as u64).map_err(|error| self.failure(error))
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
    ) -> Result<(), Failure> {
        self.check_open()?;
        let mut statement = self.0.prepare_cached(sql).map_err(engine)?;
        bind(&mut statement, values).map_err(engine)?;
        // One that writes is followed to its end.
        let writes = !statement.readonly();
        let mut rows: Rows<'_> = statement.raw_query();
        let mut wanted = true;
        while (wanted || writes)
            && let Some(row) = rows.next().map_err(|error| self.failure(error))?
        {
            wanted = wanted && each(row)?;
        }
        Ok(())
    }
}

/// Values that the statement has no place for are left out.
fn bind(statement: &mut Statement<'_>, values: &[Value<'_>]) -> rusqlite::Result<()> {
    let places = statement.parameter_count();
    if places > values.len() {
        return Err(rusqlite::Error::InvalidParameterCount(values.len(), places));
    }
    (1..=places).zip(values).try_for_each(|(place, value)| statement.raw_bind_parameter(place, value))
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(value) => ValueRef::Integer(*value),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Row for rusqlite::Row<'_> {
    fn cell(&self, index: usize) -> Option<Cell<'_>> {
        match self.get_ref(index).ok()? {
            ValueRef::Null => Some(Cell::Null),
            ValueRef::Integer(value) => Some(Cell::Integer(value)),
            ValueRef::Text(text) => std::str::from_utf8(text).ok().map(Cell::Text),
            ValueRef::Blob(bytes) => Some(Cell::Bytes(bytes)),
            ValueRef::Real(_) => None,
        }
    }
}

/// An error that no caller can do anything about but report it, or come back later.
pub(crate) fn engine(error: rusqlite::Error) -> StoreError {
    let extended = error.sqlite_error().map(|error| error.extended_code);
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        // The engine's own word for ENOSPC, in its database and in its log; and what cannot be made longer for the
        // log's index, which others read, cannot be for want of room.
        Some(ErrorCode::DiskFull) => StoreError::Full(error.to_string()),
        _ if extended == Some(ffi::SQLITE_IOERR_SHMSIZE) => StoreError::Full(error.to_string()),
        _ => StoreError::Engine(error.to_string()),
    }
}

/// The same, and where there is no room is said.
pub(crate) fn engine_at(connection: &Connection, error: rusqlite::Error) -> StoreError {
    match engine(error) {
        StoreError::Full(words) => StoreError::Full(format!(
            "{}: {words}",
            connection.path().filter(|path| !path.is_empty()).unwrap_or("memory")
        )),
        other => other,
    }
}
