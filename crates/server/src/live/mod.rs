//! What is shown follows the store by itself (ALT-22): streams of server-sent events.
//!
//! One look at the ends of all logs, a few times a second and only while somebody listens, tells every stream of this
//! process when something happened, whichever process wrote it. A stream then reads what concerns it.

mod license;
mod log;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handcarry_format::Id;
use handcarry_store::{StoreError, TenantId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::app::App;
pub use license::{LicenseNow, NotFollowed, follow_license};
pub use log::follow_log;

/// Between two looks at the ends of the logs.
const LOOK: Duration = Duration::from_millis(250);

/// Streams at a time.
const STREAMS: usize = 1_024;

/// Streams at a time of the files of one license.
const OF_ONE_LICENSE: usize = 64;

/// A stream looks again after this, whether anything happened or not: days pass without anybody's doing.
const AGAIN: Duration = Duration::from_secs(10);

/// Every so often a stream that has nothing to say sends a line that means nothing, so that nobody in between takes it
/// for dead.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

type Heads = HashMap<TenantId, i64>;

/// The streams of this process.
#[derive(Debug)]
pub struct Live {
    heads: watch::Sender<Heads>,
    closing: watch::Sender<bool>,
    places: Arc<Semaphore>,
    of_licenses: Arc<Mutex<HashMap<(TenantId, Id), usize>>>,
}

impl Default for Live {
    fn default() -> Live {
        Live {
            heads: watch::Sender::new(Heads::new()),
            closing: watch::Sender::new(false),
            places: Arc::new(Semaphore::new(STREAMS)),
            of_licenses: Arc::default(),
        }
    }
}

impl Live {
    /// A place for a stream of a tenant; none = there are too many.
    fn listen(&self, tenant: TenantId) -> Option<Listening> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Listening {
            tenant,
            heads: self.heads.subscribe(),
            closing: self.closing.subscribe(),
            _place: place,
            _of_license: None,
        })
    }

    /// A place for a stream about one license.
    fn listen_to(&self, tenant: TenantId, license: &Id) -> Option<Listening> {
        let mut listening = self.listen(tenant)?;
        let key = (tenant, license.clone());
        let mut all = self.of_licenses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(key.clone()).or_default();
        if *count >= OF_ONE_LICENSE {
            return None;
        }
        *count += 1;
        listening._of_license = Some(Counted { all: Arc::clone(&self.of_licenses), key });
        Some(listening)
    }

    /// Ends every stream; those who listened come back to another server.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// How many streams there are.
    pub fn streams(&self) -> usize {
        STREAMS - self.places.available_permits()
    }
}

/// One stream among those of its license, until it ends.
#[derive(Debug)]
struct Counted {
    all: Arc<Mutex<HashMap<(TenantId, Id), usize>>>,
    key: (TenantId, Id),
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

/// A stream's ear.
#[derive(Debug)]
struct Listening {
    tenant: TenantId,
    heads: watch::Receiver<Heads>,
    closing: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
    _of_license: Option<Counted>,
}

impl Listening {
    /// Waits until the tenant's log goes beyond `seen`, or some time has passed; false = the stream ends.
    async fn wait(&mut self, seen: i64) -> bool {
        let tenant = self.tenant;
        let beyond = |heads: &Heads| heads.get(&tenant).is_some_and(|head| *head > seen);
        tokio::select! {
            _ = self.closing.wait_for(|closing| *closing) => false,
            heard = self.heads.wait_for(beyond) => heard.is_ok(),
            () = tokio::time::sleep(AGAIN) => true,
        }
    }
}

/// Looks at the ends of the logs until the streams are closed.
pub async fn watch(app: App) {
    let mut closing = app.live.closing.subscribe();
    loop {
        if app.live.heads.receiver_count() > 0 {
            match app.store.read(|tx| tx.log_heads()).await {
                Ok(heads) => {
                    let heads: Heads = heads.into_iter().collect();
                    app.live.heads.send_if_modified(|known| {
                        let changed = *known != heads;
                        *known = heads;
                        changed
                    });
                }
                Err(StoreError::Closed) => return,
                Err(error) => tracing::warn!(%error, "the ends of the logs cannot be read"),
            }
        }
        tokio::select! {
            _ = closing.wait_for(|closing| *closing) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
