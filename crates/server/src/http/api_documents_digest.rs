//! `GET api/v1/documents/sha256-{hex}`: the same answer again.

use axum::extract::{Path, State};
use axum::response::Response;
use handcarry_api::{Outcome, Problem, code};
use handcarry_format::Digest;
use serde::Deserialize;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::api_documents::answered;
use crate::http::site::AtSite;
use crate::service::documents::again;

/// The part of an address that names content. Others, such as the tenant, are read elsewhere.
#[derive(Deserialize)]
pub(super) struct ByDigest {
    digest: String,
}

impl ByDigest {
    /// `sha256-` and 64 hexadecimal digits.
    pub(super) fn parse(&self) -> Option<Digest> {
        Digest::parse(&["sha256:", self.digest.strip_prefix("sha256-")?].concat())
    }
}

/// The answer to a file that was accepted before.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{digest}",
    tag = "documents",
    params(("digest" = String, Path, description = "`sha256-` and the 64 hexadecimal digits of the file's digest")),
    responses(
        (status = 200, description = "The answer, byte for byte", body = Outcome,
            headers(("handcarry-first-processed" = String, description = "When it was done"))),
        (status = 404, description = "No such file was accepted here", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path(path): Path<ByDigest>,
) -> Result<Response, Fault> {
    let digest = path.parse().ok_or_else(|| Problem::new(404, code::DOCUMENT_UNKNOWN))?;
    Ok(answered(again(&app, &site, digest).await?))
}
