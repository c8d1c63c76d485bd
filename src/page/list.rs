use super::on;
use crate::app::{App, Topic};
use crate::component::button::{self, button, quiet};
use crate::component::phrase::tell;
use crate::component::{El, h, slip};
use crate::flow::{Event, Flow, Item, Part, PhaseKind, Tally};
use crate::words::{W, of_code, t};
use crate::{browser::intl, card::Outcome, flow::Phase};

/// Several files: each with its own state and its own answer (D-32).
pub(super) fn page(app: App) -> Vec<El> {
    let heading = h("h1").at("tabindex", "-1").live(move || {
        let count = app.follow(Topic::Items, |flow| flow.tally().all);
        vec![h("span").text(&tell(W::ListTitle, &[intl::number(count as i64)]))]
    });
    let home = button(t(W::ListHome), move || app.tell(Event::Left)).at("id", "home");
    let send = button::live(
        "button primary",
        move || app.tell(Event::ConfirmedAll),
        move || {
            let ready = app.follow(Topic::Items, |flow| flow.tally().ready);
            (ready > 0).then(|| tell(W::ListSend, &[intl::number(ready as i64)]))
        },
    );
    let foot = h("footer")
        .class("card-foot")
        .kid(h("p").live(move || far(app.follow(Topic::Items, Flow::tally))))
        .kid(h("div").class("buttons").kid(home).kid(send.at("id", "send-all")));
    let slips = h("div").live(move || app.follow(Topic::Rows, |flow| rows(app, flow, false)));
    vec![
        h("div").class("title").kid(heading).kid(h("p").class("lead").text(t(W::ListLead))),
        h("section").class("card").kid(slips).kid(foot),
    ]
}

/// How far the files are: how many are read, then how many are ready.
fn far(tally: Tally) -> Vec<El> {
    let number = |count: usize| intl::number(count as i64);
    if tally.reading > 0 {
        let done = tally.all - tally.reading;
        let bar = h("progress")
            .at("max", &tally.all.to_string())
            .at("value", &done.to_string())
            .at("aria-label", t(W::StateReading));
        vec![h("span").text(&tell(W::ReadingProgress, &[number(done), number(tally.all)])), bar]
    } else if tally.ready > 0 {
        vec![
            h("strong").text(t(W::ListNote)).text(" "),
            h("span").text(&tell(W::ListReady, &[number(tally.ready)])),
        ]
    } else {
        vec![h("span").text(t(W::ListNone))]
    }
}

/// The rows of the list that is shown, and the way to the other parts of a long one. Nothing if there are none.
pub(super) fn rows(app: App, flow: &Flow, removable: bool) -> Vec<El> {
    let (rows, part) = flow.rows();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut parts = vec![h("ul").class("slips").kids(rows.into_iter().map(|item| row(app, item, removable)))];
    if let Some(Part { number, last, places, of }) = part {
        let numbers = [places.0, places.1, of].map(|count| intl::number(count as i64));
        let turn = |word, id, to| quiet(t(word), move || app.tell(Event::Turned(to))).at("id", id);
        parts.push(
            h("div")
                .class("turn")
                .kid(turn(W::ListBefore, "before", if number == 0 { last } else { number - 1 }))
                .kid(h("span").class("hint").text(&tell(W::ListPart, &numbers)))
                .kid(turn(W::ListAfter, "after", if number == last { 0 } else { number + 1 })),
        );
    }
    parts
}

/// A file in a list.
fn row(app: App, item: &Item, removable: bool) -> El {
    let id = item.id;
    let named = |label: W| tell(W::TransfersNamed, &[t(label).into(), item.name.clone()]);
    let open = quiet(t(W::TransfersOpen), move || app.tell(Event::Opened(id)));
    let mut actions =
        vec![open.at("id", &["open-", &id.to_string()].concat()).at("aria-label", &named(W::TransfersOpen))];
    if removable && item.kind() != PhaseKind::Working {
        let remove = quiet(t(W::TransfersRemove), move || app.tell(Event::Removed(id)));
        actions.push(
            remove
                .at("id", &["remove-", &id.to_string()].concat())
                .at("aria-label", &named(W::TransfersRemove)),
        );
    }
    let (state, tone) = state(item);
    slip::slip(&item.name, item.size, what(item), state, tone, actions)
}

fn what(item: &Item) -> String {
    match &item.phase {
        Phase::Done(answer) => {
            [t(super::done::heading(answer.outcome)), ": ", &on(&answer.product, &answer.device)].concat()
        }
        Phase::Refused(refusal) => of_code(&refusal.code).0.to_owned(),
        _ => match item.card() {
            Some(card) => [t(super::review::names(card).0), ": ", &on(&card.product, &card.device)].concat(),
            None => t(W::ReadingTitle).to_owned(),
        },
    }
}

fn state(item: &Item) -> (W, &'static str) {
    match &item.phase {
        Phase::Reading { .. } => (W::StateReading, "state"),
        Phase::Review(card) if card.kind.has_action() => (W::StateReady, "state good"),
        Phase::Review(_) => (W::StateExplained, "state"),
        Phase::Queued(_) | Phase::Working(_) => (W::StateWorking, "state busy"),
        Phase::Waiting { .. } => (W::StateWaiting, "state warn"),
        Phase::Done(answer) if answer.outcome == Outcome::Held => (W::DoneStampHeld, "state warn"),
        Phase::Done(_) => (W::StateDone, "state good"),
        Phase::Refused(_) => (W::StateRefused, "state bad"),
    }
}
