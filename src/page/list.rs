use super::{on, title};
use crate::app::{App, Topic};
use crate::component::button::{button, primary, quiet};
use crate::component::phrase::tell;
use crate::component::{El, card, h, slip};
use crate::flow::{Event, Item, PhaseKind};
use crate::words::{W, of_code, t};
use crate::{browser::intl, card::Outcome, flow::Phase};

/// Several files: each with its own state and its own answer (D-32).
pub(super) fn page(app: App) -> Vec<El> {
    let count = app.look_at(|flow| flow.batch().count());
    vec![
        title(&tell(W::ListTitle, &[intl::number(count as i64)]), t(W::ListLead)),
        h("section").class("card").live(move || slips(app)),
    ]
}

fn slips(app: App) -> Vec<El> {
    let items = app.follow(Topic::Items, |flow| flow.batch().cloned().collect::<Vec<Item>>());
    let ready = items.iter().filter(|item| item.is_ready()).count();
    let number = intl::number(ready as i64);
    let mut buttons = vec![button(t(W::ListHome), move || app.tell(Event::Left)).at("id", "home")];
    let line = h("p");
    let line = if ready > 0 {
        let send =
            primary(&tell(W::ListSend, std::slice::from_ref(&number)), move || app.tell(Event::ConfirmedAll));
        buttons.push(send.at("id", "send-all"));
        line.kid(h("strong").text(t(W::ListNote))).text(" ").text(&tell(W::ListReady, &[number]))
    } else {
        line.text(t(W::ListNone))
    };
    vec![
        h("ul").class("slips").kids(items.iter().map(|item| row(app, item, false))),
        card::foot(line, buttons),
    ]
}

/// A file in a list.
pub(super) fn row(app: App, item: &Item, removable: bool) -> El {
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
