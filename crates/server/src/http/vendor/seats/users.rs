//! `…/users`: who uses a license (ICE-07, ICE-12, ICE-13).

use axum::response::Response;
use handcarry_format::Instant;
use handcarry_store::SeatUser;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::place::AtUser;
use crate::http::vendor::{Allowed, Change, List, Listing, NoBody, OfId, Paging, needs};
use crate::service::vendor::done::Done;
use crate::service::vendor::seats;
use crate::service::vendor::value::{Key, Name};

/// Their addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(access)).routes(routes!(free))
}

/// A user of a license.
#[derive(Serialize, ToSchema)]
#[schema(as = SeatUser)]
struct View {
    /// The name, in small letters.
    user: String,
    /// `full`, `trial`, `ended` (the trial is over) or `none` (the seat was taken back).
    seat: &'static str,
    /// Until when the trial goes on, or went on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    trial_until: Option<String>,
    /// The first access.
    #[schema(format = DateTime)]
    first_access: String,
    /// The last one that was let in.
    #[schema(format = DateTime)]
    last_access: String,
}

impl View {
    fn of(user: SeatUser, now: Instant) -> View {
        let until = user.seat.trial_until();
        View {
            seat: match until {
                _ if user.seat.full => "full",
                None => "none",
                Some(until) if now < until => "trial",
                Some(_) => "ended",
            },
            user: user.seat.user,
            trial_until: until.map(|at| at.to_string()),
            first_access: user.seat.first_access.to_string(),
            last_access: user.last_access.to_string(),
        }
    }
}

/// Lists the users of a license, by name.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/licenses/{id}/users",
    tag = "seats",
    security(("token" = ["licenses:read"])),
    params(("id" = Key, Path, description = "The license's id"), Paging),
    responses((status = 200, description = "A page of users", body = Listing<View>)),
)]
async fn list(allowed: Allowed<needs::LicensesRead>, OfId(id): OfId, list: List) -> Result<Response, Fault> {
    let (now, site, page) = (allowed.app.clock.now(), allowed.site.clone(), list.page());
    let read = allowed.read(move |tx, tenant| {
        seats::in_pool(tx, &site, &id)?;
        Ok(tx.seat_users(tenant, &id, &page)?)
    });
    let rows = read.await?;
    Ok(list.answer(rows, |row| row.seat.user.clone(), |row| View::of(row, now)))
}

/// A user connects, and gets a seat.
///
/// A full one while one is left; else, if the license has trial seats, one on trial, for 14 × 24 hours from the first access
/// for which no full seat was left. `seat.none` and `seat.trial_over` say that there is none.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/licenses/{id}/users/{user}/access",
    tag = "seats",
    security(("token" = ["sessions"])),
    params(
        ("id" = Key, Path, description = "The license's id"),
        ("user" = Name, Path, description = "The user's name, without regard to case"),
    ),
    responses((status = 200, description = "The user has a seat", body = View)),
)]
async fn access(
    allowed: Allowed<needs::Sessions>,
    AtUser { license, user }: AtUser,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let site = allowed.site.clone();
    let change = allowed.change(asked, move |unit| {
        let user = seats::connect(unit, &site, &license, &user)?;
        Ok(Done::ok(&View::of(user, unit.now)))
    });
    change.await
}

/// Takes the full seat back from a user. Whoever connects next can have it; a trial that the user had goes on counting.
#[utoipa::path(
    delete,
    path = "/api/v1/vendor/licenses/{id}/users/{user}/seat",
    tag = "seats",
    security(("token" = ["licenses:write"])),
    params(
        ("id" = Key, Path, description = "The license's id"),
        ("user" = Name, Path, description = "The user's name, without regard to case"),
    ),
    responses((status = 204, description = "The user has no full seat")),
)]
async fn free(
    allowed: Allowed<needs::LicensesWrite>,
    AtUser { license, user }: AtUser,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let site = allowed.site.clone();
    let change = allowed.change(asked, move |unit| {
        seats::free(unit, &site, &license, &user)?;
        Ok(Done::nothing())
    });
    change.await
}
