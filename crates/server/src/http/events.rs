//! Server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;

use crate::live::HEARTBEAT;

/// After which a reader whose connection broke comes back.
const RETRY: Duration = Duration::from_secs(2);

/// One event: its place in the log, and its data as JSON.
pub(super) fn event(place: i64, data: &impl Serialize) -> Event {
    // Structs of strings, numbers and JSON that was parsed: nothing can fail to serialize, and nothing has line ends.
    Event::default().id(place.to_string()).data(serde_json::to_string(data).unwrap_or_default())
}

/// The stream as a response.
pub(super) fn stream(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let first = futures_util::stream::once(async { Event::default().retry(RETRY) });
    let events = first.chain(events).map(Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // Some proxies would otherwise collect them.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// The place of the last event that the reader has.
pub(super) fn last(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}
