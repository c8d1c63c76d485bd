//! A whole store, row by row: from one engine to the other, and what is in it.

mod raw;
mod rows;
mod tables;

use handcarry_format::Digest;

use crate::StoreError;
use raw::Raw;
use rows::{Writer, digest};
use tables::Table;

/// What a table of a store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableContents {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over its rows in the order of their primary key, the same on every engine. Each value is a
    /// byte for its kind (0 none, 1 integer, 2 text, 3 bytes) and then, for an integer, eight bytes, else the
    /// length as eight bytes and the bytes; all big-endian.
    pub digest: Digest,
}

/// What is in the store at this address, at one moment; the store may be in use. Opening brings it to this
/// program's schema. Blocks, and panics inside of a runtime.
pub fn contents(uri: &str) -> Result<Vec<TableContents>, StoreError> {
    contents_of(&mut Raw::open_existing(uri)?)
}

/// Copies a whole store into an empty one, in one transaction, and compares them after that. The one that is
/// copied may be in use: what is copied is its state at one moment. Blocks, and panics inside of a runtime.
///
/// Refuses an address that has no store, and a store that is not empty. If it fails nothing was copied.
pub fn copy(from: &str, to: &str) -> Result<Vec<TableContents>, StoreError> {
    let mut from = Raw::open_existing(from)?;
    let mut to = Raw::open(to)?;
    from.begin(false)?;
    to.begin(true)?;
    let mut copied = Vec::new();
    for table in tables::all()? {
        if !tables::is_empty(&mut *to.sql(), &table)? {
            return Err(StoreError::Address("the store to copy to is not empty"));
        }
        let mut target = to.sql();
        let mut writer = Writer::new(&mut *target, &table);
        copied.push(digest(&mut *from.sql(), &table, &mut |row| writer.add(row))?);
        writer.flush()?;
        drop(target);
        let highest = from.highest(&table)?;
        to.set_highest(&table, highest.unwrap_or(0))?;
    }
    to.end(true)?;
    from.end(false)?;
    let there = contents_of(&mut to)?;
    match there.iter().zip(&copied).find(|(there, copied)| there != copied) {
        None if there.len() == copied.len() => Ok(copied),
        _ => Err(StoreError::Engine("what was written is not what was read".to_owned())),
    }
}

/// A store that tests look at again and again, as [`contents`] does once.
#[cfg(feature = "test-faults")]
pub struct Look(Raw, Vec<Table>);

#[cfg(feature = "test-faults")]
impl Look {
    /// Opens it.
    pub fn at(uri: &str) -> Result<Look, StoreError> {
        Ok(Look(Raw::open_existing(uri)?, tables::all()?))
    }

    /// What is there now.
    pub fn contents(&mut self) -> Result<Vec<TableContents>, StoreError> {
        of_tables(&mut self.0, &self.1)
    }
}

#[cfg(feature = "test-faults")]
impl std::fmt::Debug for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Look").finish_non_exhaustive()
    }
}

fn contents_of(raw: &mut Raw) -> Result<Vec<TableContents>, StoreError> {
    of_tables(raw, &tables::all()?)
}

fn of_tables(raw: &mut Raw, all: &[Table]) -> Result<Vec<TableContents>, StoreError> {
    raw.begin(false)?;
    let contents = all.iter().map(|table| digest(&mut *raw.sql(), table, &mut |_| Ok(()))).collect();
    raw.end(false)?;
    contents
}
