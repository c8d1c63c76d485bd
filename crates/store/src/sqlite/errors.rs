use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::StoreError;

/// An error that no caller can do anything about but report it, or come back later.
pub(super) fn engine(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        _ => StoreError::Engine(error.to_string()),
    }
}

/// An error of an insert or update: `unique` names the columns that must be, `parent` what they refer to.
pub(super) fn constraint(
    error: rusqlite::Error,
    unique: &[(&str, &'static str)],
    parent: &'static str,
) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, Some(message)) = &error else { return engine(error) };
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            let named = |column: &str| message.split([' ', ',']).any(|word| word == column);
            let what = unique.iter().find(|(column, _)| named(column));
            what.map_or_else(|| StoreError::Engine(message.clone()), |(_, what)| StoreError::Taken(what))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::Missing(parent),
        _ => engine(error),
    }
}
