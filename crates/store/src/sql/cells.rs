use chrono::NaiveDate;
use handcarry_format::{Digest, Id, Instant, Kind, PublicKey};

use crate::StoreError;

/// What stands in one column of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A row of a result.
pub(crate) trait Row {
    /// A column, from 0; none = there is no such column, or it holds none of these.
    fn cell(&self, index: usize) -> Option<Cell<'_>>;
}

/// A value that is read from a cell; none = that cell holds none.
pub(crate) trait FromCell: Sized {
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

macro_rules! integers {
    ($($integer:ty),+) => {
        $(impl FromCell for $integer {
            fn from_cell(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Integer(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        })+
    };
}
integers!(i64, i32, u32, u16, u8);

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Integer(value) => Some(value != 0),
            _ => None,
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// Reads the columns of a row in the order in which the query names them.
pub(crate) struct Cells<'a> {
    row: &'a dyn Row,
    what: &'static str,
    next: usize,
}

impl<'a> Cells<'a> {
    /// `what` the row is, for the error that it cannot be read.
    pub(crate) fn of(row: &'a dyn Row, what: &'static str) -> Cells<'a> {
        Cells { row, what, next: 0 }
    }

    fn next(&mut self) -> Result<Cell<'a>, StoreError> {
        let index = self.next;
        self.next += 1;
        self.row.cell(index).ok_or_else(|| self.unreadable())
    }

    pub(crate) fn get<T: FromCell>(&mut self) -> Result<T, StoreError> {
        let cell = self.next()?;
        T::from_cell(cell).ok_or_else(|| self.unreadable())
    }

    pub(crate) fn unreadable(&self) -> StoreError {
        StoreError::Unreadable(self.what)
    }

    /// A text that must parse.
    pub(crate) fn parsed<T>(&mut self, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        self.parsed_maybe(parse)?.ok_or_else(|| self.unreadable())
    }

    /// A text that must parse if it is there.
    pub(crate) fn parsed_maybe<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.next()? {
            Cell::Text(text) => parse(text).map(Some).ok_or_else(|| self.unreadable()),
            Cell::Null => Ok(None),
            _ => Err(self.unreadable()),
        }
    }

    pub(crate) fn id(&mut self) -> Result<Id, StoreError> {
        self.parsed(Id::new)
    }

    pub(crate) fn kind(&mut self) -> Result<Kind, StoreError> {
        self.parsed(Kind::from_name)
    }

    pub(crate) fn day_maybe(&mut self) -> Result<Option<NaiveDate>, StoreError> {
        self.parsed_maybe(|text| text.parse().ok())
    }

    pub(crate) fn instant(&mut self) -> Result<Instant, StoreError> {
        self.instant_maybe()?.ok_or_else(|| self.unreadable())
    }

    pub(crate) fn instant_maybe(&mut self) -> Result<Option<Instant>, StoreError> {
        let seconds: Option<i64> = self.get()?;
        seconds.map(|seconds| Instant::from_unix(seconds).ok_or_else(|| self.unreadable())).transpose()
    }

    pub(crate) fn digest(&mut self) -> Result<Digest, StoreError> {
        self.get().map(Digest::from_bytes)
    }

    pub(crate) fn digest_maybe(&mut self) -> Result<Option<Digest>, StoreError> {
        self.get::<Option<[u8; 32]>>().map(|bytes| bytes.map(Digest::from_bytes))
    }

    pub(crate) fn key(&mut self) -> Result<PublicKey, StoreError> {
        let bytes: [u8; 32] = self.get()?;
        PublicKey::from_bytes(&bytes).ok_or_else(|| self.unreadable())
    }
}
