use super::phrase::rich;
use super::{El, h};

/// Numbered steps.
pub(crate) fn steps(steps: &[&str], args: &[String]) -> El {
    h("ol").class("steps").kids(steps.iter().map(|step| h("li").kid(rich("span", step, args))))
}
