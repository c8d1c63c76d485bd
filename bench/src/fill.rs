//! A store with many activations: copies of genuine ones, with ids, digests and hardware of their own, so that every
//! index is as large and as mixed as it would be. Texts that nobody searches in are cut short: a million whole
//! answers would take twenty gigabytes, and are only read by their row.

use anyhow::Result;
use rusqlite::Connection;

use crate::filed::connect;
use crate::rows::columns;

/// Brings the number of activations to `count`. The store holds a few genuine ones, numbered from one, and their
/// documents.
pub(crate) fn fill(store: &str, shape: &str, count: i64) -> Result<()> {
    let shape = Connection::open(shape)?;
    let names = ["activation", "hardware", "document", "issued", "log"].map(|table| columns(&shape, table));
    if store.starts_with("postgres") {
        let mut client = connect(store)?;
        client.batch_execute("SET synchronous_commit = off")?;
        let there: i64 = client.query_one("SELECT count(*) FROM activation", &[])?.try_get(0)?;
        let head: i64 = client.query_one("SELECT max(seq) FROM log", &[])?.try_get(0)?;
        for statement in statements(&Postgres, names, there, head, count)? {
            client.batch_execute(&statement)?;
        }
        // Neither runs within a transaction, which two statements together would be.
        client.batch_execute("VACUUM ANALYZE")?;
        client.batch_execute("CHECKPOINT")?;
        return Ok(());
    }
    let connection = Connection::open(store)?;
    connection.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -2000000;",
    )?;
    let there = connection.query_row("SELECT count(*) FROM activation", [], |row| row.get(0))?;
    let head = connection.query_row("SELECT max(seq) FROM log", [], |row| row.get(0))?;
    for statement in statements(&Sqlite, names, there, head, count)? {
        connection.execute_batch(&statement)?;
    }
    connection.execute_batch(
        "PRAGMA analysis_limit = 1000; ANALYZE; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;",
    )?;
    Ok(())
}

/// Numbers from here on have one length, so that they sort as texts.
const FIRST: i64 = 10_000_000;

/// What the engines say in different words.
trait Engine {
    /// Random bytes, and random small hexadecimal digits for as many bytes.
    fn bytes(&self, count: u32) -> String;
    fn digits(&self, count: u32) -> String;
    /// A table `number` with the column `n`.
    fn numbers(&self, first: i64, last: i64) -> String;
    /// The bytes of a text.
    fn blob(&self, text: &str) -> String;
    /// Whatever follows rows that came with numbers of their own.
    fn numbered(&self, table: &str, column: &str) -> Option<String>;
}

struct Sqlite;

impl Engine for Sqlite {
    fn bytes(&self, count: u32) -> String {
        format!("randomblob({count})")
    }

    fn digits(&self, count: u32) -> String {
        format!("lower(hex(randomblob({count})))")
    }

    fn numbers(&self, first: i64, last: i64) -> String {
        format!(
            "CREATE TEMP TABLE number AS WITH RECURSIVE up (n) AS
             (SELECT {first} UNION ALL SELECT n + 1 FROM up WHERE n < {last}) SELECT n FROM up"
        )
    }

    fn blob(&self, text: &str) -> String {
        format!("CAST({text} AS BLOB)")
    }

    fn numbered(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}

struct Postgres;

impl Engine for Postgres {
    fn bytes(&self, count: u32) -> String {
        format!("decode({}, 'hex')", self.digits(count))
    }

    fn digits(&self, count: u32) -> String {
        format!("substr(md5(random()::text) || md5(random()::text), 1, {})", count * 2)
    }

    fn numbers(&self, first: i64, last: i64) -> String {
        format!("CREATE TEMP TABLE number AS SELECT n FROM generate_series({first}::bigint, {last}) AS g (n)")
    }

    fn blob(&self, text: &str) -> String {
        format!("convert_to({text}, 'UTF8')")
    }

    fn numbered(&self, table: &str, column: &str) -> Option<String> {
        Some(format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table}))"
        ))
    }
}

