use super::{on, title};
use crate::app::App;
use crate::browser::{focus, intl};
use crate::card::FileCard;
use crate::component::button::{button, primary};
use crate::component::checks::checks;
use crate::component::facts::facts;
use crate::component::phrase::tell;
use crate::component::{El, card, h};
use crate::flow::{Event, Item, Phase, Why};
use crate::runner;
use crate::words::{W, t};

/// A file is being sent.
pub(super) fn sending(item: &Item, card: &FileCard) -> Vec<El> {
    let bar = h("progress").at("aria-label", t(W::WorkingTitle));
    vec![title(t(W::WorkingTitle), t(W::WorkingLead)), short(item, card).kid(card::foot(bar, Vec::new()))]
}

/// A file waits for the network or for the portal.
pub(super) fn waiting(app: App, item: &Item, card: &FileCard) -> Vec<El> {
    let id = item.id;
    if let Phase::Waiting { why: why @ (Why::SignIn | Why::WrongPassword), .. } = item.phase {
        return sign_in(app, item, card, why);
    }
    let lead = match &item.phase {
        Phase::Waiting { why: Why::Offline, .. } => W::WaitingOfflineLead,
        Phase::Waiting { why: Why::Busy, .. } => W::WaitingBusyLead,
        Phase::Waiting { why: Why::Faulty, .. } => W::WaitingFaultyLead,
        _ => W::WaitingUnreachableLead,
    };
    let mut lead = t(lead).to_owned();
    if let Phase::Waiting { seconds: Some(seconds), .. } = &item.phase {
        lead.push(' ');
        lead.push_str(&tell(W::WaitingNext, &[intl::number(i64::from(*seconds))]));
    }
    let buttons = vec![
        button(t(W::WaitingCancel), move || app.tell(Event::Removed(id))),
        primary(t(W::WaitingNow), move || app.tell(Event::TryNow(id))).at("id", "try-now"),
    ];
    let line = h("p").text(t(W::WaitingStill));
    vec![title(t(W::WaitingTitle), &lead), short(item, card).kid(card::foot(line, buttons))]
}

/// A file waits for the person to sign in (LSP-03). The password goes with this one file.
fn sign_in(app: App, item: &Item, card: &FileCard, why: Why) -> Vec<El> {
    let id = item.id;
    let field = |name: &'static str, label, kind, fill| {
        let input = h("input").at("id", name).at("type", kind).at("autocomplete", fill).at("required", "");
        h("p").class("field").kid(h("label").at("for", name).text(t(label))).kid(input)
    };
    let send = move |event: crate::browser::Event| {
        event.prevent_default();
        runner::sign_in(app, id, &focus::value("login"), &focus::value("password"));
    };
    let buttons = h("div")
        .class("buttons")
        .kid(button(t(W::WaitingCancel), move || app.tell(Event::Removed(id))))
        .kid(h("button").at("type", "submit").class("button primary").text(t(W::WaitingSignIn)));
    let form = h("form")
        .class("card-body")
        .kid(field("login", W::WaitingLogin, "text", "username"))
        .kid(field("password", W::WaitingPassword, "password", "current-password"))
        .kid(buttons)
        .on("submit", send);
    let lead = if why == Why::SignIn { W::WaitingSignInLead } else { W::WaitingSignInWrong };
    // The portal has seen the file once: that it was not sent would not be true.
    let foot = card::foot(h("p").text(t(W::RefusedUnchanged)), Vec::new());
    vec![title(t(W::WaitingSignInTitle), t(lead)), short(item, card).kid(form).kid(foot)]
}

/// The slip without its details.
fn short(item: &Item, card: &FileCard) -> El {
    let name = [item.name.as_str(), " · ", &intl::size(item.size)].concat();
    card::card(t(super::review::names(card).0), "card-kind", name).kid(
        h("div")
            .class("columns")
            .kid(h("div").kid(h("h2").text(&on(&card.product, &card.device))).kid(facts(&card.facts)))
            .kid(h("div").kid(checks(&card.checks))),
    )
}
