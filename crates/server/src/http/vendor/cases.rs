//! `api/v1/vendor/cases`: what waits for a person.

use axum::response::Response;
use handcarry_store::{CaseFilter, ListedCase};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, AtId, Change, List, Listing, Paging, needs, shown};
use crate::service::vendor::cases::close;
use crate::service::vendor::done::Done;
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::{Key, Text};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get)).routes(routes!(post))
}

/// Filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Open ones, or closed ones; absent = both.
    open: Option<bool>,
    /// Of this kind: `usage`, `jump`, `gap`, `fork`, `zombie`, `restored` …
    kind: Option<Key>,
    /// Id of the activation.
    activation: Option<Key>,
}

/// A case.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
struct Shown {
    /// Its id.
    id: String,
    /// Why a person must look: `usage`, `jump`, `gap`, `fork`, `zombie`, `restored` …
    kind: String,
    /// Id of the activation.
    activation: String,
    /// Digest of the document that raised it.
    document: String,
    /// What was found in it; which members there are depends on `code`.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    findings: serde_json::Value,
    /// When it was opened.
    #[schema(format = DateTime)]
    at: String,
    /// How it ended; absent = it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<Closed>,
}

/// How a case ended.
#[derive(Serialize, ToSchema)]
#[schema(as = ClosedCase)]
struct Closed {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By whom.
    by: String,
    /// Why.
    reason: String,
}

impl From<ListedCase> for Shown {
    fn from(ListedCase { case, closed }: ListedCase) -> Shown {
        let case = case.case;
        Shown {
            id: case.id.to_string(),
            kind: case.kind,
            activation: case.activation.to_string(),
            document: case.digest.to_string(),
            findings: serde_json::from_str(&case.findings).unwrap_or_default(),
            at: case.at.to_string(),
            closed: closed.map(|it| Closed { at: it.at.to_string(), by: it.by, reason: it.why }),
        }
    }
}

/// Why a case is closed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseClosing {
    /// What was found out, and done.
    reason: Text,
}

/// Lists cases, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/cases",
    tag = "cases",
    security(("token" = ["support"])),
    params(Paging, Filter),
    responses((status = 200, description = "A page of cases", body = Listing<Shown>)),
)]
async fn list(allowed: Allowed<needs::Support>, list: List<Filter>) -> Result<Response, Fault> {
    let (page, asked) = (list.page(), &list.filter);
    let filter = CaseFilter {
        open: asked.open,
        kind: asked.kind.as_ref().map(|kind| kind.0.to_string()),
        activation: asked.activation.as_ref().map(|activation| activation.0.clone()),
    };
    let rows = allowed.read(move |tx, tenant| Ok(tx.list_cases(tenant, &filter, &page)?)).await?;
    Ok(list.answer(rows, |row| row.case.seq.to_string(), Shown::from))
}

/// Shows a case.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/cases/{id}",
    tag = "cases",
    security(("token" = ["support"])),
    params(("id" = Key, Path, description = "The case's id")),
    responses((status = 200, description = "The case", body = Shown)),
)]
async fn get(allowed: Allowed<needs::Support>, AtId(id): AtId) -> Result<Response, Fault> {
    let read = allowed.read(move |tx, tenant| tx.case(tenant, &id)?.ok_or_else(|| unknown("case", &id)));
    Ok(shown(&Shown::from(read.await?)))
}

/// Closes a case for a reason. Where it suspected a second device and no other open case of the activation does, the
/// activation is no longer suspected (D-36). One that is closed stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/vendor/cases/{id}/close",
    tag = "cases",
    security(("token" = ["support"])),
    params(("id" = Key, Path, description = "The case's id")),
    request_body = CaseClosing,
    responses((status = 200, description = "The case as it is now", body = Shown)),
)]
async fn post(
    allowed: Allowed<needs::Support>,
    AtId(id): AtId,
    Change { body, asked }: Change<CaseClosing>,
) -> Result<Response, Fault> {
    let change = allowed.change(asked, move |unit| {
        let case = close(unit, &id, &body.reason.0)?;
        Ok(Done::ok(&Shown::from(case)))
    });
    change.await
}
