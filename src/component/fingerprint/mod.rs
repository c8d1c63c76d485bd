use super::{El, h};
use crate::card::PartRow;
use crate::words::{W, t};

/// The parts of a device's fingerprint, closed until asked for.
pub(crate) fn fingerprint(parts: &[PartRow]) -> El {
    let lines = parts.iter().map(|part| {
        let source = if part.hardware { W::ReviewHardware } else { W::ReviewSystem };
        h("tr")
            .kid(h("th").at("scope", "row").text(part.name.as_str()))
            .kid(h("td").text(t(source)))
            .kid(h("td").class("code").text(part.hash.as_str()))
    });
    h("details")
        .kid(h("summary").text(t(W::ReviewFingerprint)))
        .kid(h("p").class("hint").text(t(W::ReviewFingerprintNote)))
        .kid(h("div").class("scroll").kid(h("table").class("parts").kid(h("tbody").kids(lines))))
}

/// The values that an application chose to send.
pub(crate) fn variables(values: &[(String, String)]) -> El {
    let lines = values.iter().map(|(name, value)| {
        h("tr").kid(h("th").at("scope", "row").text(name.as_str())).kid(h("td").text(value.as_str()))
    });
    h("details")
        .at("open", "")
        .kid(h("summary").text(t(W::ReviewVariables)))
        .kid(h("div").class("scroll").kid(h("table").class("parts").kid(h("tbody").kids(lines))))
}
