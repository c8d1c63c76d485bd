use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use super::wire;
use crate::browser::{files, go, member};
use crate::client;
use crate::verify::examine_file;

/// Bytes that are read between two reports of progress.
const STEP: f64 = (1 << 20) as f64;

/// Runs in a worker: answers each file with its card. `false` if this is no worker.
pub(crate) fn start() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let own = scope.clone();
    let answer = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let (scope, data) = (own.clone(), event.data());
        go(async move {
            let answer = examine(&scope, &data).await.unwrap_or(JsValue::NULL);
            // The page on the other side waits with a time limit of its own.
            let _ = scope.post_message(&answer);
        });
    });
    scope.set_onmessage(Some(answer.into_js_value().unchecked_ref()));
    true
}

/// The bytes, then the card as a text.
async fn examine(scope: &DedicatedWorkerGlobalScope, data: &JsValue) -> Option<JsValue> {
    let tenant = client::tenant(&member(data, "tenant").as_string()?)?;
    let blob: Blob = member(data, "blob").dyn_into().ok()?;
    let mut bytes = Vec::with_capacity(blob.size() as usize);
    let mut at = 0.0;
    while at < blob.size() {
        let part = blob.slice_with_f64_and_f64(at, at + STEP).ok()?;
        bytes.extend(files::read(&part).await?);
        at += STEP;
        let _ = scope.post_message(&JsValue::from_f64(bytes.len() as f64));
    }
    let card = wire::write(examine_file(&bytes, &tenant.trust));
    Some(Array::of2(&Uint8Array::from(&bytes[..]), &card.into()).into())
}
