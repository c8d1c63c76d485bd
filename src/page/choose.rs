use super::{list, title};
use crate::app::{App, Topic};
use crate::browser::{files, focus};
use crate::component::button::quiet;
use crate::component::drop_zone::{FIELD, drop_zone, kinds};
use crate::component::{El, frame, h};
use crate::flow::{Event, Flow};
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
    let brought = move |event| app.bring_all(files::picked(&event));
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
    let (rows, memory) = app.follow(Topic::Rows, |flow| (list::rows(app, flow, true), flow.keeps_nothing()));
    let mut parts = Vec::new();
    if !rows.is_empty() {
        let head = h("div")
            .class("transfers-head")
            .kid(h("h2").text(t(W::TransfersTitle)))
            .kid(quiet(t(W::TransfersClear), move || app.tell(Event::Cleared)).at("id", "clear"));
        parts.push(
            h("section")
                .class("transfers")
                .kid(head)
                .kid(h("p").class("hint").text(t(if memory { W::TransfersMemory } else { W::TransfersLead })))
                .kids(rows),
        );
    } else if memory {
        parts.push(frame::notice(t(W::TransfersMemory)));
    }
    parts
}
