//! What a license is now, for whoever holds one of its files.

use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::unfold;
use handcarry_format::{Digest, Id, Kind};
use handcarry_store::{StoreError, TenantId, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::live::Listening;
use crate::live::log::log_error;
use crate::service::pool;
use crate::site::Site;

/// What a license is now.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LicenseNow {
    /// Its status in the pool: `activating`, `failed_verification`, `active`, `pending`, `inactive` or `blocked`.
    pub status: String,
    /// Last usable day; none = perpetual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Days left, today included; 0 once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// Days of maintenance left, today included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance_days_left: Option<i64>,
    /// Seats that are taken.
    pub seats_used: u32,
    /// Seats.
    pub seats: u32,
    /// At a site: how it stands with the authority (ICE-17 to ICE-22).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revalidation: Option<String>,
}

struct Following {
    app: App,
    site: Arc<Site>,
    listening: Listening,
    license: Id,
    /// What was said last, and the end of the log at that moment.
    told: Option<LicenseNow>,
    seen: i64,
}

/// Why a license cannot be followed.
#[derive(Debug)]
pub enum NotFollowed {
    /// No file with this digest was issued here.
    Unknown,
    /// There are too many streams.
    TooMany,
    /// The store failed.
    Store(StoreError),
}

/// What the license of a file is: now, and again whenever that changes, with the place in the log at which it was so.
pub async fn follow_license(
    app: &App,
    site: &Arc<Site>,
    file: Digest,
) -> Result<impl Stream<Item = (i64, LicenseNow)> + Send + use<>, NotFollowed> {
    let tenant = site.id();
    let license =
        app.store.read(move |tx| license_of(tx, tenant, &file)).await.map_err(NotFollowed::Store)?;
    let license = license.ok_or(NotFollowed::Unknown)?;
    let listening = app.live.listen_to(tenant, &license).ok_or(NotFollowed::TooMany)?;
    let (app, site) = (app.clone(), Arc::clone(site));
    let following = Following { app, site, listening, license, told: None, seen: -1 };
    Ok(unfold(following, |mut following| async {
        let now = following.next().await?;
        Some((now, following))
    }))
}

fn license_of(tx: &mut dyn Tx, tenant: TenantId, file: &Digest) -> Result<Option<Id>, StoreError> {
    let Some(file) = tx.issued(tenant, file)?.filter(|file| file.kind == Kind::License) else {
        return Ok(None);
    };
    let account = tx.account_for_activation(tenant, &file.activation, None)?;
    Ok(account.map(|account| account.entitlement.id))
}

impl Following {
    async fn next(&mut self) -> Option<(i64, LicenseNow)> {
        loop {
            if self.told.is_some() && !self.listening.wait(self.seen).await {
                return None;
            }
            let (seen, now) = self.look().await.inspect_err(log_error).ok()??;
            self.seen = seen;
            if self.told.as_ref() != Some(&now) {
                self.told = Some(now.clone());
                return Some((seen, now));
            }
        }
    }

    async fn look(&self) -> Result<Option<(i64, LicenseNow)>, StoreError> {
        let (site, license, now) = (Arc::clone(&self.site), self.license.clone(), self.app.clock.now());
        let work = move |tx: &mut dyn Tx| {
            let seen = tx.log_head(site.id())?.map_or(0, |head| head.seq);
            let Some(pooled) = tx.pooled(site.id(), &license)? else { return Ok(None) };
            let row = pool::row(&site, &pooled, now);
            let now = LicenseNow {
                status: row.status,
                end: row.end,
                days_left: row.days_left,
                maintenance_days_left: row.maintenance_days_left,
                seats_used: row.seats_used,
                seats: row.seats,
                revalidation: row.revalidation,
            };
            Ok(Some((seen, now)))
        };
        self.app.store.read(work).await
    }
}
