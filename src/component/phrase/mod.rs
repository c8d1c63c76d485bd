use super::{El, h};
use crate::browser::intl;
use crate::card::{Arg, Phrase};
use crate::words::{Piece, W, fill, pieces, t};

/// A phrase as plain text.
pub(crate) fn say(phrase: &Phrase) -> String {
    let args: Vec<String> = phrase.args.iter().map(write).collect();
    fill(t(phrase.word), &args)
}

/// A word with its places filled.
pub(crate) fn tell(word: W, args: &[String]) -> String {
    fill(t(word), args)
}

/// Anything as plain text.
pub(crate) fn write(arg: &Arg) -> String {
    match arg {
        Arg::Text(text) | Arg::Code(text) => text.clone(),
        Arg::Number(number) => intl::number(*number),
        Arg::Size(size) => intl::size(*size),
        Arg::Time(instant) => intl::time(instant),
        Arg::Day(day) => intl::day(day),
        Arg::Phrase(phrase) => say(phrase),
    }
}

/// A text with its marks shown and its places filled.
pub(crate) fn rich(tag: &'static str, text: &str, args: &[String]) -> El {
    pieces(text).into_iter().fold(h(tag), |el, piece| match piece {
        Piece::Plain(text) => el.text(&fill(text, args)),
        Piece::Strong(text) => el.kid(h("strong").text(&fill(text, args))),
        Piece::Code(text) => el.kid(h("code").text(&fill(text, args))),
    })
}
