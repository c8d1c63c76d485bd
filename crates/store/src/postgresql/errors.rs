use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

use crate::StoreError;

/// What an error means for the transaction that it came up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Another transaction was in the way: run all of it again.
    Again,
    /// The connection is gone, or the server takes no writes any more.
    Lost,
    /// A unit before this one failed late: run each by itself.
    Apart,
    /// A unit is to be taken back alone, and no mark was set for it: run all of it again, with marks.
    Unmarked,
    /// The transaction failed, and not by what a unit of work did.
    Whole(StoreError),
    /// The transaction can only be rolled back.
    Failed(StoreError),
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> StoreError {
        match trouble {
            // Not seen by callers, unless their work overlooks the error and goes on to fail by itself.
            Trouble::Again | Trouble::Lost | Trouble::Apart | Trouble::Unmarked => StoreError::Busy,
            Trouble::Failed(error) | Trouble::Whole(error) => error,
        }
    }
}

pub(super) fn trouble(error: &Error) -> Trouble {
    let Some(known) = error.as_db_error() else {
        // What the client itself cannot turn into bytes never reached the server.
        let text = error.to_string();
        let local = text.starts_with("error serializing") || text.starts_with("error deserializing");
        return if local { Trouble::Failed(StoreError::Engine(text)) } else { Trouble::Lost };
    };
    // A panic for want of room too: the server comes back by itself, or does not, which is seen then.
    if matches!(known.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) {
        return Trouble::Lost;
    }
    let code = known.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Trouble::Again;
    }
    Trouble::Failed(if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        StoreError::ReadOnly
    } else if *code == SqlState::LOCK_NOT_AVAILABLE {
        StoreError::Busy
    } else {
        full(error).unwrap_or_else(|| StoreError::Engine(known.to_string()))
    })
}

/// The server has no room, memory or connections left (class 53): what, in its words.
pub(super) fn full(error: &Error) -> Option<StoreError> {
    let known = error.as_db_error().filter(|known| known.code().code().starts_with("53"))?;
    let hint = known.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
    Some(StoreError::Full(format!("the PostgreSQL server: {}{hint}", known.message())))
}

pub(super) fn is_foreign_key(error: &Error) -> bool {
    error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION)
}
