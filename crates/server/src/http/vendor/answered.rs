//! Answers of the vendor API.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use handcarry_api::route;
use serde::Serialize;

use crate::http::answer::json;
use crate::service::vendor::once::Answered;
use crate::site::Site;

/// The answer to a change.
pub(super) fn response(site: &Site, Answered { done, again }: Answered) -> Response {
    let status = StatusCode::from_u16(done.status).unwrap_or(StatusCode::OK);
    let mut response = json(status, done.body.into());
    let headers = response.headers_mut();
    if status == StatusCode::NO_CONTENT {
        headers.remove(header::CONTENT_TYPE);
    }
    let location = done.headers.location.map(|path| [site.tenant.portal.as_str(), path.as_str()].concat());
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    if let Some(revision) = done.headers.revision {
        headers.insert(header::ETAG, tag(revision));
    }
    if again {
        headers.insert(route::REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// One thing.
pub(in crate::http) fn shown(view: &impl Serialize) -> Response {
    // Views are structs of strings, numbers and lists of them: nothing can fail to serialize.
    json(StatusCode::OK, serde_json::to_vec(view).unwrap_or_default().into())
}

/// One thing with its revision as its `ETag`.
pub(in crate::http) fn shown_at(revision: u32, view: &impl Serialize) -> Response {
    let mut response = shown(view);
    response.headers_mut().insert(header::ETAG, tag(revision));
    response
}

fn tag(revision: u32) -> HeaderValue {
    // Digits between quotes are a header's value.
    HeaderValue::from_str(&format!("\"{revision}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}
