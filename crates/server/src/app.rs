//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;

use handcarry_store::Store;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::keys::KeyStore;
use crate::limit::{Bytes, Rate};
use crate::metrics::Metrics;
use crate::portal::Portal;
use crate::settings::Settings;

/// The server's shared parts. Clones share them.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The shared parts themselves.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The tenants.
    pub tenants: Directory,
    /// The page's files.
    pub portal: Portal,
    /// How it runs.
    pub settings: Settings,
    /// Figures.
    pub metrics: Metrics,
    /// Uploads by address.
    pub rate: Rate,
    /// Bytes of bodies in flight.
    pub bodies: Bytes,
    /// Requests at a time.
    pub requests: Arc<Semaphore>,
    /// Large files being read at a time.
    pub large: Semaphore,
}

/// Large files that are read at the same time: each may take some hundred megabytes while it is.
const LARGE_AT_ONCE: usize = 2;

impl App {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        keys: KeyStore,
        portal: Portal,
        settings: Settings,
    ) -> App {
        App(Arc::new(Parts {
            tenants: Directory::new(keys, settings.tenants_max_age, settings.tenant.clone()),
            metrics: Metrics::new(),
            rate: Rate::new(settings.rate, settings.burst),
            bodies: Bytes::new(settings.body_memory),
            requests: Arc::new(Semaphore::new(settings.concurrent)),
            large: Semaphore::new(LARGE_AT_ONCE),
            store,
            clock,
            portal,
            settings,
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
