//! The store and the files that commands work with.

use std::fs;
use std::path::Path;

use handcarry_format::Id;
use handcarry_store::{NewLogEntry, Options, Store, StoreError, Tenant, TenantId, Tx};
use serde_json::Value;

use crate::cli::{Data, Stop};
use crate::clock::{Clock as _, SystemClock};
use crate::keys::KeyStore;
use crate::site::Site;

/// Opens the store; makes the directory if it is not there.
pub(crate) fn store(data: &Data, options: Options) -> Result<Store, Stop> {
    Ok(Store::open(&data.store()?, options)?)
}

/// Opens the store for one command.
pub(crate) fn for_command(data: &Data) -> Result<Store, Stop> {
    store(data, Options { readers: 1, ..Options::default() })
}

/// The tenant that was named; the only one if none was.
pub(crate) fn tenant(store: &Store, slug: Option<&Id>) -> Result<Tenant, Stop> {
    let mut tenants = store.read_blocking(|tx| tx.tenants())?;
    match slug {
        Some(slug) => {
            let found = tenants.into_iter().find(|tenant| tenant.slug == *slug);
            found.ok_or_else(|| format!("there is no tenant `{slug}`; see `handcarry tenant list`").into())
        }
        None if tenants.len() == 1 => Ok(tenants.remove(0)),
        None if tenants.is_empty() => {
            Err("there is no tenant yet; see `handcarry tenant create --help`".into())
        }
        None => Err("there are several tenants: say which one with --tenant".into()),
    }
}

/// The tenant that was named, or the only one, put together with its keys.
pub(crate) fn site(data: &Data, store: &Store, slug: Option<&Id>) -> Result<Site, Stop> {
    Ok(Site::new(tenant(store, slug)?, &KeyStore::of(data)))
}

/// Notes in the tenant's log what was done by command (D-28).
pub(crate) fn log(tx: &mut dyn Tx, tenant: TenantId, event: &str, data: &Value) -> Result<(), StoreError> {
    let entry = NewLogEntry { at: SystemClock.now(), event: event.to_owned(), data: data.to_string() };
    tx.append_log(tenant, &entry).map(drop)
}

/// Reads a file that was named.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file that was named, or standard output.
pub(crate) fn write(path: Option<&Path>, text: &str) -> Result<(), Stop> {
    match path {
        Some(path) => fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into()),
        None => {
            crate::cli::print(text);
            Ok(())
        }
    }
}
