use super::{El, h};
use crate::browser::intl;
use crate::words::{W, t};

/// A file in a list: its name, what it is, how far it is, and what can be done with it.
pub(crate) fn slip(
    name: &str,
    size: u64,
    what: String,
    state: W,
    tone: &'static str,
    actions: Vec<El>,
) -> El {
    let file = h("span").class("slip-file").text(name).kid(h("span").class("hint").text(&intl::size(size)));
    h("li")
        .class("slip")
        .kid(h("div").class("slip-what").kid(h("strong").text(&what)).kid(file))
        .kid(h("span").class(tone).text(t(state)))
        .kid(h("div").class("slip-actions").kids(actions))
}
