//! `GET /readyz`: the store answers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use handcarry_api::Problem;

use crate::app::App;
use crate::http::answer::{Fault, typed};

/// The store can read and write.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "Documents can be taken", body = String),
        (status = 500, description = "The store has a fault", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "The store has no room left", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(State(app): State<App>) -> Result<Response, Fault> {
    app.store.ping().await?;
    Ok(typed(StatusCode::OK, "text/plain; charset=utf-8", "ready\n".into()))
}
