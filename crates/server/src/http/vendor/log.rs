//! `api/v1/vendor/log`: what happened, in a chain of hashes.

use axum::response::Response;
use handcarry_store::LogEntry;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::vendor::{Allowed, List, Listing, Paging, needs};

/// Its addresses.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// A log entry. Its hash covers the one before (D-28).
#[derive(Serialize, ToSchema)]
#[schema(as = LogEntry)]
struct Shown {
    /// Its place, from 1, without gaps.
    #[schema(minimum = 1)]
    seq: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What happened: `license.created`, `document.accepted` …
    event: String,
    /// The facts.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    data: serde_json::Value,
    /// SHA-256 over tenant, place, the hash before, time, event and data.
    #[schema(pattern = "^sha256:[0-9a-f]{64}$")]
    hash: String,
}

impl From<LogEntry> for Shown {
    fn from(LogEntry { seq, entry, hash }: LogEntry) -> Shown {
        Shown {
            seq,
            at: entry.at.to_string(),
            event: entry.event,
            data: serde_json::from_str(&entry.data).unwrap_or_default(),
            hash: hash.to_string(),
        }
    }
}

/// Lists the log, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/log",
    tag = "log",
    security(("token" = ["log:read"])),
    params(Paging),
    responses((status = 200, description = "A page of the log", body = Listing<Shown>)),
)]
async fn list(allowed: Allowed<needs::LogRead>, list: List) -> Result<Response, Fault> {
    let page = list.page();
    let rows = allowed.read(move |tx, tenant| Ok(tx.log(tenant, &page)?)).await?;
    Ok(list.answer(rows, |row| row.seq.to_string(), Shown::from))
}
