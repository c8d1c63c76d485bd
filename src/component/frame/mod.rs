use super::{El, h};
use crate::browser::Event;
use crate::theme::Look;
use crate::words::{LANGUAGES, W, t};

/// The head of every page: the vendor, the language, the vendor's links.
pub(crate) fn head(look: &Look, language: &'static str, choose: impl FnMut(Event) + Send + 'static) -> El {
    let mark = match &look.logo {
        Some(logo) => h("img").class("logo").at("src", logo.as_str()).at("alt", ""),
        None if look.name.is_empty() => h("span").class("logo plain-logo").at("aria-hidden", "true"),
        None => h("span").class("logo").at("aria-hidden", "true").text(&look.initial),
    };
    let title = look.word(language, "portal.title", t(W::TopTitle));
    h("header")
        .class("top")
        .kid(h("p").class("brand").kid(mark).kid(h("strong").text(look.name.as_str())))
        .kid(
            h("nav")
                .at("aria-label", title.as_str())
                .kid(h("span").class("portal-title").text(title.as_str()))
                .kid(languages(look, language, choose))
                .kids(look.links.iter().take(3).map(link)),
        )
}

/// The foot of every page: the vendor's lines and links.
pub(crate) fn foot(look: &Look, language: &'static str) -> El {
    let note = look.word(language, "foot.note", t(W::FrameNote));
    h("footer")
        .class("bottom")
        .kid(h("p").text(&note))
        .kids(look.legal.iter().map(|line| h("p").text(line.as_str())))
        .kids(look.links.iter().skip(3).map(link))
}

/// A line above the page.
pub(crate) fn notice(text: &str) -> El {
    h("p").class("notice").text(text)
}

fn link((label, href): &(String, String)) -> El {
    h("a").at("href", href.as_str()).at("rel", "noopener").text(label.as_str())
}

fn languages(look: &Look, language: &'static str, choose: impl FnMut(Event) + Send + 'static) -> El {
    let offered =
        |tag: &str| look.languages.is_empty() || look.languages.iter().any(|offered| offered == tag);
    let options = LANGUAGES.iter().filter(|(tag, _)| offered(tag) || *tag == language).map(|(tag, name)| {
        let option = h("option").at("value", tag).at("lang", tag).text(name);
        if *tag == language { option.at("selected", "") } else { option }
    });
    h("select").at("id", "language").at("aria-label", t(W::TopLanguage)).on("change", choose).kids(options)
}
