use super::{El, h};

/// A button.
pub(crate) fn button(label: &str, act: impl FnMut() + Send + 'static) -> El {
    of_class("button", label, act)
}

/// The one button that goes on.
pub(crate) fn primary(label: &str, act: impl FnMut() + Send + 'static) -> El {
    of_class("button primary", label, act)
}

/// A button that looks like a link.
pub(crate) fn quiet(label: &str, act: impl FnMut() + Send + 'static) -> El {
    of_class("quiet", label, act)
}

fn of_class(class: &'static str, label: &str, mut act: impl FnMut() + Send + 'static) -> El {
    h("button").at("type", "button").class(class).text(label).on("click", move |_| act())
}
