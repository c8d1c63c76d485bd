//! The tables of the schema, as the migrations make them.

use crate::StoreError;
use crate::sql::{Cells, Sql, exists, many, values};
use crate::sqlite::{Sqlite, open_memory};

/// A table.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The columns that order its rows.
    pub(super) key: Vec<String>,
    /// The column that is numbered, if one is.
    pub(super) numbered: Option<String>,
}

/// All tables, each after those that it refers to. An empty database in memory is the list.
pub(super) fn all() -> Result<Vec<Table>, StoreError> {
    let connection = open_memory()?;
    connection.execute_batch("BEGIN").map_err(|error| StoreError::Engine(error.to_string()))?;
    let sql: &mut dyn Sql = &mut Sqlite(&connection);
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                 AND name <> 'schema' ORDER BY rowid";
    let names: Vec<String> = many(sql, names, values![], |row| Cells::of(row, "table").get())?;
    names.into_iter().map(|name| table(sql, name)).collect()
}

fn table(sql: &mut dyn Sql, name: String) -> Result<Table, StoreError> {
    let text = "SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid";
    let columns: Vec<(String, String, i64)> = many(sql, text, values![&name], |row| {
        let mut cells = Cells::of(row, "table");
        Ok((cells.get()?, cells.get()?, cells.get()?))
    })?;
    let mut key: Vec<(i64, String)> = columns
        .iter()
        .filter(|(_, _, place)| *place > 0)
        .map(|(column, _, place)| (*place, column.clone()))
        .collect();
    key.sort();
    let numbered = match (&key[..], columns.iter().find(|(_, _, place)| *place > 0)) {
        ([(_, column)], Some((_, kind, _))) if kind == "INTEGER" => Some(column.clone()),
        _ => None,
    };
    if key.is_empty() {
        return Err(StoreError::Engine(format!("the table {name} has no primary key")));
    }
    Ok(Table {
        columns: columns.into_iter().map(|(column, _, _)| column).collect(),
        key: key.into_iter().map(|(_, column)| column).collect(),
        numbered,
        name,
    })
}

pub(super) fn is_empty(sql: &mut dyn Sql, table: &Table) -> Result<bool, StoreError> {
    Ok(!exists(sql, &format!("SELECT 1 FROM {} LIMIT 1", table.name), values![])?)
}
