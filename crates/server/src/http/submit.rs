//! `GET` and `POST submit`: the same service for browsers without WebAssembly or scripts (D-22).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use handcarry_api::{Outcome, Problem, code};

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::body::{self, Read};
use crate::http::page::{html, plain};
use crate::http::site::AtSite;
use crate::service::documents::{Answered, take};
use crate::service::sign_in::Credentials;
use crate::site::Site;

/// Room for the form around a file.
const FORM: u64 = 64 << 10;

/// The form.
#[utoipa::path(
    get,
    path = "/submit",
    tag = "form",
    responses((status = 200, description = "A page with a form", body = String, content_type = "text/html")),
)]
pub(super) async fn get(AtSite(site): AtSite) -> Response {
    html::response(StatusCode::OK, &site, &plain::form(&site))
}

/// Brings one file by a form; the answer is a page.
#[utoipa::path(
    post,
    path = "/submit",
    tag = "form",
    request_body(content = String, content_type = "multipart/form-data", description = "`file`: the file; or `text`: its text; `login` and `password` where the request names a user"),
    responses(
        (status = 200, description = "It was done; a page with the files to carry back", body = String, content_type = "text/html"),
        (status = 422, description = "It was not; a page that says why", body = String, content_type = "text/html"),
    ),
)]
pub(super) async fn post(State(app): State<App>, AtSite(site): AtSite, request: Request) -> Response {
    match bring(&app, &site, request).await {
        Ok(response) => response,
        Err(fault) => {
            let problem = fault.into_problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = html::response(status, &site, &(plain::problem(&problem) + plain::ANOTHER));
            Fault::mark(&problem, &mut response);
            response
        }
    }
}

async fn bring(app: &App, site: &Arc<Site>, request: Request) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(axum::http::header::CONTENT_TYPE).cloned();
    let limit = app.settings.file_limits().file.saturating_add(FORM);
    let Read { bytes, held: _held } =
        body::read(app, Request::from_parts(parts, body), limit, "too_large").await?;
    let Form { file, login, password } = form(bytes, content_type).await?;
    let answer = take(app, site, file, Credentials::new(&login, &password)).await.map_err(Fault::from)?;
    let Answered { body, first_processed, .. } = answer;
    let outcome: Outcome =
        serde_json::from_slice(&body).map_err(|_| Fault::from(Failure::problem(500, code::SERVER_ERROR)))?;
    let first = first_processed.map(|at| at.to_string());
    Ok(html::response(StatusCode::OK, site, &plain::outcome(&outcome, first.as_deref())))
}

/// What was sent: the file, or the text if no file was chosen.
#[derive(Default)]
struct Form {
    file: Bytes,
    login: String,
    password: String,
}

async fn form(body: Bytes, content_type: Option<axum::http::HeaderValue>) -> Result<Form, Fault> {
    let malformed = || Fault::from(Problem::new(400, code::REQUEST_MALFORMED));
    let mut request = Request::new(Body::from(body));
    if let Some(content_type) = content_type {
        request.headers_mut().insert(axum::http::header::CONTENT_TYPE, content_type);
    }
    // The body has been read within its own limits.
    DefaultBodyLimit::apply(DefaultBodyLimit::disable(), &mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut form = Form::default();
    while let Some(field) = parts.next_field().await.map_err(|_| malformed())? {
        let is_file = match field.name() {
            Some("file") => true,
            Some("text") => false,
            Some("login") => {
                form.login = field.text().await.map_err(|_| malformed())?;
                continue;
            }
            Some("password") => {
                form.password = field.text().await.map_err(|_| malformed())?;
                continue;
            }
            _ => continue,
        };
        let content = field.bytes().await.map_err(|_| malformed())?;
        if !content.is_empty() && (is_file || form.file.is_empty()) {
            form.file = content;
        }
    }
    Ok(form)
}
