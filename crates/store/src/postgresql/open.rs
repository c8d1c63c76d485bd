use super::address::Address;
use super::schema::{REFUSE, translate};
use super::session::Session;
use super::wire::{Wire, words};
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
        let mut first = Session::connect(&address)?;
        migrate(&mut first, address.schema.as_deref(), i64::MAX)?;
        let rest = (1..sessions).map(|_| Session::connect(&address));
        std::iter::once(Ok(first)).chain(rest).collect()
    });
    opening.join().unwrap_or(Err(StoreError::Panicked))
}

fn engine(error: tokio_postgres::Error) -> StoreError {
    StoreError::Engine(words(&error))
}

/// Brings a database to the schema of this number, or of this program if that is lower.
pub(crate) fn migrate(session: &mut Session, schema: Option<&str>, last: i64) -> Result<(), StoreError> {
    let done = session.wire().map_err(StoreError::from).and_then(|wire| bring(wire, schema, last));
    if done.is_err() {
        session.roll_back();
    }
    done
}

fn bring(wire: &Wire, schema: Option<&str>, last: i64) -> Result<(), StoreError> {
    let send = |sql: &str| wire.send(sql).map_err(engine);
    // Others may take their time here; the usual patience is for writing.
    send("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10min'")?;
    wire.row("SELECT pg_advisory_xact_lock($1)", &[&MIGRATING]).map_err(engine)?;
    if let Some(schema) = schema {
        send(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))?;
    }
    refuse_foreign(wire)?;
    send("CREATE TABLE IF NOT EXISTS schema (version BIGINT PRIMARY KEY)")?;
    let found = wire.row("SELECT coalesce(max(version), 0) FROM schema", &[]).map_err(engine)?;
    let found: i64 = found.map_or(0, |row| row.get(0));
    if found > newest() {
        return Err(StoreError::Newer { found, known: newest() });
    }
    send(OWN)?;
    for migration in up_to(last) {
        let new = "INSERT INTO schema (version) VALUES ($1) ON CONFLICT DO NOTHING RETURNING version";
        if wire.row(new, &[&migration.number]).map_err(engine)?.is_some() {
            send(REFUSE)?;
            send(&translate(migration.sql))?;
        }
    }
    send("DELETE FROM writer WHERE seen < now() - interval '7 days'")?;
    send("COMMIT")
}

/// Another program's tables are left alone.
fn refuse_foreign(wire: &Wire) -> Result<(), StoreError> {
    let tables = "SELECT count(*) > 0 AND NOT coalesce(bool_or(tablename = 'schema'), false) FROM pg_tables
                  WHERE schemaname = current_schema()";
    match wire.row(tables, &[]).map_err(engine)?.is_some_and(|row| row.get(0)) {
        true => Err(StoreError::Address("this is another program's database")),
        false => Ok(()),
    }
}
