//! `GET api/v1/licenses/sha256-{hex}/events`: what the license of a file is, now and whenever that changes (ALT-22).

use axum::extract::{Path, State};
use axum::response::Response;
use futures_util::StreamExt as _;
use handcarry_api::{Problem, code};

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::api_documents_digest::ByDigest;
use crate::http::events;
use crate::http::site::AtSite;
use crate::live::{LicenseNow, NotFollowed, follow_license};

/// What the license of a file is, now and whenever that changes.
///
/// Server-sent events without a name; the data is JSON. For whoever holds a license file that the portal issued, and about
/// that license only.
#[utoipa::path(
    get,
    path = "/api/v1/licenses/{digest}/events",
    tag = "documents",
    params(("digest" = String, Path, description = "`sha256-` and the 64 hexadecimal digits of the license file's digest")),
    responses(
        (status = 200, description = "A stream that does not end; each event's data is a `LicenseNow`", body = LicenseNow, content_type = "text/event-stream"),
        (status = 404, description = "No such license file was issued here", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests from this address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many streams", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(
    State(app): State<App>,
    AtSite(site): AtSite,
    Path(path): Path<ByDigest>,
) -> Result<Response, Fault> {
    let unknown = || Fault::from(Problem::new(404, code::DOCUMENT_UNKNOWN));
    let digest = path.parse().ok_or_else(unknown)?;
    let followed = follow_license(&app, &site, digest).await.map_err(|error| match error {
        NotFollowed::Unknown => unknown(),
        NotFollowed::TooMany => Problem::new(503, code::BUSY).into(),
        NotFollowed::Store(error) => error.into(),
    })?;
    Ok(events::stream(followed.map(|(place, now)| events::event(place, &now))))
}
