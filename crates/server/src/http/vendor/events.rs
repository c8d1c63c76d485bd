//! `api/v1/vendor/events`: what happens, as it happens.

use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::StreamExt as _;
use handcarry_api::{Problem, code};
use handcarry_store::LogEntry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::answer::Fault;
use crate::http::events;
use crate::http::vendor::strict::NoParameters;
use crate::http::vendor::{Allowed, needs};
use crate::live::follow_log;

/// Its address.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow))
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct View {
    /// Its place in the tenant's log.
    seq: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What, as a stable name such as `document.accepted`.
    event: String,
    /// The facts.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<LogEntry> for View {
    fn from(entry: LogEntry) -> View {
        View {
            seq: entry.seq,
            at: entry.entry.at.to_string(),
            event: entry.entry.event,
            data: serde_json::from_str(&entry.entry.data).unwrap_or_default(),
        }
    }
}

/// What happens, as it happens (ALT-22).
///
/// Server-sent events without a name, whose ids are places in the tenant's log: whoever comes back with `Last-Event-ID`
/// misses nothing. Without it the stream begins with what happens next.
#[utoipa::path(
    get,
    path = "/api/v1/vendor/events",
    tag = "messages",
    security(("token" = ["messages:read"])),
    params(("Last-Event-ID" = Option<i64>, Header, description = "The place of the last event that arrived")),
    responses((status = 200, description = "A stream that does not end; each event's data is an `Event`", body = View, content_type = "text/event-stream")),
)]
async fn follow(
    allowed: Allowed<needs::MessagesRead>,
    _: NoParameters,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let followed = follow_log(&allowed.app, allowed.tenant(), events::last(&headers)).await?;
    let entries = followed.ok_or_else(|| Fault::from(Problem::new(503, code::BUSY)))?;
    Ok(events::stream(entries.map(|entry| events::event(entry.seq, &View::from(entry)))))
}
