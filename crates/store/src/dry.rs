//! A store that is switched off, in builds with the feature `bench-no-store` alone: units of work read, decide and
//! sign as ever, beside each other on the readers' connections; what they write is taken and forgotten.

use crate::StoreError;
use crate::sql::{Cell, Failure, Row, Sql, Value};

/// A transaction that writes nothing.
pub(crate) struct Dry<'a>(pub(crate) &'a mut dyn Sql);

impl Sql for Dry<'_> {
    fn execute(&mut self, _: &str, _: &[Value<'_>]) -> Result<u64, Failure> {
        Ok(1)
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<bool, StoreError>,
    ) -> Result<(), Failure> {
        if sql.trim_start().starts_with("SELECT") {
            return self.0.query(sql, values, each);
        }
        each(&One)?;
        Ok(())
    }
}

/// What a statement that writes gives back: the number of its row.
struct One;

impl Row for One {
    fn cell(&self, _: usize) -> Option<Cell<'_>> {
        Some(Cell::Integer(1))
    }
}