fn statements(
    engine: &dyn Engine,
    names: [Result<Vec<String>>; 5],
    there: i64,
    head: i64,
    count: i64,
) -> Result<Vec<String>> {
    let [activation, hardware, document, issued, log] = names;
    let new = |column: &str| format!("a.{column}");
    let text = |value: &str, most: u32| format!("substr({value}, 1, {most})");
    let added = format!("FROM activation a WHERE a.seq > {there}");
    let insert = |table: &str, columns: Vec<String>, value: &dyn Fn(&str) -> String, from: &str| {
        let values: Vec<String> = columns.iter().map(|column| value(column)).collect();
        format!("INSERT INTO {table} ({}) SELECT {} {from}", columns.join(", "), values.join(", "))
    };
    let mut all = vec![
        "CREATE TEMP TABLE one_activation AS SELECT * FROM activation".to_owned(),
        "CREATE TEMP TABLE one_document AS SELECT * FROM document".to_owned(),
        "CREATE TEMP TABLE one_issued AS SELECT * FROM issued".to_owned(),
        "CREATE TEMP TABLE one_log AS SELECT * FROM log WHERE event = 'document.accepted'".to_owned(),
        engine.numbers(there + 1, count),
        "BEGIN".to_owned(),
    ];
    all.push(insert(
        "activation",
        activation?,
        &|column| match column {
            "seq" => "n".to_owned(),
            // In the order of time, and before all that are made now.
            "id" => format!("'00A' || ({FIRST} + n)"),
            "device" => engine.digits(8),
            "device_name" => "'WS-F' || n".to_owned(),
            "request" | "newest" => engine.bytes(32),
            // A second apart: the newest are the genuine ones that come after.
            "activated_at" => format!("t.activated_at - ({count} - n)"),
            column => format!("t.{column}"),
        },
        &format!("FROM number JOIN one_activation t ON t.seq = 1 + n % {there}"),
    ));
    all.push(insert(
        "hardware",
        hardware?,
        &|column| match column {
            "hash" => engine.blob(&engine.digits(16)),
            "activation" => new("seq"),
            column => new(column),
        },
        &format!("FROM activation a CROSS JOIN (SELECT 1 AS part UNION ALL SELECT 2 UNION ALL SELECT 3) p WHERE a.seq > {there}"),
    ));
    let of = |table: &str| {
        added.replace("WHERE", &format!("JOIN {table} t ON t.activation = o.id WHERE")).replace(
            "FROM activation a",
            &format!("FROM activation a JOIN one_activation o ON o.seq = 1 + a.seq % {there}"),
        )
    };
    all.push(insert(
        "document",
        document?,
        &|column| match column {
            "seq" => new("seq"),
            "id" => format!("'00A' || ({FIRST} + a.seq)"),
            "digest" => new("request"),
            "activation" => new("id"),
            "answer" | "envelope" => text(&format!("t.{column}"), 64),
            column => format!("t.{column}"),
        },
        &of("one_document"),
    ));
    all.push(insert(
        "issued",
        issued?.into_iter().filter(|column| column != "seq").collect(),
        &|column| match column {
            "digest" => engine.bytes(32),
            "activation" => new("id"),
            "text" => text("t.text", 64),
            column => format!("t.{column}"),
        },
        &of("one_issued"),
    ));
    all.push(insert(
        "log",
        log?.into_iter().filter(|column| column != "id").collect(),
        &|column| match column {
            "seq" => format!("{head} + n - {there}"),
            "hash" => engine.bytes(32),
            column => format!("t.{column}"),
        },
        "FROM number JOIN (SELECT * FROM one_log LIMIT 1) t ON 1 = 1",
    ));
    all.push(format!("UPDATE log_head SET seq = {head} + {}", count - there));
    all.push(
        "UPDATE license SET
           seats_used = (SELECT count(*) FROM activation WHERE activation.license = license.seq),
           seats_made = (SELECT count(*) FROM activation WHERE activation.license = license.seq)"
            .to_owned(),
    );
    all.extend(
        [("activation", "seq"), ("document", "seq"), ("issued", "seq"), ("log", "id")]
            .into_iter()
            .filter_map(|(table, column)| engine.numbered(table, column)),
    );
    all.push("COMMIT".to_owned());
    Ok(all)
}
