use super::phrase::say;
use super::{El, h};
use crate::card::{CheckLine, CheckMark};

/// The checks, ticked in words.
pub(crate) fn checks(lines: &[CheckLine]) -> El {
    h("ul").class("checks").kids(lines.iter().map(|line| {
        let class = match line.mark {
            CheckMark::Passed => "check passed",
            CheckMark::Noted => "check noted",
            CheckMark::Failed => "check failed",
            CheckMark::NotReached => "check open",
        };
        let detail = line.detail.as_ref().map(|detail| h("span").class("detail").text(&say(detail)));
        h("li").class(class).kid(h("span").text(&say(&line.what))).kids(detail)
    }))
}
