//! Raw group commits: one thread, one connection, prepared statements, the rows of so many documents in each
//! transaction, and nothing else: nothing is looked up, decided, signed, hashed or answered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use rusqlite::types::Value;
use tokio_postgres::NoTls;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type};

use crate::rows::{Booked, Rows};

/// As the server sets them.
const PRAGMAS: &str =
    "PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8000;
    PRAGMA journal_size_limit = 67108864; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;";

/// What a batch changes beside its new rows: once each for all its documents, which is the least that can be.
const SEATS: &str =
    "UPDATE license SET seats_used = seats_used + $1, seats_made = seats_made + $1 WHERE seq = $2";
const HEAD: &str = "UPDATE log_head SET seq = $1, hash = $2 WHERE tenant = 1";

/// Documents a second, into a furnished store without documents.
pub(crate) fn run(store: &str, rows: &Rows, batch: usize, time: Duration) -> Result<f64> {
    if store.starts_with("postgres") {
        on_postgres(store, rows, batch, time)
    } else {
        on_file(store, rows, batch, time)
    }
}

fn on_file(store: &str, rows: &Rows, batch: usize, time: Duration) -> Result<f64> {
    let mut connection = rusqlite::Connection::open(store)?;
    connection.execute_batch(PRAGMAS)?;
    connection.set_prepared_statement_cache_capacity(32);
    let (began, mut done) = (Instant::now(), 0);
    for documents in rows.documents.chunks(batch) {
        if began.elapsed() > time {
            break;
        }
        let transaction = connection.transaction()?;
        for (place, values) in documents.iter().flat_map(|document| &document.rows) {
            let values = rusqlite::params_from_iter(values);
            transaction.prepare_cached(&rows.inserts[*place].sql)?.execute(values)?;
        }
        for (license, seats) in seats(documents) {
            transaction.prepare_cached(SEATS)?.execute([seats, license])?;
        }
        if let Some(last) = documents.last() {
            transaction.prepare_cached(HEAD)?.execute((last.head.0, &last.head.1))?;
        }
        transaction.commit()?;
        done += documents.len();
    }
    rate(done, began)
}

/// No statement waits for the one before: they follow each other over the wire, as the server's own do.
fn on_postgres(store: &str, rows: &Rows, batch: usize, time: Duration) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (server, schema) = store.split_once("?schema=").context("an address with ?schema=")?;
        let (client, connection) = tokio_postgres::connect(server, NoTls).await?;
        let wire = tokio::spawn(connection);
        client.batch_execute(&format!("SET search_path TO \"{schema}\"")).await?;
        let inserts: Vec<_> = try_join_all(rows.inserts.iter().map(|it| client.prepare(&it.sql))).await?;
        let (seats_of, head) = (client.prepare(SEATS).await?, client.prepare(HEAD).await?);
        let (began, mut done) = (Instant::now(), 0);
        for documents in rows.documents.chunks(batch) {
            if began.elapsed() > time {
                break;
            }
            client.batch_execute("BEGIN").await?;
            let all = documents.iter().flat_map(|document| &document.rows);
            try_join_all(
                all.map(|(place, values)| client.execute_raw(&inserts[*place], values.iter().map(Cell))),
            )
            .await?;
            for (license, seats) in seats(documents) {
                client.execute(&seats_of, &[&seats, &license]).await?;
            }
            if let Some(last) = documents.last() {
                client.execute(&head, &[&last.head.0, &last.head.1]).await?;
            }
            client.batch_execute("COMMIT").await?;
            done += documents.len();
        }
        drop(client);
        wire.await??;
        rate(done, began)
    })
}

fn seats(documents: &[Booked]) -> BTreeMap<i64, i64> {
    let mut seats = BTreeMap::new();
    documents.iter().for_each(|document| *seats.entry(document.license).or_default() += 1);
    seats
}

fn rate(done: usize, began: Instant) -> Result<f64> {
    ensure!(done > 0, "nothing was committed");
    Ok(done as f64 / began.elapsed().as_secs_f64())
}

/// A value as it is, of whatever type the column is.
#[derive(Debug)]
struct Cell<'a>(&'a Value);

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(value) => value.to_sql(of, out),
            Value::Real(value) => value.to_sql(of, out),
            Value::Text(text) => text.to_sql(of, out),
            Value::Blob(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
