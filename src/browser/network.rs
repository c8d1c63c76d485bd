//! The portal's server. Addresses are relative: the page works at `/` and under `/t/{slug}/`.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use super::window;
use crate::flow::Bytes;

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
    /// `handcarry-first-processed`: when the same file was processed before.
    pub(crate) first: Option<String>,
    /// `retry-after`, in seconds.
    pub(crate) after: Option<u32>,
}

/// Whether the browser believes that there is a network.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// A text of the portal's own; `None` if it did not come.
pub(crate) async fn get_text(path: &str) -> Option<String> {
    let reply = send(path, &RequestInit::new()).await?;
    (reply.status == 200).then_some(reply.text)
}

/// Sends a file's bytes; `None` if nothing came back.
pub(crate) async fn post(path: &str, bytes: &Bytes, authorization: Option<&str>) -> Option<Reply> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&bytes.0);
    let headers = Headers::new().ok()?;
    headers.set("content-type", "text/plain").ok()?;
    headers.set("accept", "application/json").ok()?;
    if let Some(authorization) = authorization {
        headers.set("authorization", authorization).ok()?;
    }
    init.set_headers(&headers);
    send(path, &init).await
}

/// The `Authorization` header of a login and a password, in UTF-8 (RFC 7617).
pub(crate) fn basic(login: &str, password: &str) -> Option<String> {
    let pair = [login, ":", password].concat();
    let encoded = window().btoa(&pair.bytes().map(char::from).collect::<String>()).ok()?;
    Some(["Basic ", &encoded].concat())
}

async fn send(path: &str, init: &RequestInit) -> Option<Reply> {
    let response: JsValue = JsFuture::from(window().fetch_with_str_and_init(path, init)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some(Reply {
        status: response.status(),
        text,
        first: header("handcarry-first-processed"),
        after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
    })
}
