//! `api/v1/vendor/licenses`: what is sold.

mod body;
mod filter;
mod view;

use std::sync::Arc;

use axum::response::Response;
use handcarry_format::Id;
use handcarry_store::Pooled;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::vendor::pool::with_keeper;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, shown_at};
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::licenses::{self, NewLicense};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::unit::Unit;
use crate::service::vendor::value::Key;
use body::{Changed, New};
pub(super) use filter::{Filter, Query};
pub(in crate::http) use view::Shown;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update))
}

/// Lists the licenses of the pool, filtered and sorted by any column (ALT-23); statuses are as of now.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses",
    tag = "licenses",
    security(("token" = ["licenses:read"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of licenses", body = Listing<Shown>)),
)]
async fn list(allowed: Allowed<needs::LicensesRead>, list: List<Filter>) -> Result<Response, Fault> {
    let now = allowed.app.clock.now();
    let query = Query { page: list.page(), zone: &allowed.site.tenant.zone, now }.of(&list.filter)?;
    let rows = allowed.read(move |tx, tenant| Ok(tx.pool(tenant, &query)?)).await?;
    Ok(list.answer(rows, |row| row.license.id.to_string(), |row| Shown::of(row, now)))
}

/// Sells a license. Its key is in the answer.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/licenses",
    tag = "licenses",
    security(("token" = ["licenses:write"])),
    request_body = New,
    responses((status = 201, description = "It was made", body = Shown)),
)]
async fn create(
    allowed: Allowed<needs::LicensesWrite>,
    Change { body, asked }: Change<New>,
) -> Result<Response, Fault> {
    allowed.is_issuer()?;
    let (product, policy, terms) = body.split();
    let new = NewLicense {
        id: random::id(),
        key: random::license_key(),
        vendor: allowed.site.vendor(),
        product,
        policy,
        zone: allowed.zone()?,
        terms,
    };
    let site = Arc::clone(&allowed.site);
    let change = allowed.change(asked, move |unit| {
        let made = licenses::create(unit, &new)?;
        with_keeper(unit, &site, |keeper| keeper.written(&made.id))?;
        let place = format!("api/v1/vendor/licenses/{}", made.id);
        let (shown, revision) = pooled(unit, &made.id)?;
        Ok(Done::created(place, &shown).at_revision(revision))
    });
    change.await
}

/// Shows a license.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}",
    tag = "licenses",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 200, description = "The license", body = Shown)),
)]
async fn get(allowed: Allowed<needs::LicensesRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let now = allowed.app.clock.now();
    let read = allowed.read(move |tx, tenant| tx.pooled(tenant, &id)?.ok_or_else(|| unknown("license", &id)));
    let license = read.await?;
    Ok(shown_at(license.license.revision, &Shown::of(license, now)))
}

/// Changes what a license allows. The next refresh file of each device carries it; no new request is needed (LSP-10).
#[utoipa::path(
    patch,
    path = "/api/v1/vendor/licenses/{id}",
    tag = "licenses",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The license's id")),
    request_body = Changed,
    responses((status = 200, description = "The license as it is now", body = Shown)),
)]
async fn update(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<Changed>,
) -> Result<Response, Fault> {
    allowed.is_issuer()?;
    let (revision, terms) = body.split();
    let site = Arc::clone(&allowed.site);
    let change = allowed.change(asked, move |unit| {
        licenses::update(unit, &id, revision, &terms)?;
        with_keeper(unit, &site, |keeper| keeper.written(&id))?;
        let (shown, revision) = pooled(unit, &id)?;
        Ok(Done::ok(&shown).at_revision(revision))
    });
    change.await
}

/// The license as it is now, and its revision.
fn pooled(unit: &mut Unit<'_>, id: &Id) -> Result<(Shown, u32), Failure> {
    let pooled: Option<Pooled> = unit.tx.pooled(unit.tenant, id)?;
    let pooled = pooled.ok_or_else(|| unknown("license", id))?;
    let revision = pooled.license.revision;
    Ok((Shown::of(pooled, unit.now), revision))
}
