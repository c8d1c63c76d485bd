use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::engine::engine;
use crate::StoreError;
use crate::migrations::{newest, up_to};

/// How long another process may hold the write lock, such as a command beside a running server.
const PATIENCE: Duration = Duration::from_secs(10);

/// Readers too: the first to open a database after a crash must be able to recover its log.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

pub(crate) fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let mut connection =
        Connection::open_with_flags(path, FLAGS | OpenFlags::SQLITE_OPEN_CREATE).map_err(engine)?;
    connection.busy_timeout(PATIENCE).map_err(engine)?;
    refuse_foreign(&connection)?;
    // What one large document made of the log is given up again.
    let log = "PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864;";
    prepare(&connection, log)?;
    migrate(&mut connection, i64::MAX)?;
    Ok(connection)
}

pub(crate) fn open_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory().map_err(engine)?;
    prepare(&connection, "")?;
    migrate(&mut connection, i64::MAX)?;
    Ok(connection)
}

pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, FLAGS).map_err(engine)?;
    connection.busy_timeout(PATIENCE).map_err(engine)?;
    prepare(&connection, "PRAGMA query_only = ON; PRAGMA cache_size = -16384;")?;
    Ok(connection)
}

/// For the one that brings the log back into the database.
pub(crate) fn open_keeper(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, FLAGS).map_err(engine)?;
    prepare(&connection, "PRAGMA cache_size = -1024;")?;
    Ok(connection)
}

/// Full synchronization: what is committed has reached the disk.
fn prepare(connection: &Connection, more: &str) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(256);
    // One plan a statement: else a bound LIMIT is planned for, and each new value prepares the statement anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(engine)?;
    let pragmas = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
                   PRAGMA trusted_schema = OFF;";
    connection.execute_batch(pragmas).map_err(engine)?;
    connection.execute_batch(more).map_err(engine)
}

/// Another program's database is not touched.
fn refuse_foreign(connection: &Connection) -> Result<(), StoreError> {
    let tables = "SELECT count(*) > 0 AND NOT max(name = 'schema') FROM sqlite_schema WHERE type = 'table'";
    let foreign = connection.query_row(tables, [], |row| row.get::<_, Option<bool>>(0)).map_err(engine)?;
    match foreign {
        Some(true) => Err(StoreError::Address("this is another program's database")),
        _ => Ok(()),
    }
}

/// Brings a database to the schema of this number, or of this program if that is lower.
pub(crate) fn migrate(connection: &mut Connection, last: i64) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine)?;
    let table = "CREATE TABLE IF NOT EXISTS schema (version INTEGER PRIMARY KEY) STRICT";
    transaction.execute_batch(table).map_err(engine)?;
    let latest = "SELECT coalesce(max(version), 0) FROM schema";
    let found: i64 = transaction.query_row(latest, [], |row| row.get(0)).map_err(engine)?;
    if found > newest() {
        return Err(StoreError::Newer { found, known: newest() });
    }
    for migration in up_to(last) {
        let new = "INSERT INTO schema (version) VALUES (?1) ON CONFLICT DO NOTHING";
        if transaction.execute(new, [migration.number]).map_err(engine)? == 1 {
            transaction.execute_batch(migration.sql).map_err(engine)?;
        }
    }
    transaction.commit().map_err(engine)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_prepared_once_whatever_it_is_given() {
        let connection = open_memory().unwrap();
        let text =
            "SELECT seq FROM activation WHERE license = ?1 ORDER BY activated_at DESC, seq DESC LIMIT ?2";
        let mut statement = connection.prepare_cached(text).unwrap();
        for limit in [1, 17, 25] {
            assert!(!statement.exists((limit, limit)).unwrap());
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
