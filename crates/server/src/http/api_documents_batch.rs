//! `POST api/v1/documents/batch`: many files are brought.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use handcarry_api::{BatchAnswer, BatchRequest, Problem, code};
use serde::Serialize;

use crate::app::App;
use crate::http::answer::{Fault, json};
use crate::http::site::AtSite;
use crate::http::{body, layers};
use crate::limit::network;
use crate::service::batch::{Row, take};

/// Brings many files.
///
/// Each file has its own result, as if it had been brought alone; a bad one stops nothing, and bringing the batch again
/// changes nothing (D-32).
#[utoipa::path(
    post,
    path = "/api/v1/documents/batch",
    tag = "documents",
    request_body = BatchRequest,
    responses(
        (status = 200, description = "One result a file, in the order of the request", body = BatchAnswer),
        (status = 400, description = "Not a batch", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large, or too many files", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn post(
    State(app): State<App>,
    AtSite(site): AtSite,
    request: Request,
) -> Result<Response, Fault> {
    let address = layers::address(&app, &request);
    let body = body::read(&app, request, app.settings.batch_limit(), code::REQUEST_TOO_LARGE).await?;
    let batch: BatchRequest = serde_json::from_slice(&body.bytes).map_err(|error| {
        Problem::new(400, code::REQUEST_MALFORMED).with("line", error.line()).with("column", error.column())
    })?;
    let count = batch.documents.len();
    if count > BatchRequest::MOST {
        let problem = Problem::new(413, code::REQUEST_TOO_LARGE).with("documents", count);
        return Err(problem.with("limit", BatchRequest::MOST).into());
    }
    let (more, now) = (count.saturating_sub(1), Instant::now());
    app.rate.charge(&network(address), more, now);
    app.tenant_rate.charge(&site.id(), more, now);
    let results = take(&app, &site, batch.documents).await;
    let body = serde_json::to_vec(&Answer { results })
        .map_err(|_| Fault::from(Problem::new(500, code::SERVER_ERROR)))?;
    Ok(json(StatusCode::OK, body.into()))
}

/// [`BatchAnswer`] with stored answers in it as they are.
#[derive(Serialize)]
struct Answer {
    results: Vec<Row>,
}

/// The shape that is described is the shape that is sent.
const _: fn(&BatchAnswer) -> &Vec<handcarry_api::BatchResult> = |answer| &answer.results;
