//! `GET api/v1/tenant`: whose portal this is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handcarry_api::{Problem, TenantInfo, code};

use crate::app::App;
use crate::http::answer::{Fault, json};
use crate::http::site::AtSite;
use crate::service::tenant::info;

/// Everything that a page needs to verify files and to look right.
#[utoipa::path(
    get,
    path = "/api/v1/tenant",
    tag = "tenant",
    responses(
        (status = 200, description = "Whose portal this is", body = TenantInfo),
        (status = 404, description = "No portal is at this address", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(State(app): State<App>, AtSite(site): AtSite) -> Result<Response, Fault> {
    let info = info(&app, &site).await?;
    let body = serde_json::to_vec(&info).map_err(|_| Fault::from(Problem::new(500, code::SERVER_ERROR)))?;
    Ok(json(StatusCode::OK, body.into()))
}
