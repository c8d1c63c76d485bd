use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::errors::engine;
use crate::StoreError;

/// Numbered from 1; a file that was released is never changed.
const MIGRATIONS: &[&str] = &[include_str!("../../migrations/sqlite/0001_first.sql")];

/// How long another process may hold the write lock, such as a command beside a running server.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path).map_err(engine)?;
    connection.busy_timeout(PATIENCE).map_err(engine)?;
    prepare(&connection, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000;")?;
    migrate(&mut connection)?;
    Ok(connection)
}

pub(crate) fn open_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory().map_err(engine)?;
    prepare(&connection, "")?;
    migrate(&mut connection)?;
    Ok(connection)
}

pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    // Not opened read-only: the first to open a database after a crash must be able to recover its log.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(engine)?;
    connection.busy_timeout(PATIENCE).map_err(engine)?;
    prepare(&connection, "PRAGMA query_only = ON;")?;
    Ok(connection)
}

/// Full synchronization: what is committed has reached the disk. The cache is 64 MiB.
fn prepare(connection: &Connection, more: &str) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(128);
    let pragmas = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; \
                   PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";
    connection.execute_batch(pragmas).map_err(engine)?;
    connection.execute_batch(more).map_err(engine)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
    transaction
        .execute_batch("CREATE TABLE IF NOT EXISTS schema (version INTEGER PRIMARY KEY) STRICT")
        .map_err(engine)?;
    let version = "SELECT coalesce(max(version), 0) FROM schema";
    let found: i64 = transaction.query_row(version, [], |row| row.get(0)).map_err(engine)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (number, sql) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > found) {
        transaction.execute_batch(sql).map_err(engine)?;
        transaction.execute("INSERT INTO schema (version) VALUES (?1)", [number]).map_err(engine)?;
    }
    transaction.commit().map_err(engine)
}
