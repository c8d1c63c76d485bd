use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Now, in milliseconds since 1970. It names visits and says when; it decides nothing.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Waits. Browsers may make it longer while the page is in the background.
pub(crate) async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve: Function, _| set_timeout(&resolve, milliseconds));
    // A promise that is only resolved never fails.
    let _ = JsFuture::from(promise).await;
}

/// Works in windows and in workers.
fn set_timeout(call: &Function, milliseconds: i32) {
    let global = js_sys::global();
    let timer = super::member(&global, "setTimeout");
    if let Some(timer) = timer.dyn_ref::<Function>() {
        let _ = timer.call2(&global, call, &milliseconds.into());
    }
}
