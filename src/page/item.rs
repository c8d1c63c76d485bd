use super::{done, reading, refused, review, working};
use crate::app::App;
use crate::component::button::quiet;
use crate::component::{El, h};
use crate::flow::{Event, Phase};
use crate::words::{W, t};

/// One file, in whatever state it is.
pub(super) fn page(app: App, id: u32) -> Vec<El> {
    let Some((item, has_list)) =
        app.look_at(|flow| flow.item(id).cloned().map(|item| (item, flow.has_list())))
    else {
        return Vec::new();
    };
    let mut parts: Vec<El> = has_list
        .then(|| h("p").class("back").kid(quiet(t(W::ListBack), move || app.tell(Event::ListOpened))))
        .into_iter()
        .collect();
    parts.extend(match &item.phase {
        Phase::Reading { .. } => reading::page(app, &item),
        Phase::Review(card) => review::page(app, &item, card),
        Phase::Queued(card) | Phase::Working(card) => working::sending(&item, card),
        Phase::Waiting { card, .. } => working::waiting(app, &item, card),
        Phase::Done(answer) => done::page(app, answer),
        Phase::Refused(refusal) => refused::page(app, &item, refusal),
    });
    parts
}
