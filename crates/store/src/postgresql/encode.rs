//! Values as the server reads them, and what is read from its rows.

use std::ops::Range;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::placeholders::Place;
use crate::sql::{Cell, Row, Value};

type Problem = Box<dyn std::error::Error + Sync + Send>;

static NULL: Value<'_> = Value::Null;
static YES: Value<'_> = Value::Integer(1);
static NO: Value<'_> = Value::Integer(0);

/// The values of a statement, each as it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Encoded {
    bytes: BytesMut,
    places: Vec<Option<Range<usize>>>,
}

impl Encoded {
    /// What goes into each place, of the type that the statement gives to it.
    pub(super) fn of(places: &[Place], types: &[Type], values: &[Value<'_>]) -> Result<Encoded, Problem> {
        let mut encoded = Encoded { bytes: BytesMut::new(), places: Vec::with_capacity(places.len()) };
        for (place, kind) in places.iter().zip(types) {
            let value = match *place {
                Place::Value(value) => values.get(value).unwrap_or(&NULL),
                Place::IsNull(value) => match values.get(value) {
                    Some(Value::Null) | None => &YES,
                    Some(_) => &NO,
                },
            };
            let start = encoded.bytes.len();
            encoded.places.push(match value.to_sql(kind, &mut encoded.bytes)? {
                IsNull::Yes => None,
                IsNull::No => Some(start..encoded.bytes.len()),
            });
        }
        Ok(encoded)
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn places(&self) -> impl ExactSizeIterator<Item = Ready<'_>> {
        self.places.iter().map(|place| Ready(place.clone().and_then(|range| self.bytes.get(range))))
    }
}

/// A value that is encoded already.
#[derive(Debug)]
pub(super) struct Ready<'a>(Option<&'a [u8]>);

impl ToSql for Ready<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        let Some(bytes) = self.0 else { return Ok(IsNull::Yes) };
        out.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Value<'_> {
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

impl Row for tokio_postgres::Row {
    fn cell(&self, index: usize) -> Option<Cell<'_>> {
        self.try_get::<_, PgCell<'_>>(index).ok().map(|cell| cell.0)
    }
}
