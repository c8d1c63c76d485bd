//! What a caller sends, read strictly: nothing that is not known is passed over in silence.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use handcarry_api::{Problem, code};
use handcarry_format::Id;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::failure::Failure;
use crate::http::answer::Fault;
use crate::http::body;
use crate::http::vendor::objects::Objects;
use crate::service::vendor::once::{Asked, LONGEST};
use crate::service::vendor::refuse;

/// Bytes that a JSON body may have.
const JSON: u64 = 256 << 10;

/// A body that an endpoint of the vendor API takes. Everything that serde reads is one: as JSON, whose structs say
/// `deny_unknown_fields`.
pub(in crate::http) trait Taken: Sized + Send {
    /// Bytes that it may have.
    fn limit(app: &App) -> u64;
    /// Reads it.
    fn take(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Failure>;
}

impl<T: DeserializeOwned + Send> Taken for T {
    fn limit(_: &App) -> u64 {
        JSON
    }

    fn take(headers: &HeaderMap, bytes: Bytes) -> Result<T, Failure> {
        let given =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let problem = Problem::new(415, code::MEDIA_TYPE).with("got", given);
            return Err(problem.with("expected", "application/json").into());
        }
        json(&bytes)
    }
}

/// No body.
pub(in crate::http) struct NoBody;

impl Taken for NoBody {
    fn limit(_: &App) -> u64 {
        JSON
    }

    fn take(_: &HeaderMap, bytes: Bytes) -> Result<NoBody, Failure> {
        // An empty object is as good as none: some clients always send one.
        match bytes.trim_ascii() {
            b"" | b"{}" => Ok(NoBody),
            _ => Err(refuse::field(".", "no body is taken here")),
        }
    }
}

/// A change that is asked for: the body, and what tells the request apart from others. The last argument of an endpoint.
pub(in crate::http) struct Change<T> {
    /// The body.
    pub(in crate::http) body: T,
    /// For [`super::Allowed::change`].
    pub(in crate::http) asked: Asked,
}

impl<T: Taken> FromRequest<App> for Change<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        no_parameters(request.uri().query())?;
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        let (method, address) = (parts.method.clone(), parts.uri.path().to_owned());
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, Body::new(body));
        let read = body::read(app, request, T::limit(app), code::REQUEST_TOO_LARGE).await?;
        let asked = Asked::of(key, method.as_str(), &address, &read.bytes);
        Ok(Change { body: T::take(&headers, read.bytes.clone())?, asked })
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().unwrap_or_default();
    let plain = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || keys.next().is_some() {
        return Err(Problem::new(400, code::KEY_MALFORMED).into());
    }
    Ok(Some(text.to_owned()))
}

/// The thing that an address names by `{id}`, where the address takes parameters.
pub(in crate::http) struct OfId(pub(in crate::http) Id);

impl FromRequestParts<App> for OfId {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let params = RawPathParams::from_request_parts(parts, app).await.ok();
        let id = params.as_ref().and_then(|all| all.iter().find(|(name, _)| *name == "id"));
        let unknown = || Fault::from(Problem::new(404, code::RESOURCE_UNKNOWN));
        id.and_then(|(_, id)| Id::new(id)).map(OfId).ok_or_else(unknown)
    }
}

/// The thing that an address names by `{id}`; without parameters.
pub(in crate::http) struct AtId(pub(in crate::http) Id);

impl FromRequestParts<App> for AtId {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        no_parameters(parts.uri.query())?;
        OfId::from_request_parts(parts, app).await.map(|OfId(id)| AtId(id))
    }
}

/// Parameters of an address, beside [`OfId`]. Their struct says `deny_unknown_fields`.
pub(in crate::http) struct Parameters<T>(pub(in crate::http) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Parameters<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(Parameters(parameters(pairs)?))
    }
}

/// An address that takes no parameters.
pub(in crate::http) struct NoParameters;

impl FromRequestParts<App> for NoParameters {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        no_parameters(parts.uri.query()).map(|()| NoParameters)
    }
}

