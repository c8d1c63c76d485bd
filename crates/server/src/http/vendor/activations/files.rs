//! `api/v1/vendor/activations/{id}/files`: what the portal issued for an activation.

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

/// A signed file that the portal issued.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedFile)]
pub(super) struct Shown {
    /// Its kind: `license` or `receipt`.
    kind: &'static str,
    /// Its digest.
    digest: String,
    /// Where its text is, relative to the tenant's base.
    path: String,
    /// When it was issued.
    #[schema(format = DateTime)]
    at: String,
}

impl From<ListedFile> for Shown {
    fn from(file: ListedFile) -> Shown {
        let path = format!("files/sha256-{}", file.digest.hex());
        Shown { kind: file.kind.name(), digest: file.digest.to_string(), path, at: file.at.to_string() }
    }
}

/// Lists the license files and receipts of an activation, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/activations/{id}/files",
    tag = "activations",
    security(("token" = ["activations:read"])),
    params(("id" = Key, Path, description = "The activation's id"), Paging),
    responses((status = 200, description = "A page of files", body = Listing<Shown>)),
)]
async fn list(
    allowed: Allowed<needs::ActivationsRead>,
    OfId(id): OfId,
    list: List,
) -> Result<Response, Fault> {
    let page = list.page();
    let read = allowed.read(move |tx, tenant| {
        tx.listed_activation(tenant, &id)?.ok_or_else(|| unknown("activation", &id))?;
        Ok(tx.activation_files(tenant, &id, &page)?)
    });
    Ok(list.answer(read.await?, |row| row.seq.to_string(), Shown::from))
}
