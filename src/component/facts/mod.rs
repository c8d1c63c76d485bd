use super::phrase::write;
use super::{El, h};
use crate::card::{Arg, Fact};
use crate::words::{W, t};

/// Facts, each with its label.
pub(crate) fn facts(facts: &[Fact]) -> El {
    let lines = facts.iter().map(|fact| {
        let value = h("dd").text(&write(&fact.value));
        let value = match &fact.value {
            Arg::Code(_) => value.class("code"),
            // The red mark (ICE-08).
            Arg::Phrase(said) if said.word == W::FactOver => value.class("over"),
            _ => value,
        };
        h("div").kid(h("dt").text(t(fact.label))).kid(value)
    });
    h("dl").class("facts").kids(lines)
}
