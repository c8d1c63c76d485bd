//! `handcarry serve`

use std::sync::Arc;

use handcarry_store::Options;
use tokio::net::TcpListener;

use crate::app::App;
use crate::cli::{Data, Done, Stop, open};
use crate::clock::SystemClock;
use crate::keys::KeyStore;
use crate::portal::Portal;
use crate::serve::{asked_to_stop, serve};
use crate::settings::{Given, Settings};

pub(super) fn run(data: &Data, given: &Given) -> Done {
    crate::log::begin(given.log.as_deref())?;
    let settings = Settings::of(given);
    let store = open::store(data, Options::default())?;
    let portal = Portal::embedded();
    let has_page = portal.is_there();
    let app = App::new(store, Arc::new(SystemClock), KeyStore::of(data), portal, settings.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::from(format!("the runtime does not start: {error}")))?;
    runtime.block_on(async {
        let listener = TcpListener::bind(settings.listen)
            .await
            .map_err(|error| Stop::from(format!("{} cannot be listened on: {error}", settings.listen)))?;
        let address = listener.local_addr().unwrap_or(settings.listen);
        tracing::info!(%address, page = has_page, "serving");
        if !has_page {
            tracing::warn!("the page is not in this program: the plain form is served in its place");
        }
        serve(listener, app, asked_to_stop()).await;
        Ok(())
    })
}
