//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;

use handcarry_format::Id;
use handcarry_store::{Store, TenantId};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::keys::KeyStore;
use crate::limit::{Bytes, Rate};
use crate::live::Live;
use crate::metrics::Metrics;
use crate::notice::deliver::InFlight;
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
    /// Uploads by tenant.
    pub tenant_rate: Rate<TenantId>,
    /// Requests by token of the vendor API.
    pub token_rate: Rate<(TenantId, Id)>,
    /// Tries to sign in, by tenant and login.
    pub sign_ins: Rate<(TenantId, String)>,
    /// Passwords being checked at a time.
    pub passwords: Semaphore,
    /// Bytes of bodies in flight.
    pub bodies: Bytes,
    /// Requests at a time.
    pub requests: Arc<Semaphore>,
    /// Streams of what happens.
    pub live: Live,
    /// Whom messages are being sent to.
    pub in_flight: InFlight,
    /// Large files being read at a time.
    pub large: Semaphore,
}

/// Large files that are read at the same time: each may take some hundred megabytes while it is.
const LARGE_AT_ONCE: usize = 2;

/// Passwords that are checked at the same time: each takes 19 MiB and 20 ms while it is.
const PASSWORDS_AT_ONCE: usize = 2;

/// Tries of one login: ten at once, then one every 30 seconds.
const SIGN_INS_PER_SECOND: f64 = 1.0 / 30.0;
const SIGN_INS_SAVED: u32 = 10;

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
            rate: Rate::new(f64::from(settings.rate), settings.burst),
            tenant_rate: Rate::new(f64::from(settings.tenant_rate), settings.tenant_burst),
            token_rate: Rate::new(f64::from(settings.token_rate), settings.token_burst),
            sign_ins: Rate::new(SIGN_INS_PER_SECOND, SIGN_INS_SAVED),
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
            bodies: Bytes::new(settings.body_memory),
            requests: Arc::new(Semaphore::new(settings.concurrent)),
            live: Live::default(),
            in_flight: InFlight::default(),
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
