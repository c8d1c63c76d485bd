//! `api/v1/vendor/approvals`: what staff asked for, and the second person's word (D-28).

use axum::response::Response;
use handcarry_store::StaffState;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, returns::answer, shown};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::returns::{self, Shown};
use crate::service::vendor::value::Text;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(approve))
        .routes(routes!(refuse))
        .routes(routes!(withdraw))
}

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those of this state.
    #[serde(default)]
    #[param(inline)]
    state: Option<State>,
}

/// How what staff asked for stands.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    /// For a second person, or for time.
    Waiting,
    /// It took effect.
    Done,
    /// Somebody refused it, or took it back.
    Refused,
    /// There was nothing left to do.
    Void,
}

impl From<State> for StaffState {
    fn from(state: State) -> StaffState {
        match state {
            State::Waiting => StaffState::Waiting,
            State::Done => StaffState::Done,
            State::Refused => StaffState::Refused,
            State::Void => StaffState::Void,
        }
    }
}

/// A remark for the log.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Remark {
    /// In the words of whoever decides.
    #[serde(default)]
    text: Option<Text>,
}

impl Remark {
    fn text(self) -> String {
        self.text.map(|text| text.0).unwrap_or_default()
    }
}

/// Lists what staff asked for, oldest first: what waits, and what was done.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/approvals",
    tag = "approvals",
    security(("token" = ["activations:read"])),
    params(Filter, Paging),
    responses((status = 200, description = "A page of them", body = Listing<Shown>)),
)]
async fn list(allowed: Allowed<needs::ActivationsRead>, list: List<Filter>) -> Result<Response, Fault> {
    let (page, state) = (list.page(), list.filter.state.map(StaffState::from));
    let rows = allowed.read(move |tx, tenant| Ok(tx.staff_records(tenant, state, &page)?)).await?;
    Ok(list.answer(rows, |row| row.seq.to_string(), |row| Shown::from(row.record)))
}

/// Shows one.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/approvals/{id}",
    tag = "approvals",
    security(("token" = ["activations:read"])),
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "What was asked for, and what became of it", body = Shown)),
)]
async fn get(allowed: Allowed<needs::ActivationsRead>, AtId(id): AtId) -> Result<Response, Fault> {
    let read =
        allowed.read(move |tx, tenant| tx.staff_record(tenant, &id)?.ok_or_else(|| unknown("approval", &id)));
    Ok(shown(&Shown::from(read.await?)))
}

/// Agrees, as the second person: it takes effect.
///
/// The rules are asked once more; what has become wrong in the meantime is refused. Nobody can approve what they asked
/// for themselves.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/approvals/{id}/approve",
    tag = "approvals",
    security(("token" = ["approve"])),
    params(("id" = String, Path, description = "Its id")),
    request_body = Remark,
    responses((status = 200, description = "It is done", body = Shown)),
)]
async fn approve(
    allowed: Allowed<needs::Approve>,
    AtId(id): AtId,
    Change { body, asked }: Change<Remark>,
) -> Result<Response, Fault> {
    let remark = body.text();
    let change = allowed.change(asked, move |unit| Ok(answer(returns::approve(unit, &id, &remark)?)));
    change.await
}

/// Refuses, as the second person: nothing changes.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/approvals/{id}/refuse",
    tag = "approvals",
    security(("token" = ["approve"])),
    params(("id" = String, Path, description = "Its id")),
    request_body = Remark,
    responses((status = 200, description = "It is refused", body = Shown)),
)]
async fn refuse(
    allowed: Allowed<needs::Approve>,
    AtId(id): AtId,
    Change { body, asked }: Change<Remark>,
) -> Result<Response, Fault> {
    let remark = body.text();
    let change = allowed.change(asked, move |unit| Ok(answer(returns::refuse(unit, &id, &remark)?)));
    change.await
}

/// Takes back what was asked for and still waits.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/approvals/{id}/withdraw",
    tag = "approvals",
    security(("token" = ["support"])),
    params(("id" = String, Path, description = "Its id")),
    request_body = Remark,
    responses((status = 200, description = "It is withdrawn", body = Shown)),
)]
async fn withdraw(
    allowed: Allowed<needs::Support>,
    AtId(id): AtId,
    Change { body, asked }: Change<Remark>,
) -> Result<Response, Fault> {
    let remark = body.text();
    let change = allowed.change(asked, move |unit| Ok(answer(returns::refuse(unit, &id, &remark)?)));
    change.await
}
