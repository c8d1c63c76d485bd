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

/// A button whose label follows signals; without a label it is not there. It stays the same button all the while, so that
/// no click and no focus is lost.
pub(crate) fn live(
    class: &'static str,
    mut act: impl FnMut() + Send + 'static,
    label: impl Fn() -> Option<String> + Send + Clone + 'static,
) -> El {
    let shown = label.clone();
    h("button")
        .at("type", "button")
        .class(class)
        .live_at("hidden", move || label().is_none().then(String::new))
        .live(move || vec![h("span").text(&shown().unwrap_or_default())])
        .on("click", move |_| act())
}

fn of_class(class: &'static str, label: &str, mut act: impl FnMut() + Send + 'static) -> El {
    h("button").at("type", "button").class(class).text(label).on("click", move |_| act())
}
