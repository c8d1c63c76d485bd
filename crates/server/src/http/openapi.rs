//! `GET api/v1/openapi.json`: what this API is, made from the code.

use axum::http::StatusCode;
use axum::response::Response;
use utoipa::OpenApi;

use crate::http::{
    answer, api_documents, api_documents_batch, api_documents_digest, api_license_events, api_tenant, files,
    healthz, logo, metrics, readyz, submit, theme_css, vendor,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Handcarry",
        description = "The portal's API. Addresses are relative to a tenant's base. Errors are problems (RFC 9457) with a stable code; docs/codes.md lists them.",
        version = "1",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers(
        (url = "/", description = "The tenant's own host name, or the only tenant"),
        (url = "/t/{slug}", description = "Any tenant", variables(("slug" = (default = "demo", description = "The vendor's id")))),
    ),
    paths(
        api_documents::post,
        api_documents_batch::post,
        api_documents_digest::get,
        api_license_events::get,
        api_tenant::get,
        get,
        theme_css::get,
        logo::get,
        files::get,
        submit::get,
        submit::post,
        healthz::get,
        readyz::get,
        metrics::get,
    ),
)]
struct Description;

/// The description as JSON.
pub fn description() -> String {
    let mut whole = Description::openapi();
    whole.merge(vendor::description());
    // A fixed tree of maps and strings: nothing can fail to serialize.
    whole.to_pretty_json().unwrap_or_default() + "\n"
}

/// What this API is.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "operation",
    responses((status = 200, description = "This description", body = String, content_type = "application/json")),
)]
pub(super) async fn get() -> Response {
    answer::json(StatusCode::OK, description().into())
}
