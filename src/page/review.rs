use super::title;
use crate::app::App;
use crate::browser::intl;
use crate::card::{Arg, CardKind, FileCard, Phrase};
use crate::component::button::{button, primary};
use crate::component::checks::checks;
use crate::component::content::content;
use crate::component::facts::facts;
use crate::component::fingerprint::{fingerprint, variables};
use crate::component::phrase::{say, tell};
use crate::component::steps::steps;
use crate::component::usage::usage;
use crate::component::{El, card, h};
use crate::flow::{Event, Item};
use crate::runner;
use crate::words::{self, W, t};

/// What a file says and what will happen. Nothing has been sent.
pub(super) fn page(app: App, item: &Item, card: &FileCard) -> Vec<El> {
    let (heading, lead) = texts(card);
    let id = item.id;
    let cancel = button(t(W::ReviewCancel), move || app.tell(Event::Removed(id)));
    let line = h("p").kid(h("strong").text(t(W::ReviewChecked))).text(" ").text(t(W::ReviewNothingSent));
    let mut slip = slip(item, card);
    let buttons = match names(card).1 {
        Some(word) => vec![cancel, primary(t(word), move || app.tell(Event::Confirmed(id))).at("id", "send")],
        None => {
            if card.kind == CardKind::Receipt {
                let device = [card.device.clone()];
                slip = slip.kid(
                    h("div").class("card-body").kid(steps(&words::steps(t(W::ReviewReceiptSteps)), &device)),
                );
            }
            vec![primary(t(W::RefusedAnother), move || app.tell(Event::Removed(id)))]
        }
    };
    vec![title(t(heading), t(lead)), slip.kid(card::foot(line, buttons))]
}

/// The slip of a file, as far as the line with the buttons.
pub(super) fn slip(item: &Item, card: &FileCard) -> El {
    let name = [item.name.as_str(), " · ", &intl::size(item.size)].concat();
    let mut product = h("h2").text(card.product.as_str());
    if !card.device.is_empty() {
        product = product.kid(h("br")).text(&tell(W::ReviewOnDevice, std::slice::from_ref(&card.device)));
    }
    let mut slip = card::card(t(names(card).0), "card-kind", name).kid(
        h("div")
            .class("columns")
            .kid(h("div").kid(product).kid(facts(&card.facts)))
            .kid(h("div").kid(checks(&card.checks))),
    );
    if !card.notes.is_empty() {
        let notes = card.notes.iter().map(|note| h("li").text(&say(&named(note, card))));
        slip = slip.kid(h("ul").class("notes").kids(notes));
    }
    if !card.usage.is_empty() {
        slip = slip.kid(usage(&card.usage));
    }
    let mut more = h("div").class("more");
    if !card.variables.is_empty() {
        more = more.kid(variables(&card.variables));
    }
    if !card.parts.is_empty() {
        more = more.kid(fingerprint(&card.parts));
    }
    slip.kid(more.kid(content(W::ReviewEverythingNote, &runner::content(item, card))))
}

/// A note with the counter's name in place of its id.
fn named(note: &Phrase, card: &FileCard) -> Phrase {
    let mut note = note.clone();
    if let Some(Arg::Text(text)) = note.args.first_mut()
        && let Some(row) = card.usage.iter().find(|row| row.id == *text)
    {
        text.clone_from(&row.name);
    }
    note
}

/// The name of a kind, and what the button says.
pub(super) fn names(card: &FileCard) -> (W, Option<W>) {
    match card.kind {
        CardKind::Request => (W::KindRequest, Some(W::ReviewRequestDo)),
        CardKind::License => (W::KindLicense, Some(W::ReviewLicenseDo)),
        CardKind::Deactivation => (W::KindDeactivation, Some(W::ReviewDeactivationDo)),
        CardKind::Usage if card.refresh => (W::KindUsage, Some(W::ReviewRefreshDo)),
        CardKind::Usage => (W::KindUsage, Some(W::ReviewUsageDo)),
        CardKind::Receipt => (W::KindReceipt, None),
        CardKind::Keyring => (W::KindKeyring, None),
        CardKind::PoolRequest => (W::KindPoolRequest, Some(W::ReviewPoolDo)),
        CardKind::Pool => (W::KindPool, None),
    }
}

fn texts(card: &FileCard) -> (W, W) {
    match card.kind {
        CardKind::Request => (W::ReviewRequestTitle, W::ReviewRequestLead),
        CardKind::License => (W::ReviewLicenseTitle, W::ReviewLicenseLead),
        CardKind::Deactivation => (W::ReviewDeactivationTitle, W::ReviewDeactivationLead),
        CardKind::Usage => (W::ReviewUsageTitle, W::ReviewUsageLead),
        CardKind::Receipt => (W::ReviewReceiptTitle, W::ReviewReceiptLead),
        CardKind::Keyring => (W::ReviewKeyringTitle, W::ReviewKeyringLead),
        CardKind::PoolRequest => (W::ReviewPoolRequestTitle, W::ReviewPoolRequestLead),
        CardKind::Pool => (W::ReviewPoolTitle, W::ReviewPoolLead),
    }
}
