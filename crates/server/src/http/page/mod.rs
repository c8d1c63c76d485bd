//! The page's own files, and the plain page where the page cannot be.

pub(super) mod html;
pub(super) mod plain;

use axum::extract::{Path, Request, State};
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
pub(super) async fn index(State(app): State<App>, site: AtSite, headers: HeaderMap) -> Response {
    match app.portal.file("index.html") {
        Some(file) => serve(file, &headers),
        None => html::response(StatusCode::OK, &site.0, &plain::form(&site.0)),
    }
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
    AtSite(_): AtSite,
    Path(path): Path<ByFile>,
    request: Request,
) -> Result<Response, Fault> {
    let file = app.portal.file(&path.file).ok_or_else(|| Problem::new(404, code::NOT_FOUND))?;
    Ok(serve(file, request.headers()))
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
