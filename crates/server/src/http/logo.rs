//! `GET logo`: the tenant's logo.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use handcarry_api::{Problem, code};
use handcarry_theme::Logo;

use crate::app::App;
use crate::http::answer::{Fault, cached, typed};
use crate::http::site::AtSite;

/// The logo, if there is one.
#[utoipa::path(
    get,
    path = "/logo",
    tag = "tenant",
    params(("v" = Option<String>, Query, description = "The version; with the present one, the answer can be kept for good")),
    responses(
        (status = 200, description = "PNG or WebP", body = Vec<u8>, content_type = "image/png"),
        (status = 404, description = "There is none", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get(
    State(_): State<App>,
    AtSite(site): AtSite,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Logo::Raster(raster) = site.theme.logo() else {
        return Err(Problem::new(404, code::NOT_FOUND).into());
    };
    let version = raster.version();
    let named = query.is_some_and(|query| query == format!("v={version}"));
    let response = typed(StatusCode::OK, raster.media().content_type(), raster.bytes().to_vec().into());
    Ok(cached(response, &headers, &version, named))
}
