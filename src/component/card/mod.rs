use super::{El, h};

/// A slip like a customs form: what it is on the left, which file on the right, and what is said under it.
pub(crate) fn card(kind: &str, tone: &'static str, file: String) -> El {
    let head = h("header")
        .class("card-head")
        .kid(h("span").class(tone).text(kind))
        .kid(h("span").class("card-file").text(&file));
    h("section").class("card").kid(head)
}

/// The last part of a slip: a line of text and the buttons.
pub(crate) fn foot(line: El, buttons: Vec<El>) -> El {
    h("footer").class("card-foot").kid(line).kid(h("div").class("buttons").kids(buttons))
}

/// A plain card with a heading.
pub(crate) fn plain(title: &str) -> El {
    h("section").class("card plain").kid(h("h2").text(title))
}
