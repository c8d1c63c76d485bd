//! `api/v1/vendor/pool`: the licenses of this portal as they are used: their status, and its authority.

mod carry;

use std::sync::Arc;

use axum::response::Response;
use handcarry_format::Id;
use handcarry_rules::pool::EventKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::vendor::licenses::{Filter, Query};
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, NoBody, Paging, needs, shown};
use crate::service::pool::{Keeper, PoolRow, row};
use crate::service::vendor::done::Done;
use crate::service::vendor::once::Asked;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::unit::Unit;
use crate::service::vendor::value::Key;
use crate::site::Site;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, delete))
        .routes(routes!(activate))
        .routes(routes!(deactivate))
        .routes(routes!(recheck))
        .routes(routes!(start))
        .routes(routes!(take_back))
        .merge(carry::routes())
}

/// Lists the pool, filtered and sorted by any column (ALT-23); statuses are as of now (ALT-22).
#[utoipa::path(
    get,
    path = "/api/v1/vendor/pool",
    tag = "pool",
    security(("token" = ["licenses:read"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of the pool", body = Listing<PoolRow>)),
)]
async fn list(allowed: Allowed<needs::LicensesRead>, list: List<Filter>) -> Result<Response, Fault> {
    let (now, site) = (allowed.app.clock.now(), Arc::clone(&allowed.site));
    let query = Query { page: list.page(), zone: &site.tenant.zone, now }.of(&list.filter)?;
    let rows = allowed.read(move |tx, tenant| Ok(tx.pool(tenant, &query)?)).await?;
    Ok(list.answer(rows, |found| found.license.id.to_string(), |found| row(&site, &found, now)))
}

/// Shows a license of the pool.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/pool/{id}",
    tag = "pool",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license", body = PoolRow)),
)]
async fn get(allowed: Allowed<needs::LicensesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let (now, site) = (allowed.app.clock.now(), Arc::clone(&allowed.site));
    let read = allowed.read(move |tx, tenant| {
        let found = tx.pooled(tenant, &id)?.filter(|it| it.entry.as_ref().is_none_or(|it| it.in_pool));
        found.ok_or_else(|| unknown("license", &id))
    });
    Ok(shown(&row(&site, &read.await?, now)))
}

/// A unit of work on the pool, with its answer.
async fn change(
    allowed: &Allowed<needs::Pool>,
    asked: Asked,
    mut work: impl FnMut(&mut Keeper<'_>) -> Result<Done, Failure> + Send + 'static,
) -> Result<Response, Fault> {
    let site = Arc::clone(&allowed.site);
    allowed.change(asked, move |unit| with_keeper(unit, &site, &mut work)).await
}

/// Works on the pool inside a change.
pub(super) fn with_keeper<T>(
    unit: &mut Unit<'_>,
    site: &Site,
    work: impl FnOnce(&mut Keeper<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let by = unit.by.to_string();
    work(&mut Keeper { tx: &mut *unit.tx, site, now: unit.now, by: &by })
}

fn shown_now(keeper: &mut Keeper<'_>, id: &Id) -> Result<Done, Failure> {
    let pooled = keeper.find(id)?;
    Ok(Done::ok(&row(keeper.site, &pooled, keeper.now)))
}

async fn act(
    allowed: Allowed<needs::Pool>,
    id: Id,
    asked: Asked,
    action: EventKind,
) -> Result<Response, Fault> {
    change(&allowed, asked, move |keeper| {
        keeper.act(&id, action)?;
        shown_now(keeper, &id)
    })
    .await
}

/// Begins a verification of a license that is inactive or failed one (ALT-05, ALT-11). At a site it is *activating* until its
/// authority has answered.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/{id}/activate",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license as it is now", body = PoolRow)),
)]
async fn activate(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    act(allowed, id, asked, EventKind::Activate).await
}

/// Switches a license off: no new activation or refresh; what runs goes on until its file's own term (ALT-10).
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/{id}/deactivate",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license as it is now", body = PoolRow)),
)]
async fn deactivate(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    act(allowed, id, asked, EventKind::Deactivate).await
}

/// Begins a new verification of a blocked license (ALT-14).
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/{id}/recheck",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license as it is now", body = PoolRow)),
)]
async fn recheck(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    act(allowed, id, asked, EventKind::Recheck).await
}

/// Takes a license out of the pool: an inactive, blocked or failed one (ALT-24). It can be uploaded again (ALT-18).
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/pool/{id}",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 204, description = "It is out of the pool")),
)]
async fn delete(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    change(&allowed, asked, move |keeper| {
        keeper.act(&id, EventKind::Delete)?;
        Ok(Done::nothing())
    })
    .await
}

/// Starts services that have stopped, until the next midnight (ICE-22).
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/{id}/start",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license as it is now", body = PoolRow)),
)]
async fn start(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    change(&allowed, asked, move |keeper| {
        keeper.start(&id)?;
        shown_now(keeper, &id)
    })
    .await
}

/// At an authority: takes a license from the site that holds it, whose machine may be gone for good.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/pool/{id}/take-back",
    tag = "pool",
    security(("token" = ["pool"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license as it is now", body = PoolRow)),
)]
async fn take_back(
    allowed: Allowed<needs::Pool>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    change(&allowed, asked, move |keeper| {
        keeper.take_back(&id)?;
        shown_now(keeper, &id)
    })
    .await
}
