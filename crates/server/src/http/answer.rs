//! Answers that are the same everywhere.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use handcarry_api::{Problem, route};
use handcarry_store::StoreError;

use crate::failure::{Failure, referenced};
use crate::http::layers::request_id;

/// Something was not done: sent as a problem (RFC 9457).
#[derive(Debug)]
pub(super) struct Fault {
    problem: Box<Problem>,
    /// Seconds after which to come back.
    retry_after: Option<u64>,
    /// How to say who asks.
    challenge: Option<HeaderValue>,
}

/// What a problem leaves on its response, for the log.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) code: String,
    pub(super) reference: String,
}

impl Fault {
    /// Says when to come back.
    pub(super) fn after(mut self, seconds: u64) -> Fault {
        self.retry_after = Some(seconds);
        self
    }

    /// Says how to say who asks (`WWW-Authenticate`).
    pub(super) fn challenge(mut self, challenge: HeaderValue) -> Fault {
        self.challenge = Some(challenge);
        self
    }

    /// Seconds after which to come back.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// The problem, with everything it needs to be told.
    pub(super) fn into_problem(self) -> Problem {
        let mut problem = referenced(*self.problem);
        problem.request_id = request_id();
        problem
    }

    /// Marks a response that tells a problem in a shape of its own.
    pub(super) fn mark(problem: &Problem, response: &mut Response) {
        let told = Told { code: problem.code.clone(), reference: problem.reference.clone() };
        response.extensions_mut().insert(told);
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        // Whoever is told that there is too much to do is told when to come back.
        let retry_after = match problem.status {
            429 | 503 => Some(2),
            // Somebody has to make room.
            507 => Some(60),
            _ => None,
        };
        Fault { problem: Box::new(problem), retry_after, challenge: None }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        failure.into_problem().into()
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Failure::from(error).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (retry_after, challenge) = (self.retry_after, self.challenge.clone());
        let problem = self.into_problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Strings, numbers and lists of them: nothing can fail to serialize.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = typed(status, route::PROBLEM_TYPE, body.into());
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        Fault::mark(&problem, &mut response);
        response
    }
}

/// A response of one type.
pub(super) fn typed(status: StatusCode, content_type: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// JSON that is ready to be sent.
pub(super) fn json(status: StatusCode, body: Bytes) -> Response {
    typed(status, "application/json", body)
}

/// Whether the browser has this content already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// Adds a name for the content and how long it can be kept; answers *not modified* where the browser has it.
pub(super) fn cached(mut response: Response, request: &HeaderMap, tag: &str, forever: bool) -> Response {
    let tag = format!("\"{tag}\"");
    if is_known(request, &tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_ENCODING);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    let kept = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
