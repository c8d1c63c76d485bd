use chrono::NaiveDate;
use handcarry_format::{Digest, Id, Instant, Kind, PublicKey};
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};

use super::errors::engine;
use crate::StoreError;

/// Reads the columns of a row in the order in which the query names them.
pub(super) struct Cells<'a> {
    row: &'a Row<'a>,
    what: &'static str,
    next: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn of(row: &'a Row<'a>, what: &'static str) -> Cells<'a> {
        Cells { row, what, next: 0 }
    }

    pub(super) fn get<T: FromSql>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next += 1;
        self.row.get(index).map_err(|_| self.unreadable())
    }

    pub(super) fn unreadable(&self) -> StoreError {
        StoreError::Unreadable(self.what)
    }

    /// A text that must parse.
    pub(super) fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        self.parsed_maybe(parse)?.ok_or_else(|| self.unreadable())
    }

    /// A text that must parse if it is there.
    pub(super) fn parsed_maybe<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let index = self.next;
        self.next += 1;
        let text = self.row.get_ref(index).ok().and_then(|value| value.as_str_or_null().ok());
        match text {
            Some(Some(text)) => parse(text).map(Some).ok_or_else(|| self.unreadable()),
            Some(None) => Ok(None),
            None => Err(self.unreadable()),
        }
    }

    pub(super) fn id(&mut self) -> Result<Id, StoreError> {
        self.parsed(Id::new)
    }

    pub(super) fn kind(&mut self) -> Result<Kind, StoreError> {
        self.parsed(Kind::from_name)
    }

    pub(super) fn day_maybe(&mut self) -> Result<Option<NaiveDate>, StoreError> {
        self.parsed_maybe(|text| text.parse().ok())
    }

    pub(super) fn instant(&mut self) -> Result<Instant, StoreError> {
        self.instant_maybe()?.ok_or_else(|| self.unreadable())
    }

    pub(super) fn instant_maybe(&mut self) -> Result<Option<Instant>, StoreError> {
        let seconds: Option<i64> = self.get()?;
        seconds.map(|seconds| Instant::from_unix(seconds).ok_or_else(|| self.unreadable())).transpose()
    }

    pub(super) fn digest(&mut self) -> Result<Digest, StoreError> {
        self.get().map(Digest::from_bytes)
    }

    pub(super) fn digest_maybe(&mut self) -> Result<Option<Digest>, StoreError> {
        self.get::<Option<[u8; 32]>>().map(|bytes| bytes.map(Digest::from_bytes))
    }

    pub(super) fn key(&mut self) -> Result<PublicKey, StoreError> {
        let bytes: [u8; 32] = self.get()?;
        PublicKey::from_bytes(&bytes).ok_or_else(|| self.unreadable())
    }
}

/// The first row, if there is one.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(engine)?;
    let mut rows = statement.query(params).map_err(engine)?;
    rows.next().map_err(engine)?.map(read).transpose()
}

/// All rows.
pub(super) fn many<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql).map_err(engine)?;
    let mut rows = statement.query(params).map_err(engine)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(engine)? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Runs a statement and says how many rows it changed.
pub(super) fn run(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    connection.prepare_cached(sql)?.execute(params)
}

/// Values that have a JSON form always have one: no map of theirs has other keys than texts.
pub(super) fn to_json(value: &impl serde::Serialize, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

pub(super) fn day(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.to_string())
}
