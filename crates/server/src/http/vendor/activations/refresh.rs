//! `api/v1/vendor/activations/{id}/refresh`: the current license file, for staff.

use axum::response::Response;
use handcarry_api::Outcome;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, NoBody, needs};
use crate::random;
use crate::service::vendor::refresh::{Wanted, refresh};
use crate::service::vendor::value::Key;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post))
}

/// Gives the current license file of an activation, made now if the license has changed since (LSP-08).
///
/// It is the answer that whoever holds the device's last file gets: `current`, or `refreshed` with the next generation.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/activations/{id}/refresh",
    tag = "activations",
    security(("token" = ["support"])),
    params(("id" = Key, Path, description = "The activation's id")),
    responses((status = 200, description = "The file", body = Outcome)),
)]
async fn post(
    allowed: Allowed<needs::Support>,
    AtId(id): AtId,
    Change { body: NoBody, asked }: Change<NoBody>,
) -> Result<Response, Fault> {
    let site = std::sync::Arc::clone(&allowed.site);
    let wanted = Wanted {
        site,
        activation: id,
        fresh: random::fresh(&*allowed.app.clock),
        reference: random::reference(),
        limits: allowed.app.settings.file_limits(),
    };
    allowed.change(asked, move |unit| refresh(unit, &wanted)).await
}
