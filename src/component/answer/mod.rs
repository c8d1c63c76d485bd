use super::button::{button, primary};
use super::{El, card, h};
use crate::card::OutFile;
use crate::words::{W, t};

/// What can be done with a file to carry back.
pub(crate) struct Acts<D, C> {
    /// Hands it to the person.
    pub(crate) download: D,
    /// Copies its text.
    pub(crate) copy: C,
    /// Prints the page; none where there is nothing to keep on paper.
    pub(crate) print: Option<fn()>,
    /// The download is what to do next: one a page.
    pub(crate) leads: bool,
}

/// A file to carry back: its facts on a slip, with download, copy and print.
pub(crate) fn answer<D, C>(kind: W, download: W, keep: W, file: &OutFile, body: El, acts: Acts<D, C>) -> El
where
    D: FnMut() + Send + 'static,
    C: FnMut() + Send + 'static,
{
    let mut buttons: Vec<El> = acts.print.map(|print| button(t(W::DonePrint), print)).into_iter().collect();
    buttons.push(button(t(W::DoneCopy), acts.copy));
    let get = if acts.leads { primary } else { button };
    buttons.push(get(t(download), acts.download));
    card::card(t(kind), "card-kind", file.name.clone())
        .class("card answer")
        .kid(body)
        .kid(card::foot(h("p").text(t(keep)), buttons))
}

/// A rubber stamp: what happened, in a word.
pub(crate) fn stamp(word: W) -> El {
    h("span").class("stamp").text(t(word))
}
