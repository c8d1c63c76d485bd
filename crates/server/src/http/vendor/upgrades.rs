//! `api/v1/vendor/licenses/{id}/upgrades` and `…/upgrades/{id}`: what adds to the count of a license (LMX).

use axum::response::Response;
use handcarry_api::code;
use handcarry_format::Instant;
use handcarry_rules::upgrade::{AskedUpgrade, Count, HostId, HostLock};
use handcarry_store::tx::StoredUpgrade;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::vendor::{
    Allowed, AtId, Change, List, Listing, NoBody, OfId, Paging, Parameters, needs, shown,
};
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::{field, unknown};
use crate::service::vendor::upgrades;
use crate::service::vendor::value::{Day, Key, Moment, Text};
use crate::site::Site;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(count)).routes(routes!(get, withdraw))
}

/// An upgrade to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpgrade {
    /// The id of the document or order that it came with: the same id counts once.
    id: Key,
    /// A feature of the license, which must be exclusive.
    feature: Key,
    /// What it adds.
    #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
    count: i64,
    /// First day; absent = the license's own.
    #[serde(default)]
    start: Option<Day>,
    /// Last day; absent = perpetual, on a perpetual license only.
    #[serde(default)]
    end: Option<Day>,
    /// `VIRTUAL`, or absent.
    #[serde(default)]
    share: Option<Text>,
    /// Percent of the host ids of a server that must match; absent = 100, 0 = off.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100)]
    match_rate: Option<u32>,
    /// The servers that it works on, each with its host ids such as `HOSTNAME=alpha1`; none = on any.
    #[serde(default)]
    #[schema(max_items = 64)]
    servers: Vec<Vec<Text>>,
}

/// An upgrade.
#[derive(Serialize, ToSchema)]
#[schema(as = Upgrade)]
struct View {
    /// Its id.
    id: String,
    /// The license that it raises.
    license: String,
    /// The feature that it was sold for.
    feature: String,
    /// What it adds.
    #[schema(minimum = 1)]
    count: u32,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    start: Option<String>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    end: Option<String>,
    /// It may be used on virtual machines.
    on_virtual: bool,
    /// Percent of the host ids of a server that must match.
    match_rate: u32,
    /// The servers that it works on; none = on any.
    servers: Vec<Vec<String>>,
    /// When it was added.
    #[schema(format = DateTime)]
    added_at: String,
    /// When it was withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    withdrawn_at: Option<String>,
}

impl From<StoredUpgrade> for View {
    fn from(StoredUpgrade { license, upgrade, added_at, withdrawn_at }: StoredUpgrade) -> View {
        let ids = |lock: &HostLock| lock.ids().iter().map(HostId::to_string).collect();
        View {
            id: upgrade.id.to_string(),
            license: license.to_string(),
            feature: upgrade.feature.to_string(),
            count: upgrade.count,
            start: upgrade.start.map(|day| day.to_string()),
            end: upgrade.end.map(|day| day.to_string()),
            on_virtual: upgrade.on_virtual,
            match_rate: upgrade.match_rate,
            servers: upgrade.servers.iter().map(ids).collect(),
            added_at: added_at.to_string(),
            withdrawn_at: withdrawn_at.map(|at| at.to_string()),
        }
    }
}

/// The count of a license.
#[derive(Serialize, ToSchema)]
#[schema(as = LicenseCount)]
struct CountView {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// As it was sold: sessions of a concurrent license, else seats.
    base: u32,
    /// What upgrades add then.
    added: u32,
    /// Both: what devices and sessions see.
    count: u32,
}

/// When.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct At {
    /// When; absent = now.
    #[serde(default)]
    at: Option<Moment>,
}

