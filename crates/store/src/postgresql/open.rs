use postgres::Transaction;

use super::address::Address;
use super::schema::{REFUSE, translate};
use super::session::Session;
use crate::StoreError;
use crate::migrations::{newest, up_to};

/// Everybody who opens a database takes this lock first, so that one of them migrates it.
const MIGRATING: i64 = 0x68_61_6e_64_63_61_72;

/// What only this engine needs. `writing` is empty: whoever writes locks it. `writer` says which turn each
/// writer took last.
const OWN: &str = "CREATE TABLE IF NOT EXISTS writing (nothing BIGINT);
    CREATE TABLE IF NOT EXISTS writer (id TEXT PRIMARY KEY, turn BIGINT NOT NULL, seen TIMESTAMPTZ NOT NULL);";

/// Connects `sessions` times, after bringing the database to this program's schema.
pub(crate) fn open(address: &Address, sessions: usize) -> Result<Vec<Session>, StoreError> {
    let address = address.clone();
    // The client brings a runtime of its own, which may not be started inside of the caller's.
    let opening = std::thread::spawn(move || {
        let mut first = Session::connect(&address).map_err(unreachable)?;
        migrate(&mut first, address.schema.as_deref(), i64::MAX)?;
        let rest = (1..sessions).map(|_| Session::connect(&address).map_err(unreachable));
        std::iter::once(Ok(first)).chain(rest).collect()
    });
    opening.join().unwrap_or(Err(StoreError::Panicked))
}

fn unreachable(error: postgres::Error) -> StoreError {
    StoreError::Engine(format!("PostgreSQL cannot be used: {}", words(&error)))
}

/// The error with its cause, which alone says what it is about.
fn words(error: &postgres::Error) -> String {
    let cause = std::error::Error::source(error);
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

fn engine(error: postgres::Error) -> StoreError {
    StoreError::Engine(words(&error))
}

/// Brings a database to the schema of this number, or of this program if that is lower.
pub(crate) fn migrate(session: &mut Session, schema: Option<&str>, last: i64) -> Result<(), StoreError> {
    let client = session.client().ok_or(StoreError::Busy)?;
    let start = client.build_transaction().isolation_level(postgres::IsolationLevel::ReadCommitted);
    let mut transaction = start.start().map_err(engine)?;
    // Others may take their time here; the usual patience is for writing.
    transaction.batch_execute("SET LOCAL lock_timeout = '10min'").map_err(engine)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATING]).map_err(engine)?;
    if let Some(schema) = schema {
        transaction.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).map_err(engine)?;
    }
    refuse_foreign(&mut transaction)?;
    let table = "CREATE TABLE IF NOT EXISTS schema (version BIGINT PRIMARY KEY)";
    transaction.batch_execute(table).map_err(engine)?;
    let latest = "SELECT coalesce(max(version), 0) FROM schema";
    let found: i64 = transaction.query_one(latest, &[]).map_err(engine)?.get(0);
    if found > newest() {
        return Err(StoreError::Newer { found, known: newest() });
    }
    transaction.batch_execute(OWN).map_err(engine)?;
    for migration in up_to(last) {
        let new = "INSERT INTO schema (version) VALUES ($1) ON CONFLICT DO NOTHING";
        if transaction.execute(new, &[&migration.number]).map_err(engine)? == 1 {
            transaction.batch_execute(REFUSE).map_err(engine)?;
            transaction.batch_execute(&translate(migration.sql)).map_err(engine)?;
        }
    }
    transaction.batch_execute("DELETE FROM writer WHERE seen < now() - interval '7 days'").map_err(engine)?;
    transaction.commit().map_err(engine)
}

/// Another program's tables are left alone.
fn refuse_foreign(transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
    let tables = "SELECT count(*) > 0 AND NOT coalesce(bool_or(tablename = 'schema'), false) FROM pg_tables
                  WHERE schemaname = current_schema()";
    match transaction.query_one(tables, &[]).map_err(engine)?.get(0) {
        true => Err(StoreError::Address("this is another program's database")),
        false => Ok(()),
    }
}
