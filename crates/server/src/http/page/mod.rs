//! The page's own files, and the plain page where the page cannot be.

pub(super) mod html;
pub(super) mod plain;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use handcarry_api::{Problem, code};
use handcarry_format::Id;
use serde::Deserialize;

use crate::app::App;
use crate::http::answer::{Fault, cached, typed};
use crate::http::headers::OfThePage;
use crate::http::site::AtSite;
use crate::portal::File;

/// Where the plain page's own style is.
pub(super) const PLAIN_STYLE: &str = "plain.css";

#[derive(Deserialize)]
pub(super) struct BySlug {
    slug: String,
}

#[derive(Deserialize)]
pub(super) struct ByFile {
    file: String,
}

/// `GET /` and `GET /t/{slug}/`: the page; without one, the plain form.
pub(super) async fn index(
    State(app): State<App>,
    site: Result<AtSite, Fault>,
    headers: HeaderMap,
) -> Response {
    let site = match site {
        Ok(site) => site,
        Err(fault) => return told(fault, &headers),
    };
    match app.portal.file("index.html") {
        Some(file) => serve(file, &headers),
        None => html::response(StatusCode::OK, &site.0, &plain::form(&site.0)),
    }
}

/// A fault as a page for whoever reads pages, and as a problem for whoever reads those.
pub(super) fn told(fault: Fault, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/html") {
        return fault.into_response();
    }
    let retry_after = fault.retry_after();
    let problem = fault.into_problem();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = html::bare(status, &problem.title, &plain::problem(&problem));
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Fault::mark(&problem, &mut response);
    response
}

/// `GET /t/{slug}`: addresses in the page are relative, so its own ends with a slash.
pub(super) async fn add_slash(Path(path): Path<BySlug>) -> Response {
    match Id::new(&path.slug) {
        Some(slug) => Redirect::permanent(&format!("/t/{slug}/")).into_response(),
        None => Fault::from(Problem::new(404, code::TENANT_UNKNOWN)).into_response(),
    }
}

/// `GET` any other file of the page.
pub(super) async fn file(
    State(app): State<App>,
    site: Result<AtSite, Fault>,
    Path(path): Path<ByFile>,
    headers: HeaderMap,
) -> Response {
    let missing = || Fault::from(Problem::new(404, code::NOT_FOUND));
    match site.and_then(|_| app.portal.file(&path.file).ok_or_else(missing)) {
        Ok(file) => serve(file, &headers),
        Err(fault) => told(fault, &headers),
    }
}

/// `GET plain.css`: how the plain page looks.
pub(super) async fn plain_style(AtSite(_): AtSite, headers: HeaderMap) -> Response {
    let mut response = typed(StatusCode::OK, "text/css; charset=utf-8", plain::STYLE.into());
    response.extensions_mut().insert(OfThePage);
    cached(response, &headers, env!("CARGO_PKG_VERSION"), false)
}

fn serve(file: &File, headers: &HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let encoded = file.encoded(accepted.unwrap_or_default());
    let mut response = Response::new(encoded.bytes.into());
    let fields = response.headers_mut();
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(content_type) = HeaderValue::from_str(&file.content_type) {
        fields.insert(header::CONTENT_TYPE, content_type);
    }
    if let Some(encoding) = encoded.encoding {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response.extensions_mut().insert(OfThePage);
    let tag = [&file.tag, encoded.encoding.unwrap_or("plain")].join("-");
    cached(response, headers, &tag, file.immutable)
}
