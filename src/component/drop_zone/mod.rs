use super::button::{button, primary};
use super::{El, h};
use crate::browser::{Event, focus};
use crate::words::{W, t};

const PICKER: &str = "pick-files";
const FOLDER: &str = "pick-folder";
/// The field for a pasted text.
pub(crate) const FIELD: &str = "paste-field";

/// One place to drop, pick or paste. No filter on names: content decides (D-04).
pub(crate) fn drop_zone(
    pasting: bool,
    brought: impl FnMut(Event) + Send + Clone + 'static,
    paste: impl FnMut() + Send + 'static,
    read: impl FnMut() + Send + 'static,
) -> El {
    // The inputs are behind the buttons: out of sight, out of the tab order.
    let input = |id: &str| {
        let brought = brought.clone();
        h("input")
            .at("type", "file")
            .at("id", id)
            .at("multiple", "")
            .at("tabindex", "-1")
            .class("unseen")
            .at("aria-hidden", "true")
            .on("change", brought)
    };
    let buttons = h("div")
        .class("buttons")
        .kid(primary(t(W::ChoosePick), || focus::click(PICKER)).at("id", "pick"))
        .kid(
            button(t(W::ChoosePaste), paste)
                .at("id", "paste")
                .at("aria-expanded", if pasting { "true" } else { "false" }),
        )
        .kid(button(t(W::ChooseFolder), || focus::click(FOLDER)).at("id", "folder"));
    h("div")
        .class("drop-zone")
        .kid(h("span").class("drop-icon").at("aria-hidden", "true"))
        .kid(h("p").class("drop-title").text(t(W::ChooseDrop)))
        .kid(h("p").class("hint").text(t(W::ChooseHint)))
        .kid(buttons)
        .kid(input(PICKER))
        .kid(input(FOLDER).at("webkitdirectory", ""))
        .kids(pasting.then(|| field(read)))
}

fn field(read: impl FnMut() + Send + 'static) -> El {
    h("div")
        .class("paste")
        .kid(h("label").at("for", FIELD).text(t(W::ChoosePasteLabel)))
        .kid(
            h("textarea").at("id", FIELD).at("rows", "8").at("spellcheck", "false").at("autocomplete", "off"),
        )
        .kid(h("div").class("buttons").kid(primary(t(W::ChoosePasteRead), read)))
}

/// The four files that can be brought, and what each gets.
pub(crate) fn kinds() -> El {
    let kind = |(name, does)| h("div").kid(h("dt").text(t(name))).kid(h("dd").text(t(does)));
    h("dl").class("kinds").kids(
        [
            (W::ChooseRequest, W::ChooseRequestDoes),
            (W::ChooseDeactivation, W::ChooseDeactivationDoes),
            (W::ChooseUsage, W::ChooseUsageDoes),
            (W::ChooseLicense, W::ChooseLicenseDoes),
        ]
        .map(kind),
    )
}
