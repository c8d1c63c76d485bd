//! `GET files/sha256-{hex}`: a signed file, to download without a script.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use handcarry_api::{Problem, code};

use crate::app::App;
use crate::http::answer::{Fault, typed};
use crate::http::api_documents_digest::ByDigest;
use crate::http::site::AtSite;
use crate::service::files::download;

/// A license or receipt that the portal issued.
#[utoipa::path(
    get,
    path = "/files/{digest}",
    tag = "documents",
    params(("digest" = String, Path, description = "`sha256-` and the 64 hexadecimal digits of the file's digest")),
    responses(
        (status = 200, description = "The file", body = String, content_type = "text/plain"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path(path): Path<ByDigest>,
) -> Result<Response, Fault> {
    let digest = path.parse().ok_or_else(|| Problem::new(404, code::NOT_FOUND))?;
    let file = download(&app, &site, digest).await?;
    let mut response = typed(StatusCode::OK, "text/plain; charset=utf-8", file.text.into());
    // The name is ASCII letters, digits, hyphens and one dot.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name)) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
