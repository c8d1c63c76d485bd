//! A tenant's log, entry by entry, as it is written.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream::unfold;
use handcarry_store::{LogEntry, Page, StoreError, TenantId};

use crate::app::App;
use crate::live::Listening;

/// Entries that are read at a time.
const PAGE: u32 = 100;

struct Following {
    app: App,
    listening: Listening,
    waiting: VecDeque<LogEntry>,
    seen: i64,
}

/// Entries later than `after`, or those from now on; none = there are too many streams.
///
/// The stream ends when the server stops, or where the store cannot be read; whoever listens comes back with the place
/// of the last entry, and misses none.
pub async fn follow_log(
    app: &App,
    tenant: TenantId,
    after: Option<i64>,
) -> Result<Option<impl Stream<Item = LogEntry> + Send + use<>>, StoreError> {
    let Some(listening) = app.live.listen(tenant) else { return Ok(None) };
    let head = app.store.read(move |tx| tx.log_head(tenant)).await?.map_or(0, |head| head.seq);
    // A place that is yet to come is one of a log that was restored since: from its end on.
    let seen = after.unwrap_or(head).clamp(0, head);
    let following = Following { app: app.clone(), listening, waiting: VecDeque::new(), seen };
    Ok(Some(unfold(following, |mut following| async {
        let entry = following.next().await?;
        Some((entry, following))
    })))
}

impl Following {
    async fn next(&mut self) -> Option<LogEntry> {
        while self.waiting.is_empty() {
            let (tenant, page) =
                (self.listening.tenant, Page { after: Some(self.seen.to_string()), limit: PAGE });
            let entries = self.app.store.read(move |tx| tx.log(tenant, &page)).await;
            self.waiting = entries.inspect_err(log_error).ok()?.into();
            if self.waiting.is_empty() && !self.listening.wait(self.seen).await {
                return None;
            }
        }
        let entry = self.waiting.pop_front()?;
        self.seen = entry.seq;
        Some(entry)
    }
}

pub(super) fn log_error(error: &StoreError) {
    if !matches!(error, StoreError::Closed) {
        tracing::warn!(%error, "a stream ends: the store cannot be read");
    }
}
