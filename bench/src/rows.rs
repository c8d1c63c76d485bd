//! All rows that one booked document leaves in a store, taken from one that the server has filled.

use anyhow::{Result, ensure};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// A table that documents leave rows in, and how the rows of one are found.
struct Source {
    table: &'static str,
    found: &'static str,
}

/// Parents before their children. `?1` is the document's row number, which is its activation's as well: one writer
/// numbers both from one.
const SOURCES: [Source; 5] = [
    Source { table: "activation", found: "id = (SELECT activation FROM document WHERE seq = ?1)" },
    Source {
        table: "hardware",
        found: "activation = (SELECT seq FROM activation WHERE tenant = 1
                AND id = (SELECT activation FROM document WHERE seq = ?1))
                AND license = (SELECT license FROM activation WHERE tenant = 1
                AND id = (SELECT activation FROM document WHERE seq = ?1))",
    },
    Source { table: "issued", found: "seq IN (2 * ?1 - 1, 2 * ?1)" },
    Source { table: "document", found: "seq = ?1" },
    Source { table: "log", found: "tenant = 1 AND seq = ?1 + ?2" },
];

/// One statement with a place for each column.
pub(crate) struct Insert {
    pub(crate) sql: String,
}

/// The rows of one document.
pub(crate) struct Booked {
    /// Values, each with the place of its statement.
    pub(crate) rows: Vec<(usize, Vec<Value>)>,
    /// The row number of its license.
    pub(crate) license: i64,
    /// The log's end after it.
    pub(crate) head: (i64, Vec<u8>),
}

/// The rows of many documents.
pub(crate) struct Rows {
    pub(crate) inserts: Vec<Insert>,
    pub(crate) documents: Vec<Booked>,
}

impl Rows {
    /// Rows a document, on average.
    pub(crate) fn each(&self) -> f64 {
        let all: usize = self.documents.iter().map(|document| document.rows.len()).sum();
        all as f64 / self.documents.len().max(1) as f64
    }

    /// Bytes of the values of a document, on average.
    pub(crate) fn size(&self) -> f64 {
        let size = |value: &Value| match value {
            Value::Null => 0,
            Value::Integer(_) | Value::Real(_) => 8,
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
        };
        let rows = self.documents.iter().flat_map(|document| &document.rows);
        let all: usize = rows.flat_map(|(_, values)| values).map(size).sum();
        all as f64 / self.documents.len().max(1) as f64
    }
}

/// The names of a table's columns.
pub(crate) fn columns(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    Ok(statement.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Reads the first documents of a store that held none before.
pub(crate) fn read(store: &str, most: usize) -> Result<Rows> {
    let connection = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let documents = count("SELECT count(*) FROM document")?;
    let before = count("SELECT count(*) FROM log WHERE event <> 'document.accepted'")?;
    let mut inserts = Vec::new();
    let mut selects = Vec::new();
    for Source { table, found } in SOURCES {
        let columns = columns(&connection, table)?;
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let names = columns.join(", ");
        inserts.push(Insert { sql: format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", ")) });
        selects.push((format!("SELECT {names} FROM {table} WHERE {found}"), columns));
    }
    let mut all = Vec::new();
    for seq in 1..=documents.min(i64::try_from(most)?) {
        let mut booked = Booked { rows: Vec::new(), license: 0, head: (0, Vec::new()) };
        for (place, (sql, columns)) in selects.iter().enumerate() {
            let mut statement = connection.prepare_cached(sql)?;
            let wanted = statement.parameter_count();
            let values = [seq, before];
            let mut rows = statement.query(rusqlite::params_from_iter(&values[..wanted]))?;
            while let Some(row) = rows.next()? {
                let values: Vec<Value> =
                    (0..columns.len()).map(|column| row.get(column)).collect::<Result<_, _>>()?;
                let of = |name: &str| columns.iter().position(|column| column == name);
                match (SOURCES[place].table, of("license"), of("seq"), of("hash")) {
                    ("activation", Some(license), ..) => booked.license = integer(&values[license]),
                    ("log", _, Some(seq), Some(hash)) => {
                        booked.head = (integer(&values[seq]), bytes(&values[hash]));
                    }
                    _ => {}
                }
                booked.rows.push((place, values));
            }
        }
        ensure!(booked.license > 0 && booked.head.0 > 0, "document {seq} is not as expected");
        all.push(booked);
    }
    Ok(Rows { inserts, documents: all })
}

fn integer(value: &Value) -> i64 {
    if let Value::Integer(value) = value { *value } else { 0 }
}

fn bytes(value: &Value) -> Vec<u8> {
    if let Value::Blob(bytes) = value { bytes.clone() } else { Vec::new() }
}
