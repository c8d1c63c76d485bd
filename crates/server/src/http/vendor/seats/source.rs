//! `…/seats/source` and `…/seats/read`: used seats that are counted elsewhere (ICE-05).

use axum::response::Response;
use handcarry_store::SeatReading;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::place::AtReading;
use crate::http::vendor::{Allowed, AtId, Change, NoBody, needs, shown};
use crate::random;
use crate::service::vendor::done::Done;
use crate::service::vendor::seats;
use crate::service::vendor::value::Key;

/// Their addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(name)).routes(routes!(read)).routes(routes!(get, cancel))
}

/// Where used seats are counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSource {
    /// `http://…` or `https://…`, without a name and password. It answers `GET` with pages of JSON: `{"used": 12, "next":
    /// "/used?page=2"}`, the last one without `next`; all on this server. `null` takes the source away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(
        required,
        max_length = 2000,
        pattern = "^https?://",
        examples("https://seats.example.com/used")
    )]
    url: Option<String>,
}

/// A reading of a source.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatReading)]
pub(super) struct Reading {
    /// Its id.
    id: String,
    /// `waiting`, `reading`, `done`, `failed` or `cancelled`.
    state: &'static str,
    /// Pages that were read.
    pages: u32,
    /// Used seats on them.
    used: u64,
    /// Why it failed: `source.address`, `source.unreachable`, `source.refused`, `source.unreadable`, `source.elsewhere`
    /// (a page leads to another server), or `source.too_long`.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    asked_at: String,
    /// When it last came further.
    #[schema(format = DateTime)]
    seen_at: String,
}

impl From<SeatReading> for Reading {
    fn from(reading: SeatReading) -> Reading {
        Reading {
            id: reading.id.to_string(),
            state: reading.state.name(),
            pages: reading.pages,
            used: reading.used,
            failure: reading.failure,
            asked_at: reading.asked_at.to_string(),
            seen_at: reading.seen_at.to_string(),
        }
    }
}

/// Names the source of a license's used seats, or takes it away.
#[utoipa::path(
    put,
    path = "/api/v1/vendor/licenses/{id}/seats/source",
    tag = "seats",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The license's id")),
    request_body = NewSource,
    responses((status = 204, description = "It is so")),
)]
async fn name(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body, asked }: Change<NewSource>,
) -> Result<Response, Fault> {
    let site = allowed.site.clone();
    let change = allowed.change(asked, move |unit| {
        seats::set_source(unit, &site, &id, body.url.as_deref())?;
        Ok(Done::nothing())
    });
    change.await
}

/// Reads the source, beside other work. If it is being read already, that reading is the answer.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/licenses/{id}/seats/read",
    tag = "seats",
    security(("token" = ["licenses:write"])),
    params(("id" = Key, Path, description = "The license's id")),
    responses((status = 202, description = "It will be read", body = Reading)),
)]
async fn read(
    allowed: Allowed<needs::LicensesWrite>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let (site, fresh) = (allowed.site.clone(), random::id());
    let change = allowed.change(asked, move |unit| {
        let reading = seats::read(unit, &site, &id, &fresh)?;
        let place = format!("api/v1/vendor/licenses/{id}/seats/read/{}", reading.id);
        Ok(Done { status: 202, ..Done::created(place, &Reading::from(reading)) })
    });
    change.await
}

/// Shows how far a reading is.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/seats/read/{reading}",
    tag = "seats",
    security(("token" = ["licenses:read"])),
    params(
        ("id" = Key, Path, description = "The license's id"),
        ("reading" = Key, Path, description = "The reading's id"),
    ),
    responses((status = 200, description = "The reading", body = Reading)),
)]
async fn get(
    allowed: Allowed<needs::LicensesRead>,
    AtReading { license, reading }: AtReading,
) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| seats::reading(tx, tenant, &license, &reading));
    Ok(shown(&Reading::from(read.await?)))
}

/// Calls a reading off. One that has ended stays as it is.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/licenses/{id}/seats/read/{reading}",
    tag = "seats",
    security(("token" = ["licenses:write"])),
    params(
        ("id" = Key, Path, description = "The license's id"),
        ("reading" = Key, Path, description = "The reading's id"),
    ),
    responses((status = 200, description = "The reading as it is now", body = Reading)),
)]
async fn cancel(
    allowed: Allowed<needs::LicensesWrite>,
    AtReading { license, reading }: AtReading,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let change = allowed
        .change(asked, move |unit| Ok(Done::ok(&Reading::from(seats::cancel(unit, &license, &reading)?))));
    change.await
}
