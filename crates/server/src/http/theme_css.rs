//! `GET theme.css`: the tenant's colors, before the page is drawn.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::http::answer::{Fault, cached, typed};
use crate::http::headers::OfThePage;
use crate::http::site::AtSite;

/// The theme as a stylesheet.
#[utoipa::path(
    get,
    path = "/theme.css",
    tag = "tenant",
    params(("v" = Option<String>, Query, description = "The version; with the present one, the answer can be kept for good")),
    responses((status = 200, description = "Custom properties", body = String, content_type = "text/css")),
)]
pub(super) async fn get(
    State(_): State<App>,
    AtSite(site): AtSite,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let version = site.theme.version();
    let named = query.is_some_and(|query| query == format!("v={version}"));
    let body = site.stylesheet.clone().into();
    let mut response = typed(StatusCode::OK, "text/css; charset=utf-8", body);
    response.extensions_mut().insert(OfThePage);
    Ok(cached(response, &headers, &version, named))
}
