use crate::words::{self, LANGUAGES};

use super::{document, network, window};

const KEPT: &str = "handcarry.language";

/// The language to begin with: the one chosen here before, else the browser's.
pub(crate) fn preferred() -> &'static str {
    let chosen = storage().and_then(|kept| kept.get_item(KEPT).ok().flatten());
    let wanted = chosen.or_else(|| window().navigator().language()).unwrap_or_default();
    LANGUAGES.iter().map(|(tag, _)| *tag).find(|tag| wanted.starts_with(tag)).unwrap_or("en")
}

#[inline(never)]
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Gets a language's words and puts them into use; `false` leaves the present ones.
pub(crate) async fn load(tag: &str) -> bool {
    let mut loaded = network::get_text(&words::source(tag)).await.is_some_and(words::use_file);
    if !loaded && tag == "en" {
        words::use_english();
        loaded = true;
    }
    if loaded && let Some(root) = document().document_element() {
        // A language tag is a valid attribute value.
        let _ = root.set_attribute("lang", tag);
    }
    loaded
}

/// Remembers a person's choice on this browser.
pub(crate) fn keep(tag: &str) {
    if let Some(kept) = storage() {
        // Where storage is blocked the choice lasts for the visit.
        let _ = kept.set_item(KEPT, tag);
    }
}