/// The tag of what a caller has read, if it says.
pub(in crate::http) struct IfMatch(pub(in crate::http) Option<String>);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Fault> {
        let tag = parts
            .headers
            .get(header::IF_MATCH)
            .map(|value| value.to_str().unwrap_or_default().trim().to_owned());
        Ok(IfMatch(tag))
    }
}

fn no_parameters(query: Option<&str>) -> Result<(), Fault> {
    match query.unwrap_or_default().split(['=', '&']).find(|name| !name.is_empty()) {
        Some(name) => Err(Problem::new(400, code::PARAMETER).with("parameter", name).into()),
        None => Ok(()),
    }
}

/// JSON, or a problem that names the place.
pub(in crate::http) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(Objects(&mut reader)).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            serde_json::error::Category::Data => {
                let (field, why) = place(&path, &error.to_string());
                refuse::field(&field, why)
            }
            _ => malformed(&error),
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(read)
}

fn malformed(error: &serde_json::Error) -> Failure {
    let problem = Problem::new(400, code::REQUEST_MALFORMED);
    problem.with("line", error.line()).with("column", error.column()).into()
}

/// The parameters of an address, or a problem that names one.
pub(in crate::http) fn parameters<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Failure> {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        let (parameter, why) = place(&path, &error.into_inner().to_string());
        Problem::new(400, code::PARAMETER).with("parameter", parameter).with("why", why).into()
    })
}

/// Where it is, and why it is not taken, from what serde says: it names a member in its text that has no place yet.
fn place(path: &str, said: &str) -> (String, String) {
    let why = said.split(" at line ").next().unwrap_or(said);
    let path = if path == "?" { "." } else { path };
    for (begins, short) in [
        ("unknown field `", "not known here"),
        ("missing field `", "missing"),
        ("duplicate field `", "there twice"),
    ] {
        if let Some(name) = why.strip_prefix(begins).and_then(|rest| rest.split('`').next()) {
            let ends = path == name || path.ends_with(&[".", name].concat());
            let parent = if path == "." { String::new() } else { [path, "."].concat() };
            let field = if ends { path.to_owned() } else { parent + name };
            return (field, short.to_owned());
        }
    }
    (path.to_owned(), why.to_owned())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "name")]
        _name: String,
        #[serde(default, rename = "inner")]
        _inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "count")]
        _count: u32,
    }

    #[test]
    fn what_is_not_taken_is_named_by_its_path() {
        for (text, status, field, why) in [
            (r#"{"name":"a","other":1}"#, 422, "other", "not known here"),
            (r#"{"inner":[{"count":1}]}"#, 422, "name", "missing"),
            (r#"{"name":"a","name":"b"}"#, 422, "name", "there twice"),
            (r#"{"name":"a","inner":[{"count":1},{"count":1,"x":2}]}"#, 422, "inner[1].x", "not known here"),
            (r#"{"name":"a","inner":[{}]}"#, 422, "inner[0].count", "missing"),
            (r#"{"name":"a","inner":[[1]]}"#, 422, "inner[0]", "an object belongs here"),
            (r#"{"name":1}"#, 422, "name", "invalid type: integer `1`, expected a string"),
            (r#" [null]"#, 422, ".", "an object belongs here"),
        ] {
            let problem = json::<Outer>(text.as_bytes()).unwrap_err().into_problem();
            let said = (problem.status, problem.facts["field"].as_str(), problem.facts["why"].as_str());
            assert_eq!(said, (status, field, why), "{text}");
        }
        for text in ["", "{", "{}x", "\u{feff}{}", r#"{"name":"a"} {"#, &"[".repeat(1000)] {
            let problem = json::<Outer>(text.as_bytes()).unwrap_err().into_problem();
            assert!(matches!(problem.status, 400 | 422), "{text}");
        }
        assert!(json::<Outer>(br#"{"name":"a","inner":[{"count":1}]}"#).is_ok());
    }
}
