//! Which tenant a request is for. Tenants are kept in memory and looked at again when they may have changed: another
//! process, such as the command line, can change them at any time.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use handcarry_store::{Store, StoreError, Tenant};

use crate::keys::KeyStore;
use crate::site::Site;

/// How old the list may be when somebody asks for a tenant that is not in it.
const MISSED: Duration = Duration::from_millis(100);

/// All tenants, ready to serve.
#[derive(Debug)]
pub struct Directory {
    keys: KeyStore,
    /// How old what is in memory may be.
    max_age: Duration,
    /// The tenant of addresses that name none.
    default: Option<String>,
    loaded: RwLock<Loaded>,
    /// One look at the store at a time is enough.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Loaded {
    at: Option<Instant>,
    by_slug: HashMap<String, Arc<Site>>,
    by_host: HashMap<String, Arc<Site>>,
}

impl Directory {
    /// An empty directory; it fills itself from the store.
    pub fn new(keys: KeyStore, max_age: Duration, default: Option<String>) -> Directory {
        let looking = tokio::sync::Mutex::new(());
        Directory { keys, max_age, default, loaded: RwLock::default(), looking }
    }

    /// The tenant of a path (`/t/{slug}/`), or of a host name, or the only one there is.
    pub async fn find(
        &self,
        store: &Store,
        slug: Option<&str>,
        host: Option<&str>,
    ) -> Result<Option<Arc<Site>>, StoreError> {
        if !self.is_fresh(self.max_age) {
            self.look(store, self.max_age).await?;
        }
        let found = self.look_up(slug, host);
        if found.is_none() && !self.is_fresh(MISSED) {
            // It may have been made a moment ago.
            self.look(store, MISSED).await?;
            return Ok(self.look_up(slug, host));
        }
        Ok(found)
    }

    /// All tenants, by slug, as they are now or were a moment ago.
    pub async fn all(&self, store: &Store) -> Result<Vec<Arc<Site>>, StoreError> {
        if !self.is_fresh(self.max_age) {
            self.look(store, self.max_age).await?;
        }
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = loaded.by_slug.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.tenant.slug.cmp(&other.tenant.slug));
        Ok(all)
    }

    /// A tenant, put together anew.
    pub fn site(&self, tenant: Tenant) -> Site {
        Site::new(tenant, &self.keys)
    }

    fn look_up(&self, slug: Option<&str>, host: Option<&str>) -> Option<Arc<Site>> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(slug) = slug {
            return loaded.by_slug.get(slug).cloned();
        }
        let by_host = host.map(name_of_host).and_then(|host| loaded.by_host.get(&host));
        let default = || match &self.default {
            Some(slug) => loaded.by_slug.get(slug),
            None if loaded.by_slug.len() == 1 => loaded.by_slug.values().next(),
            None => None,
        };
        by_host.or_else(default).cloned()
    }

    fn is_fresh(&self, max_age: Duration) -> bool {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        loaded.at.is_some_and(|at| at.elapsed() < max_age)
    }

    async fn look(&self, store: &Store, max_age: Duration) -> Result<(), StoreError> {
        let _one = self.looking.lock().await;
        if self.is_fresh(max_age) {
            return Ok(());
        }
        let tenants = store.read(|tx| tx.tenants()).await?;
        let at = Instant::now();
        let mut known = {
            let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
            loaded.by_slug.clone()
        };
        let mut next = Loaded { at: Some(at), ..Loaded::default() };
        for tenant in tenants {
            let slug = tenant.slug.to_string();
            // Keys and signatures are looked at again only where something changed.
            let site = match known.remove(&slug) {
                Some(site) if site.tenant == tenant => site,
                _ => Arc::new(Site::new(tenant, &self.keys)),
            };
            if let Some(host) = &site.tenant.host {
                next.by_host.insert(name_of_host(host), Arc::clone(&site));
            }
            next.by_slug.insert(slug, site);
        }
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}

/// A host without its port, in small letters.
fn name_of_host(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_its_name() {
        assert_eq!(name_of_host("Offline.ACME.example:8443"), "offline.acme.example");
        assert_eq!(name_of_host("[::1]:80"), "[::1]");
        assert_eq!(name_of_host("[::1]"), "[::1]");
        assert_eq!(name_of_host("acme.example."), "acme.example");
    }
}
