use super::phrase::say;
use super::{El, h};
use crate::card::{CheckLine, CheckMark};
use crate::words::{W, t};

/// The checks, ticked in words.
pub(crate) fn checks(lines: &[CheckLine]) -> El {
    h("ul").class("checks").at("aria-label", t(W::RefusedChecks)).kids(lines.iter().map(|line| {
        let class = match line.mark {
            CheckMark::Passed => "check passed",
            CheckMark::Noted => "check noted",
            CheckMark::Failed => "check failed",
            CheckMark::NotReached => "check open",
        };
        // The icon of a passed check, for whoever does not see it; what else can be is said in the detail.
        let passed =
            (line.mark == CheckMark::Passed).then(|| h("span").class("unseen").text(t(W::CheckPassed)));
        let detail = line.detail.as_ref().map(|detail| h("span").class("detail").text(&say(detail)));
        h("li").class(class).kid(h("span").text(&say(&line.what))).kids(passed).kids(detail)
    }))
}
