use chrono::NaiveDate;

use crate::StoreError;

/// Values that have a JSON form always have one: no map of theirs has other keys than texts.
pub(crate) fn to_json(value: &impl serde::Serialize, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what))
}

/// A day as it is stored.
pub(crate) fn day(date: Option<NaiveDate>) -> Option<String> {
    date.map(|date| date.to_string())
}
