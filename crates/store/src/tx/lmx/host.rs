use handcarry_rules::upgrade::{HostId, HostLock};

use crate::StoreError;
use crate::tx::json::to_json;

/// Locks as they are stored: for each server its host ids.
pub(super) fn locks_to_json(locks: &[HostLock]) -> Result<String, StoreError> {
    let ids = |lock: &HostLock| lock.ids().iter().map(ToString::to_string).collect::<Vec<_>>();
    to_json(&locks.iter().map(ids).collect::<Vec<_>>(), "host lock")
}

pub(super) fn locks_from_json(text: &str) -> Option<Vec<HostLock>> {
    let stored: Vec<Vec<String>> = serde_json::from_str(text).ok()?;
    let lock = |ids: Vec<String>| {
        let ids: Option<Vec<HostId>> = ids.iter().map(|id| HostId::parse(id)).collect();
        HostLock::new(ids?)
    };
    stored.into_iter().map(lock).collect()
}
