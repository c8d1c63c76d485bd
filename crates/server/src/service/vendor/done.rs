//! The answer to a change, as it goes over the wire and is kept for whoever asks again.

use handcarry_format::{Digest, Instant};
use handcarry_store::KeptAnswer;
use serde::{Deserialize, Serialize};

use crate::service::vendor::veil::Veil;

/// The answer to a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The HTTP status: 200, 201, 202 or 204.
    pub status: u16,
    /// Headers beside the body's type.
    pub headers: Headers,
    /// JSON; empty with 204.
    pub body: Vec<u8>,
    /// The body holds a secret: it is kept veiled.
    pub secret: bool,
}

/// Headers of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// Where the new thing is, relative to the tenant's base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The nonce of the veil, where the answer is kept under one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    veiled: Option<String>,
}

impl Done {
    /// It is there, and this is it.
    pub fn ok(view: &impl Serialize) -> Done {
        // Views are structs of strings, numbers and lists of them: nothing can fail to serialize.
        let body = serde_json::to_vec(view).unwrap_or_default();
        Done { status: 200, headers: Headers::default(), body, secret: false }
    }

    /// It was made; `location` is relative to the tenant's base.
    pub fn created(location: String, view: &impl Serialize) -> Done {
        let headers = Headers { location: Some(location), ..Headers::default() };
        Done { status: 201, headers, ..Done::ok(view) }
    }

    /// It is done, and there is nothing to say.
    pub fn nothing() -> Done {
        Done { status: 204, headers: Headers::default(), body: Vec::new(), secret: false }
    }

    /// With the thing's revision as its `ETag`.
    #[must_use]
    pub fn at_revision(mut self, revision: u32) -> Done {
        self.headers.revision = Some(revision);
        self
    }

    /// The body holds a secret.
    #[must_use]
    pub fn with_secret(mut self) -> Done {
        self.secret = true;
        self
    }

    /// As it is kept; `nonce` was drawn for it.
    pub(super) fn keep(&self, request: Digest, at: Instant, veil: &Veil, nonce: &str) -> KeptAnswer {
        let (mut headers, mut body) = (self.headers.clone(), self.body.clone());
        if self.secret {
            headers.veiled = Some(nonce.to_owned());
            body = veil.over(nonce, &body);
        }
        let headers = serde_json::to_string(&headers).unwrap_or_default();
        KeptAnswer { request, status: self.status, headers, body, at }
    }

    /// As it was kept.
    pub(super) fn kept(answer: KeptAnswer, veil: &Veil) -> Done {
        let mut headers: Headers = serde_json::from_str(&answer.headers).unwrap_or_default();
        let veiled = headers.veiled.take();
        let body = veiled.as_ref().map(|nonce| veil.over(nonce, &answer.body));
        Done { status: answer.status, headers, body: body.unwrap_or(answer.body), secret: veiled.is_some() }
    }
}
