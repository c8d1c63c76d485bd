use super::title;
use crate::app::{App, Topic};
use crate::browser::intl;
use crate::component::button::button;
use crate::component::phrase::tell;
use crate::component::{El, card, h};
use crate::flow::{Event, Item, Phase};
use crate::words::{W, t};

/// A file is being read. Small ones are done before this is seen.
pub(super) fn page(app: App, item: &Item) -> Vec<El> {
    let (id, size) = (item.id, item.size);
    let bar = move || {
        let done = app.follow(Topic::Progress, |flow| match flow.item(id).map(|item| &item.phase) {
            Some(Phase::Reading { done }) => *done,
            _ => size,
        });
        let word = if app.has_keys() {
            tell(W::ReadingProgress, &[intl::size(done), intl::size(size)])
        } else {
            t(W::ReadingKeys).into()
        };
        let bar = h("progress")
            .at("max", &size.max(1).to_string())
            .at("value", &done.to_string())
            .at("aria-label", t(W::ReadingTitle));
        vec![bar, h("p").class("hint").text(&word)]
    };
    vec![
        title(t(W::ReadingTitle), t(W::ReadingLead)),
        card::card(t(W::StateReading), "card-kind", item.name.clone())
            .kid(h("div").class("card-body").live(bar))
            .kid(card::foot(
                h("p").kid(h("strong").text(t(W::ReviewNothingSent))),
                vec![button(t(W::ReviewCancel), move || app.tell(Event::Removed(id)))],
            )),
    ]
}
