//! `POST api/v1/documents`: a file is brought.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use handcarry_api::{Outcome, Problem, route};

use crate::app::App;
use crate::http::answer::{Fault, json};
use crate::http::body::{self, Read};
use crate::http::site::AtSite;
use crate::service::documents::{Answered, take};
use crate::service::sign_in::Credentials;

/// Brings one file.
///
/// The body is the file, of any content type. What the file is decides what happens: an activation request is answered
/// with a license, a deactivation with a receipt, a usage report with a receipt and a refresh where one is due, a license
/// file with the newest one. The same file again gets the same answer, byte for byte.
///
/// A request that names a user instead of a license key needs that user's login and password in an `Authorization: Basic`
/// header.
#[utoipa::path(
    post,
    path = "/api/v1/documents",
    tag = "documents",
    request_body(content = String, content_type = "text/plain", description = "The file, armored or as a DSSE JSON envelope"),
    responses(
        (status = 201, description = "It was done just now", body = Outcome),
        (status = 200, description = "It was done before; the same answer again", body = Outcome,
            headers(("handcarry-first-processed" = String, description = "When it was done"))),
        (status = 401, description = "The request needs its user to sign in, or the password is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Genuine, but refused by a rule, or altered", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not a file that can be accepted", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many uploads from this address", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Come back later", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "No room is left; nothing was booked", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn post(
    State(app): State<App>,
    AtSite(site): AtSite,
    request: Request,
) -> Result<Response, Fault> {
    let credentials = basic(request.headers());
    let Read { bytes, held: _held } =
        body::read(&app, request, app.settings.file_limits().file, "too_large").await?;
    let answer = take(&app, &site, bytes, credentials).await?;
    Ok(answered(answer))
}

/// What somebody signs in with, for a request that names a user.
fn basic(headers: &HeaderMap) -> Option<Credentials> {
    Credentials::basic(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// An answer, new or given before.
pub(super) fn answered(answer: Answered) -> Response {
    let status = if answer.new { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = json(status, answer.body);
    if let Some(at) = answer.first_processed
        && let Ok(at) = HeaderValue::from_str(&at.to_string())
    {
        response.headers_mut().insert(route::FIRST_PROCESSED, at);
    }
    response
}
