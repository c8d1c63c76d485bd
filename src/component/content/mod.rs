use super::{El, h};
use crate::words::{W, t};

/// Everything that was signed, closed until asked for (D-27).
pub(crate) fn content(note: W, text: &str) -> El {
    h("details")
        .kid(h("summary").text(t(W::ReviewEverything)))
        .kid(h("p").class("hint").text(t(note)))
        .kid(h("pre").at("tabindex", "0").text(text))
}