/// Lists the upgrades of a license by id, withdrawn ones too. Its holders never see them.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/upgrades",
    tag = "upgrades",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id"), Paging),
    responses((status = 200, description = "A page of upgrades", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::LicensesRead>, OfId(id): OfId, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let read = allowed.read(move |tx, tenant| {
        tx.license(tenant, &id)?.ok_or_else(|| unknown("license", &id))?;
        Ok(tx.upgrades(tenant, &id, &page)?)
    });
    Ok(list.answer(read.await?, |row| row.upgrade.id.to_string(), View::from))
}

/// Adds an upgrade to a license.
///
/// The very same upgrade again is answered with 200 and counts once.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/licenses/{id}/upgrades",
    tag = "upgrades",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The license's id")),
    request_body = NewUpgrade,
    responses(
        (status = 201, description = "It was added", body = View),
        (status = 200, description = "It was there before", body = View),
    ),
)]
async fn create(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<NewUpgrade>,
) -> Result<Response, Fault> {
    authority(&allowed.site)?;
    let upgrade = AskedUpgrade {
        start: body.start.map(|day| day.0),
        end: body.end.map(|day| day.0),
        share: body.share.into_iter().map(|share| share.0).collect(),
        match_rate: body.match_rate,
        servers: locks(&body.servers)?,
        ..AskedUpgrade::new(body.id.0, body.feature.0, Count::Of(body.count))
    };
    let change = allowed.change(asked, move |unit| {
        let (stored, new) = upgrades::add(unit, &id, &upgrade)?;
        let place = format!("api/v1/vendor/upgrades/{}", stored.upgrade.id);
        let view = View::from(stored);
        Ok(if new { Done::created(place, &view) } else { Done::ok(&view) })
    });
    change.await
}

/// A site has the upgrades that its authority has given.
fn authority(site: &Site) -> Result<(), Failure> {
    match site.tenant.rules.authority {
        Some(_) => Err(Failure::problem(409, code::POOL_NOT_AUTHORITY)),
        None => Ok(()),
    }
}

/// The locks of a body.
pub(super) fn locks(servers: &[Vec<Text>]) -> Result<Vec<HostLock>, Failure> {
    if servers.len() > HostLock::MAX {
        return Err(field("servers", "64 at most"));
    }
    let wrong = |n: usize| field(&format!("servers[{n}]"), "1 to 64 host ids such as HOSTNAME=alpha1");
    let lock = |(n, ids): (usize, &Vec<Text>)| {
        let ids: Option<Vec<HostId>> = ids.iter().map(|id| HostId::parse(&id.0)).collect();
        ids.and_then(HostLock::new).ok_or_else(|| wrong(n))
    };
    servers.iter().enumerate().map(lock).collect()
}

/// Tells the count of a license, with its upgrades.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/count",
    tag = "upgrades",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id"), At),
    responses((status = 200, description = "The count", body = CountView)),
)]
async fn count(
    allowed: Allowed<needs::LicensesRead>,
    OfId(id): OfId,
    Parameters(At { at }): Parameters<At>,
) -> Result<Response, Fault> {
    let at: Instant = at.map_or_else(|| allowed.app.clock.now(), |at| at.0);
    let read = allowed.read(move |tx, tenant| {
        let license = tx.license(tenant, &id)?.ok_or_else(|| unknown("license", &id))?;
        let upgrades = tx.upgrades_of(tenant, &id)?;
        Ok(upgrades::count_at(&upgrades, &license, at))
    });
    let found = read.await?;
    Ok(shown(&CountView { at: at.to_string(), base: found.base, added: found.added, count: found.count }))
}

/// Shows an upgrade.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/upgrades/{id}",
    tag = "upgrades",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The upgrade's id")),
    responses((status = 200, description = "The upgrade", body = View)),
)]
async fn get(allowed: Allowed<needs::LicensesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.upgrade(tenant, &id)?.ok_or_else(|| unknown("upgrade", &id)));
    Ok(shown(&View::from(read.await?)))
}

/// Withdraws an upgrade, at once and for good. Sessions that are open go on.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/upgrades/{id}",
    tag = "upgrades",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The upgrade's id")),
    responses((status = 204, description = "It adds nothing any more")),
)]
async fn withdraw(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    authority(&allowed.site)?;
    let change = allowed.change(asked, move |unit| {
        upgrades::withdraw(unit, &id)?;
        Ok(Done::nothing())
    });
    change.await
}
