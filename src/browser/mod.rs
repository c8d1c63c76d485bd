//! The browser: files, clipboard, downloads, storage, network, time. Nothing else in the page knows it.

pub(crate) mod clipboard;
pub(crate) mod download;
pub(crate) mod files;
pub(crate) mod focus;
pub(crate) mod intl;
pub(crate) mod language;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod store;
pub(crate) mod time;

use std::pin::Pin;

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
pub(crate) use web_sys::Event;

/// Runs something that waits. One type of it, so that there is one copy of the code that runs it.
pub(crate) fn go(work: impl Future<Output = ()> + 'static) {
    go_boxed(Box::pin(work));
}

#[inline(never)]
fn go_boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(work);
}

#[inline(never)]
pub(crate) fn window() -> web_sys::Window {
    // The worker never comes here.
    web_sys::window().expect("the page runs in a window")
}

#[inline(never)]
pub(crate) fn document() -> web_sys::Document {
    window().document().expect("a window has a document")
}

/// Calls back on each event of the window, for as long as the page lives.
pub(crate) fn on_window(name: &str, act: impl FnMut(web_sys::Event) + 'static) {
    listen(None, name, Box::new(act));
}

/// Calls back on each event of a target, for as long as the page lives.
pub(crate) fn on(target: &web_sys::EventTarget, name: &str, act: impl FnMut(web_sys::Event) + 'static) {
    listen(Some(target), name, Box::new(act));
}

/// On the window where there is no other target.
#[inline(never)]
fn listen(target: Option<&web_sys::EventTarget>, name: &str, act: Box<dyn FnMut(web_sys::Event)>) {
    let listener = Closure::wrap(act).into_js_value();
    let window = window();
    // Adding a listener of a known shape cannot fail.
    let _ = target.unwrap_or(&window).add_event_listener_with_callback(name, listener.unchecked_ref());
}

/// A member of a JavaScript object; undefined where there is none.
#[inline(never)]
pub(crate) fn member(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a member of a plain object of our own.
pub(crate) fn set(of: &JsValue, name: &str, value: &JsValue) {
    // Setting a member of a plain object cannot fail.
    let _ = js_sys::Reflect::set(of, &JsValue::from_str(name), value);
}

/// The value of the field that an event comes from.
pub(crate) fn value(event: &Event) -> String {
    let target: JsValue = event.target().map(JsValue::from).unwrap_or_default();
    member(&target, "value").as_string().unwrap_or_default()
}

/// Prints the page: the receipt, by the print part of the stylesheet.
pub(crate) fn print() {
    // A browser that cannot print has no other answer than not to.
    let _ = window().print();
}

/// Shows the plain form, which needs nothing of the page, when the page itself has stopped: a panic is a trap here, and
/// what it leaves is not to be gone on with.
pub(crate) fn show_traps() {
    on_window("error", |event| {
        if member(&member(&event, "error"), "name").as_string().as_deref() == Some("RuntimeError")
            && let Some(body) = document().body()
        {
            // The attribute's name is a literal.
            let _ = body.set_attribute("data-stopped", "");
        }
    });
}
