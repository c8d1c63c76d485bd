use super::title;
use crate::app::{App, Topic};
use crate::browser::{files, focus};
use crate::component::button::quiet;
use crate::component::drop_zone::{FIELD, drop_zone, kinds};
use crate::component::{El, frame, h};
use crate::flow::{Event, Flow, Item};
use crate::words::{W, t};

/// The first page: one place for files, and the transfers of this browser.
pub(super) fn page(app: App) -> Vec<El> {
    let zone = h("section").class("card zone").live(move || vec![zone(app)]).kid(kinds());
    vec![
        title(&app.word("choose.title", t(W::ChooseTitle)), &app.word("choose.lead", t(W::ChooseLead))),
        zone,
        h("div").live(move || transfers(app)),
    ]
}

fn zone(app: App) -> El {
    let brought = move |event| app.tell(Event::Brought(files::picked(&event)));
    let read = move || app.bring(files::of_text(&focus::take_text(FIELD)).into_iter().collect());
    let nothing = app.follow(Topic::Zone, Flow::brought_nothing);
    h("div").kids(nothing.then(|| frame::notice(t(W::ChooseNothing)))).kid(drop_zone(
        app.is_pasting(),
        brought,
        move || app.toggle_pasting(),
        read,
    ))
}

fn transfers(app: App) -> Vec<El> {
    let (items, memory) = app.follow(Topic::Items, |flow| {
        (
            flow.newest_first().filter(|item| item.is_listed()).cloned().collect::<Vec<Item>>(),
            flow.keeps_nothing(),
        )
    });
    let mut parts = Vec::new();
    if !items.is_empty() {
        let head = h("div")
            .class("transfers-head")
            .kid(h("h2").text(t(W::TransfersTitle)))
            .kid(quiet(t(W::TransfersClear), move || app.tell(Event::Cleared)).at("id", "clear"));
        parts.push(
            h("section")
                .class("transfers")
                .kid(head)
                .kid(h("p").class("hint").text(t(if memory { W::TransfersMemory } else { W::TransfersLead })))
                .kid(h("ul").class("slips").kids(items.iter().map(|item| super::list::row(app, item, true)))),
        );
    } else if memory {
        parts.push(frame::notice(t(W::TransfersMemory)));
    }
    parts
}
