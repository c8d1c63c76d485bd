//! `GET /healthz`: the process runs.

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::answer::typed;

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "It runs", body = String)))]
pub(super) async fn get() -> Response {
    typed(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".into())
}
