//! `api/v1/vendor/activations/{id}/documents`: what came in of an activation.

use axum::response::Response;
use handcarry_store::ListedFile;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, List, Listing, OfId, Paging, needs};
use crate::service::vendor::refuse::unknown;
use crate::service::vendor::value::Key;

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A document that was accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = FiledDocument)]
pub(super) struct Shown {
    /// Its kind: `activation-request`, `deactivation` or `usage-report`.
    kind: &'static str,
    /// Its digest. `GET /api/v1/documents/sha256-…` gives its answer.
    digest: String,
    /// When it was accepted.
    #[schema(format = DateTime)]
    at: String,
}

impl From<ListedFile> for Shown {
    fn from(file: ListedFile) -> Shown {
        Shown { kind: file.kind.name(), digest: file.digest.to_string(), at: file.at.to_string() }
    }
}

/// Lists the documents of an activation, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/activations/{id}/documents",
    tag = "activations",
    security(("token" = ["activations:read"])),
    params(("id" = Key, Path, description = "The activation's id"), Paging),
    responses((status = 200, description = "A page of documents", body = Listing<Shown>)),
)]
async fn list(
    allowed: Allowed<needs::ActivationsRead>,
    OfId(id): OfId,
    list: List,
) -> Result<Response, Fault> {
    let page = list.page();
    let read = allowed.read(move |tx, tenant| {
        tx.listed_activation(tenant, &id)?.ok_or_else(|| unknown("activation", &id))?;
        Ok(tx.activation_documents(tenant, &id, &page)?)
    });
    Ok(list.answer(read.await?, |row| row.seq.to_string(), Shown::from))
}
