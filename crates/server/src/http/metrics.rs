//! `GET /metrics`: figures for Prometheus.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::App;
use crate::http::answer::typed;
use crate::metrics::CONTENT_TYPE;

/// Figures: requests, times, documents.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, description = "OpenMetrics text", body = String)))]
pub(super) async fn get(State(app): State<App>) -> Response {
    typed(StatusCode::OK, CONTENT_TYPE, app.metrics.text().into())
}
