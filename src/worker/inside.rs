use js_sys::Uint8Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use super::wire;
use crate::browser::set;
use crate::client;
use crate::verify::{SMALL, examine_file};

/// Runs in a worker: gives `public/worker.js`, which reads the files, the function that examines one. It takes a file's
/// bytes and what the portal said about itself, and answers with the card as a text. `false` if this is no worker.
pub(crate) fn start() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let mut known = (JsValue::UNDEFINED, None);
    let examine = move |bytes: Uint8Array, tenant: JsValue| {
        // The same one of thousands of times: it stays on the browser's side until there is another.
        if known.0 != tenant {
            known = (tenant.clone(), tenant.as_string().and_then(|text| client::tenant(&text)));
        }
        // Not whole it cannot be: the page has read it too.
        let Some(tenant) = &known.1 else { return String::new() };
        let bytes = bytes.to_vec();
        wire::write(examine_file(&bytes, &tenant.trust, bytes.len() > SMALL))
    };
    let examine = Closure::<dyn FnMut(Uint8Array, JsValue) -> String>::new(examine);
    set(&scope, "examine", &examine.into_js_value());
    true
}
