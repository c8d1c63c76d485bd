use std::sync::Arc;

use super::{live, on, title};
use crate::app::App;
use crate::browser::{download, intl, print};
use crate::card::{Answer, OutFile, Outcome};
use crate::component::answer::{Acts, answer, stamp};
use crate::component::button::button;
use crate::component::facts::facts;
use crate::component::phrase::{say, tell};
use crate::component::steps::steps;
use crate::component::{El, card, h};
use crate::flow::Event;
use crate::words::{self, W, t};

/// What happened, the files to carry back, and what to do on the device.
pub(super) fn page(app: App, of: &Arc<Answer>) -> Vec<El> {
    let (heading, lead, word) = words_of(of.outcome);
    let mut parts = vec![title(t(heading), t(lead))];
    if let Some(first) = &of.first {
        parts.push(h("p").class("notice").text(&tell(W::DoneFirst, &[intl::time(first)])));
    }
    parts.extend(of.notes.iter().map(|note| h("p").class("notice").text(&say(note))));
    if let Some(file) = &of.license {
        parts.push(file_card(app, of, file, true, word));
    }
    if let Some(file) = &of.receipt {
        parts.push(file_card(app, of, file, false, word));
    }
    if !of.holder.is_empty() {
        parts.push(card::plain(t(W::HolderTitle)).kid(facts(&of.holder)));
    }
    let note = app.word("done.note", "");
    let place = if of.outcome == Outcome::Answered { W::FactSite } else { W::DoneOnDevice };
    let mut device = card::plain(t(place)).kid(device_steps(of));
    if !note.is_empty() {
        device = device.kid(h("p").text(&note));
    }
    parts.push(device);
    parts.push(
        h("div")
            .class("buttons after")
            .kid(button(t(W::DoneAnother), move || app.tell(Event::Left)).at("id", "another")),
    );
    parts
}

/// The heading of an outcome.
pub(super) fn heading(outcome: Outcome) -> W {
    words_of(outcome).0
}

fn words_of(outcome: Outcome) -> (W, W, W) {
    match outcome {
        Outcome::Activated => (W::DoneActivatedTitle, W::DoneActivatedLead, W::DoneStampActivated),
        Outcome::Repaired => (W::DoneRepairedTitle, W::DoneRepairedLead, W::DoneStampRepaired),
        Outcome::Returned => (W::DoneReturnedTitle, W::DoneReturnedLead, W::DoneStampReturned),
        Outcome::Booked => (W::DoneBookedTitle, W::DoneBookedLead, W::DoneStampBooked),
        Outcome::Held => (W::DoneHeldTitle, W::DoneHeldLead, W::DoneStampHeld),
        Outcome::Outdated => (W::DoneOutdatedTitle, W::DoneOutdatedLead, W::DoneStampOutdated),
        Outcome::Refreshed => (W::DoneRefreshedTitle, W::DoneRefreshedLead, W::DoneStampRefreshed),
        Outcome::Current => (W::DoneCurrentTitle, W::DoneCurrentLead, W::DoneStampCurrent),
        Outcome::Answered => (W::DoneAnsweredTitle, W::DoneAnsweredLead, W::DoneStampAnswered),
    }
}

fn file_card(app: App, of: &Arc<Answer>, file: &OutFile, license: bool, word: W) -> El {
    let pick = move |answer: &Answer| if license { answer.license.clone() } else { answer.receipt.clone() };
    let (to_download, to_copy) = (Arc::clone(of), Arc::clone(of));
    let acts = Acts {
        download: move || {
            if let Some(file) = pick(&to_download) {
                download::text_file(&file.name, &file.text);
            }
        },
        copy: move || {
            if let Some(file) = pick(&to_copy) {
                app.copy(file.text);
            }
        },
        print: (!license).then_some(print as fn()),
        leads: license || of.license.is_none(),
    };
    let product = on(&of.product, &of.device);
    let (kind, get, keep) = if of.outcome == Outcome::Answered {
        (W::KindPool, W::DoneDownloadPool, W::DonePoolKeep)
    } else if license {
        (W::DoneLicense, W::DoneDownloadLicense, W::DoneLicenseKeep)
    } else {
        (W::DoneReceipt, W::DoneDownloadReceipt, W::DoneReceiptKeep)
    };
    // With a license file at hand the receipt's facts stand on the receipt alone.
    let stamped = !license || of.receipt.is_none();
    let mut body = h("div")
        .class("card-body")
        .kid(h("div").class("stamped").kid(h("h2").text(&product)).kids(stamped.then(|| stamp(word))))
        .kids(stamped.then(|| facts(&of.facts)));
    if license && !of.followed.is_empty() {
        body = body.kid(live::line(app));
    }
    if !license && !of.booked.is_empty() {
        let all = of
            .booked
            .iter()
            .map(|(name, units)| tell(W::DoneBookedOne, &[intl::number(*units), name.clone()]));
        body = body.kid(h("p").text(&tell(W::DoneBooked, &[all.collect::<Vec<String>>().join(", ")])));
    }
    answer(kind, get, keep, file, body, acts)
}

fn device_steps(of: &Answer) -> El {
    let name = |file: &Option<OutFile>| file.as_ref().map(|file| file.name.clone()).unwrap_or_default();
    let (license, receipt) = (name(&of.license), name(&of.receipt));
    let device = of.device.clone();
    let (word, args) = match (&of.license, of.outcome) {
        (Some(_), Outcome::Activated | Outcome::Repaired | Outcome::Refreshed | Outcome::Current) => {
            (W::DoneStepsLicense, vec![device, license])
        }
        (Some(_), Outcome::Answered) => (W::DoneStepsPool, vec![license]),
        (Some(_), _) => (W::DoneStepsBoth, vec![device, license, receipt]),
        (None, Outcome::Returned) => (W::DoneStepsReturned, vec![device, receipt]),
        (None, _) => (W::DoneStepsReceipt, vec![device, receipt]),
    };
    let mut lines = words::steps(t(word));
    if of.outcome == Outcome::Held
        && let Some(last) = lines.last_mut()
    {
        *last = t(W::DoneStepHeld);
    }
    steps(&lines, &args)
}
