use super::tables::Table;
use crate::postgresql::{Postgres, Session};
use crate::sql::{Cells, Sql, one, run, values};
use crate::sqlite::Sqlite;
use crate::store::Place;
use crate::{StoreError, postgresql, sqlite};

/// A database with a connection of its own and one transaction at a time, beside any store.
pub(super) enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres { session: Box<Session>, writes: bool },
}

impl Raw {
    /// Opens a database that is there.
    pub(super) fn open_existing(uri: &str) -> Result<Raw, StoreError> {
        if let Place::File(path) = Place::parse(uri)?
            && !path.exists()
        {
            return Err(StoreError::Address("there is no such file"));
        }
        Raw::open(uri)
    }

    /// Opens a database and brings it to this program's schema.
    pub(super) fn open(uri: &str) -> Result<Raw, StoreError> {
        match Place::parse(uri)? {
            Place::Memory => Err(StoreError::Address("a store in memory is its process's own")),
            Place::File(path) => sqlite::open_file(&path).map(Raw::Sqlite),
            Place::Server(config) => {
                let session = postgresql::open(&config, 1)?.pop().ok_or(StoreError::Closed)?;
                Ok(Raw::Postgres { session: Box::new(session), writes: false })
            }
        }
    }

    /// Begins a transaction: one that writes is alone, one that reads sees one state.
    pub(super) fn begin(&mut self, write: bool) -> Result<(), StoreError> {
        match self {
            Raw::Sqlite(connection) => {
                let text = if write { "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON" } else { "BEGIN" };
                connection.execute_batch(text).map_err(sqlite::engine)
            }
            Raw::Postgres { session, writes } => {
                *writes = write;
                session.begin(write)
            }
        }
    }

    pub(super) fn sql(&mut self) -> Box<dyn Sql + '_> {
        match self {
            Raw::Sqlite(connection) => Box::new(Sqlite(connection)),
            Raw::Postgres { session, writes } => Box::new(Postgres::new(session, *writes)),
        }
    }

    /// Ends the transaction; one that is dropped is rolled back.
    pub(super) fn end(&mut self, commit: bool) -> Result<(), StoreError> {
        let text = if commit { "COMMIT" } else { "ROLLBACK" };
        match self {
            Raw::Sqlite(connection) => connection.execute_batch(text).map_err(sqlite::engine),
            Raw::Postgres { session, .. } => session.send(text),
        }
    }

    /// The highest number that a table ever gave to a row, where rows that are gone keep theirs.
    pub(super) fn highest(&mut self, table: &Table) -> Result<Option<i64>, StoreError> {
        let Some(column) = &table.numbered else { return Ok(None) };
        let text = match self {
            Raw::Sqlite(_) => "SELECT seq FROM sqlite_sequence WHERE name = ?1".to_owned(),
            Raw::Postgres { .. } => format!(
                "SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence('{}', '{column}') AS regclass))",
                table.name
            ),
        };
        let read = |row: &dyn crate::sql::Row| Cells::of(row, "number").get();
        Ok(one(&mut *self.sql(), &text, values![&table.name], read)?.flatten())
    }

    /// The next row of the table gets a higher number than this, and than any that is there.
    pub(super) fn set_highest(&mut self, table: &Table, highest: i64) -> Result<(), StoreError> {
        let Some(column) = &table.numbered else { return Ok(()) };
        let name = &table.name;
        if let Raw::Sqlite(_) = self {
            let mut sql = self.sql();
            // Only tables that number their rows for ever have a line here, once they had a row.
            let text = "UPDATE sqlite_sequence SET seq = ?2 WHERE name = ?1 AND seq < ?2";
            return run(&mut *sql, text, values![name, highest]).map(drop);
        }
        let text = format!(
            "SELECT setval(pg_get_serial_sequence('{name}', '{column}'),
               greatest(?1, coalesce((SELECT max({column}) FROM {name}), 1)))"
        );
        one(&mut *self.sql(), &text, values![highest], |_| Ok(())).map(drop)
    }
}
