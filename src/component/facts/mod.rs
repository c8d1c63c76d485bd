use super::phrase::write;
use super::{El, h};
use crate::card::{Arg, Fact};
use crate::words::t;

/// Facts, each with its label.
pub(crate) fn facts(facts: &[Fact]) -> El {
    let lines = facts.iter().map(|fact| {
        let value = h("dd").text(&write(&fact.value));
        let value = if matches!(fact.value, Arg::Code(_)) { value.class("code") } else { value };
        h("div").kid(h("dt").text(t(fact.label))).kid(value)
    });
    h("dl").class("facts").kids(lines)
}
