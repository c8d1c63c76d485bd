use bytes::BytesMut;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::errors::{Trouble, is_foreign_key, trouble};
use super::placeholders::Place;
use super::session::Session;
use crate::StoreError;
use crate::sql::{Cell, Failure, Row, Sql, Value};

/// A transaction that is open in this session.
pub(crate) struct Postgres<'a> {
    session: &'a mut Session,
    may_write: bool,
    /// What ended the transaction.
    pub(super) trouble: Option<Trouble>,
}

type Problem = Box<dyn std::error::Error + Sync + Send>;

impl<'a> Postgres<'a> {
    pub(crate) fn new(session: &'a mut Session, may_write: bool) -> Postgres<'a> {
        Postgres { session, may_write, trouble: None }
    }

    fn failed(&mut self, error: &postgres::Error) -> Failure {
        let trouble = self.trouble.insert(trouble(error)).clone();
        if is_foreign_key(error) { Failure::Parent } else { Failure::Store(trouble.into()) }
    }

    fn check(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.trouble.is_some() {
            return Err(StoreError::Engine("the transaction was ended by an error".to_owned()));
        }
        let start = sql.trim_start();
        let reads = ["SELECT", "WITH"].iter().any(|word| start.starts_with(word));
        // The transaction refuses it too, but is over then.
        if !self.may_write && !reads {
            return Err(StoreError::ReadOnly);
        }
        let has_nul = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
        if !reads && values.iter().any(has_nul) {
            return Err(StoreError::Engine("a text with a NUL cannot be stored".to_owned()));
        }
        Ok(())
    }
}

impl Sql for Postgres<'_> {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        let mut changed = 0;
        self.run(sql, values, &mut |_| Ok(false), &mut changed)?;
        Ok(changed)
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
    ) -> Result<(), Failure> {
        self.run(sql, values, each, &mut 0)
    }
}

impl Postgres<'_> {
    fn run(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
        changed: &mut u64,
    ) -> Result<(), Failure> {
        self.check(sql, values)?;
        let outcome = self.session.run(sql, values, each, changed);
        outcome.map_err(|error| match error {
            RunError::Row(error) => Failure::Store(error),
            RunError::Lost => {
                self.trouble = Some(Trouble::Lost);
                Failure::Store(Trouble::Lost.into())
            }
            RunError::Engine(error) => self.failed(&error),
        })
    }
}

static NULL: Value<'_> = Value::Null;
static YES: Value<'_> = Value::Integer(1);
static NO: Value<'_> = Value::Integer(0);

/// Why a statement failed.
pub(super) enum RunError {
    /// A row could not be read: the transaction is as it was.
    Row(StoreError),
    /// There is no connection.
    Lost,
    Engine(postgres::Error),
}

impl From<postgres::Error> for RunError {
    fn from(error: postgres::Error) -> RunError {
        RunError::Engine(error)
    }
}

impl Session {
    fn run(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
        changed: &mut u64,
    ) -> Result<(), RunError> {
        let (client, statement) = self.prepared(sql, values)?;
        let places = statement.places.iter().map(|place| match *place {
            Place::Value(value) => values.get(value).unwrap_or(&NULL),
            Place::IsNull(value) => match values.get(value) {
                Some(Value::Null) | None => &YES,
                Some(_) => &NO,
            },
        });
        let mut rows = client.query_raw(&statement.statement, places)?;
        let mut wanted = true;
        while let Some(row) = rows.next()? {
            // The rest is fetched all the same, and the statement runs to its end.
            wanted = wanted && each(&row).map_err(RunError::Row)?;
        }
        *changed = rows.rows_affected().unwrap_or(0);
        Ok(())
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Value::Integer(value) if *kind == Type::INT8 => value.to_sql(kind, out),
            // No text that is stored holds one: what is looked for with it is not found.
            Value::Text(text) if text.contains('\0') => text.replace('\0', "\u{fffd}").to_sql(kind, out),
            Value::Text(text) if <&str as ToSql>::accepts(kind) => text.as_ref().to_sql(kind, out),
            Value::Bytes(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            other => Err(format!("no {kind} can be made of {other:?}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

struct PgCell<'a>(Cell<'a>);

impl<'a> FromSql<'a> for PgCell<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Problem> {
        Ok(PgCell(match *kind {
            Type::INT8 => Cell::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Integer(i32::from_sql(kind, raw)?.into()),
            Type::BYTEA => Cell::Bytes(raw),
            _ => Cell::Text(<&str>::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Problem> {
        Ok(PgCell(Cell::Null))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::INT4 | Type::BYTEA | Type::TEXT | Type::VARCHAR)
    }
}

impl Row for postgres::Row {
    fn cell(&self, index: usize) -> Option<Cell<'_>> {
        self.try_get::<_, PgCell<'_>>(index).ok().map(|cell| cell.0)
    }
}
