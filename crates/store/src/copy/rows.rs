use std::borrow::Cow;

use handcarry_format::Digest;
use sha2::{Digest as _, Sha256};

use super::TableContents;
use super::tables::Table;
use crate::StoreError;
use crate::sql::{Cell, Row, Sql, Value, run};

/// Rows and bytes that are written at a time.
const ROWS: usize = 100;
const BYTES: usize = 4 << 20;

/// Reads a table in the order of its key, gives each row away and says what it was.
pub(super) fn digest(
    sql: &mut dyn Sql,
    table: &Table,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), StoreError>,
) -> Result<TableContents, StoreError> {
    let text =
        format!("SELECT {} FROM {} ORDER BY {}", table.columns.join(", "), table.name, table.key.join(", "));
    let (mut hash, mut rows) = (Sha256::new(), 0);
    sql.query(&text, &[], &mut |row: &dyn Row| {
        let cells: Option<Vec<Cell<'_>>> = (0..table.columns.len()).map(|index| row.cell(index)).collect();
        let cells = cells.ok_or(StoreError::Unreadable("row"))?;
        cells.iter().for_each(|cell| feed(&mut hash, cell));
        rows += 1;
        each(&cells)?;
        Ok(true)
    })?;
    let digest = Digest::from_bytes(hash.finalize().into());
    Ok(TableContents { table: table.name.clone(), rows, digest })
}

fn feed(hash: &mut Sha256, cell: &Cell<'_>) {
    let (kind, bytes) = match cell {
        Cell::Null => return hash.update([0]),
        Cell::Integer(value) => {
            hash.update([1]);
            return hash.update(value.to_be_bytes());
        }
        Cell::Text(text) => (2, text.as_bytes()),
        Cell::Bytes(bytes) => (3, *bytes),
    };
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// Writes rows, several at a time.
pub(super) struct Writer<'a> {
    sql: &'a mut dyn Sql,
    table: &'a Table,
    waiting: Vec<Kept>,
    bytes: usize,
}

/// A value on its way.
enum Kept {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl<'a> Writer<'a> {
    pub(super) fn new(sql: &'a mut dyn Sql, table: &'a Table) -> Writer<'a> {
        Writer { sql, table, waiting: Vec::new(), bytes: 0 }
    }

    pub(super) fn add(&mut self, row: &[Cell<'_>]) -> Result<(), StoreError> {
        for cell in row {
            self.waiting.push(match *cell {
                Cell::Null => Kept::Null,
                Cell::Integer(value) => Kept::Integer(value),
                Cell::Text(text) => Kept::Text(text.to_owned()),
                Cell::Bytes(bytes) => Kept::Bytes(bytes.to_vec()),
            });
            self.bytes += match cell {
                Cell::Null | Cell::Integer(_) => 8,
                Cell::Text(text) => text.len(),
                Cell::Bytes(bytes) => bytes.len(),
            };
        }
        let rows = self.waiting.len() / self.table.columns.len();
        if rows >= ROWS || self.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    pub(super) fn flush(&mut self) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let width = self.table.columns.len();
        let tuple = |row: usize| {
            let places: Vec<String> =
                (1..=width).map(|column| format!("?{}", row * width + column)).collect();
            format!("({})", places.join(", "))
        };
        let tuples: Vec<String> = (0..self.waiting.len() / width).map(tuple).collect();
        let text = format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.table.name,
            self.table.columns.join(", "),
            tuples.join(", ")
        );
        let values: Vec<Value<'_>> = self
            .waiting
            .iter()
            .map(|kept| match kept {
                Kept::Null => Value::Null,
                Kept::Integer(value) => Value::Integer(*value),
                Kept::Text(text) => Value::Text(Cow::Borrowed(text)),
                Kept::Bytes(bytes) => Value::Bytes(bytes),
            })
            .collect();
        run(self.sql, &text, &values)?;
        self.waiting.clear();
        self.bytes = 0;
        Ok(())
    }
}
