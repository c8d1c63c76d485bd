//! `api/v1/vendor/activations`: the devices that hold or held a license.

mod documents;
mod files;
mod refresh;
mod view;

use axum::response::Response;
use handcarry_store::{ActivationFilter, SeatState};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, List, Listing, Paging, needs, shown};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Key, Name};
use view::Shown;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .merge(documents::routes())
        .merge(files::routes())
        .merge(refresh::routes())
}

/// What an activation's seat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    /// The device holds it.
    Taken,
    /// The device gave it back.
    Returned,
    /// Staff took it back.
    Retired,
}

/// Filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Id of the license.
    license: Option<Key>,
    /// Part of the device's name, or of its key's id.
    device: Option<Name>,
    /// What the seat is.
    #[param(inline)]
    state: Option<State>,
    /// Whether a second device seems to use it (D-36).
    clone_suspected: Option<bool>,
}

/// Lists activations, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/activations",
    tag = "activations",
    security(("token" = ["activations:read"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of activations", body = Listing<Shown>)),
)]
async fn list(allowed: Allowed<needs::ActivationsRead>, list: List<Filter>) -> Result<Response, Fault> {
    let (page, asked) = (list.page(), &list.filter);
    let filter = ActivationFilter {
        license: asked.license.as_ref().map(|license| license.0.clone()),
        device: asked.device.as_ref().map(|device| device.0.clone()),
        state: asked.state.map(|state| match state {
            State::Taken => SeatState::Taken,
            State::Returned => SeatState::Returned,
            State::Retired => SeatState::Retired,
        }),
        clone_suspected: asked.clone_suspected,
    };
    let read = allowed.read(move |tx, tenant| Ok(tx.list_activations(tenant, &filter, &page)?));
    Ok(list.answer(read.await?, |row| row.seq.to_string(), Shown::from))
}

/// Shows an activation.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/activations/{id}",
    tag = "activations",
    security(("token" = ["activations:read"])),
    params(("id" = Key, Path, description = "The activation's id")),
    responses((status = 200, description = "The activation", body = Shown)),
)]
async fn get(allowed: Allowed<needs::ActivationsRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed
        .read(move |tx, tenant| tx.listed_activation(tenant, &id)?.ok_or_else(|| unknown("activation", &id)));
    Ok(shown(&Shown::from(read.await?)))
}
