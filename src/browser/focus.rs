use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::document;

/// Moves the focus to the page's heading, so that a screen reader starts there.
pub(crate) fn heading() {
    give(document().query_selector("main h1").ok().flatten());
}

#[inline(never)]
fn give(to: Option<Element>) {
    if let Some(element) = to.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Focus is a help; a page that cannot have it still works.
        let _ = element.focus();
    }
}

/// The id of what has the focus.
pub(crate) fn held() -> String {
    document().active_element().map(|element| element.id()).unwrap_or_default()
}

/// Gives the focus to the element with this id, where it was lost by drawing anew.
pub(crate) fn restore(id: &str) {
    let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
    if lost && !id.is_empty() {
        to(id);
    }
}

/// Gives the focus to the element with this id.
pub(crate) fn to(id: &str) {
    give(document().get_element_by_id(id));
}

/// Presses the element with this id: opens the file picker behind a button.
pub(crate) fn click(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// What is typed into the input with this id.
pub(crate) fn value(id: &str) -> String {
    let field = document().get_element_by_id(id);
    let field = field.and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok());
    field.map(|field| field.value()).unwrap_or_default()
}

/// What is typed into the text field with this id; it is emptied.
pub(crate) fn take_text(id: &str) -> String {
    let field =
        document().get_element_by_id(id).and_then(|e| e.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    let Some(field) = field else { return String::new() };
    let text = field.value();
    field.set_value("");
    text
}
