use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;

use super::{document, member, window};

/// Copies a text; `false` where the browser does not let a page do that.
pub(crate) async fn copy(text: &str) -> bool {
    // On plain http to another host browsers have no clipboard object at all.
    let clipboard = member(&window().navigator(), "clipboard");
    if !clipboard.is_undefined() {
        let written = JsFuture::from(window().navigator().clipboard().write_text(text)).await;
        if written.is_ok() {
            return true;
        }
    }
    by_selection(text).unwrap_or(false)
}

/// The old way: select a text in the page and have it copied.
fn by_selection(text: &str) -> Option<bool> {
    let field = document().create_element("textarea").ok()?.dyn_into::<HtmlTextAreaElement>().ok()?;
    field.set_value(text);
    field.set_class_name("unseen");
    let body = document().body()?;
    body.append_child(&field).ok()?;
    field.select();
    let copied = member(&document(), "execCommand")
        .dyn_ref::<Function>()?
        .call1(&document(), &JsValue::from_str("copy"));
    field.remove();
    Some(copied.is_ok_and(|copied| copied.is_truthy()))
}
