use super::title;
use crate::app::App;
use crate::browser::{download, intl};
use crate::card::{OutFile, Refusal};
use crate::component::button::{button, primary};
use crate::component::checks::checks;
use crate::component::facts::facts;
use crate::component::phrase::write;
use crate::component::steps::steps;
use crate::component::{El, card, h};
use crate::flow::{Event, Item};
use crate::words::{W, of_code, t};

/// Why a file was not accepted, and what to do.
pub(super) fn page(app: App, item: &Item, refusal: &Refusal) -> Vec<El> {
    let (heading, what, next) = of_code(&refusal.code);
    let name = [item.name.as_str(), " · ", &intl::size(item.size)].concat();
    let mut slip = card::card(t(tag(&refusal.code)), "card-kind bad", name);
    if !refusal.facts.is_empty() {
        slip = slip.kid(h("div").class("card-body").kid(facts(&refusal.facts)));
    }
    if !refusal.checks.is_empty() {
        slip = slip.kid(
            h("div").class("card-body").kid(h("h2").text(t(W::RefusedChecks))).kid(checks(&refusal.checks)),
        );
    }
    let mut todo = h("div").class("card-body").kid(h("h2").text(t(W::RefusedNext))).kid(steps(&next, &[]));
    let help = app.word("refused.help", "");
    if !help.is_empty() {
        todo = todo.kid(h("p").text(&help));
    }
    let line = h("p")
        .text(t(W::RefusedCode))
        .text(" ")
        .kid(h("code").text(refusal.code.as_str()))
        .text(" · ")
        .text(t(W::RefusedReference))
        .text(" ")
        .kid(h("code").text(refusal.reference.as_str()));
    let report = report(&item.name, refusal, heading);
    let mut buttons = vec![button(t(W::RefusedCopy), move || app.copy(report.clone()))];
    let another = if refusal.offer.is_some() { button } else { primary };
    buttons.push(another(t(W::RefusedAnother), move || app.tell(Event::Left)).at("id", "another"));
    if let Some(OutFile { name, text }) = refusal.offer.clone() {
        buttons.push(primary(t(W::RefusedOffer), move || download::text_file(&name, &text)));
    }
    let mut lead = what.to_owned();
    // Of an answer that cannot be believed nobody knows what was done before it.
    if !refusal.code.starts_with("page.answer") {
        lead.push(' ');
        lead.push_str(t(W::RefusedUnchanged));
    }
    vec![title(heading, &lead), slip.kid(todo).kid(card::foot(line, buttons))]
}

/// What support needs to know, as text.
fn report(name: &str, refusal: &Refusal, heading: &str) -> String {
    let mut out = [heading, "\n", &refusal.code, " ", &refusal.reference, "\n", name, "\n"].concat();
    for fact in &refusal.facts {
        out.push_str(&[t(fact.label), ": ", &write(&fact.value), "\n"].concat());
    }
    out
}

/// What can have happened to a license file on its way; of the rest nobody knows whether it ever was one.
const DAMAGE: [&str; 6] = ["truncated", "beheaded", "header", "character", "label", "damaged"];

/// The word on the slip, by the stage at which reading stopped.
fn tag(code: &str) -> W {
    let (stage, cause) = code.split_once('.').unwrap_or((code, ""));
    match stage {
        "too_large" => W::RefusedTagSize,
        "armor" if DAMAGE.contains(&cause) => W::RefusedTagDamaged,
        "foreign" => W::RefusedTagForeign,
        "envelope" | "payload" => W::RefusedTagContent,
        "document" => W::RefusedTagWrong,
        "key" => W::RefusedTagKey,
        "bad_signature" => W::RefusedTagAltered,
        "page" => W::RefusedTagBrowser,
        _ => W::RefusedTagPortal,
    }
}
