//! Names what is not ours, so that a person is told what they hold instead of "invalid file" (D-03, D-05, D-16).

use alloc::string::String;

use crate::error::{ArmorError, Error};

/// Another licensing system whose file this is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Keygen: a license or machine file, or a signed key.
    Keygen,
    /// FlexNet: a license text.
    FlexNet,
    /// Sentinel: C2V or V2C.
    Sentinel,
    /// CodeMeter: RaC or RaU.
    CodeMeter,
    /// LM-X: an XML template or license.
    LmX,
    /// RLM: a license text.
    Rlm,
    /// LicenseSpring: a request or license.
    LicenseSpring,
    /// Some other PEM armor: a certificate, a key, a PGP message.
    Pem,
}

impl Foreign {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Foreign::Keygen => "foreign.keygen",
            Foreign::FlexNet => "foreign.flexnet",
            Foreign::Sentinel => "foreign.sentinel",
            Foreign::CodeMeter => "foreign.codemeter",
            Foreign::LmX => "foreign.lmx",
            Foreign::Rlm => "foreign.rlm",
            Foreign::LicenseSpring => "foreign.licensespring",
            Foreign::Pem => "foreign.pem",
        }
    }
}

/// By the label of a BEGIN line, white space removed.
pub(crate) fn of_label(label: &[u8]) -> Option<Foreign> {
    match label {
        b"LICENSEFILE" | b"MACHINEFILE" => Some(Foreign::Keygen),
        // Near to our own: a damaged label, no other system's.
        _ if label.starts_with(b"LICENSE") => None,
        _ => {
            let known: [&[u8]; 4] = [b"CERTIFICATE", b"KEY", b"PGP", b"SIGNATURE"];
            known.iter().any(|word| crate::text::find(label, word, 0).is_some()).then_some(Foreign::Pem)
        }
    }
}

const BINARY: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "zip"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"MZ", "exe"),
];

/// How much of a file is looked at to name it.
pub(crate) const HEAD: usize = 64 << 10;

/// Why a file without any armor is not one of ours. Only a bounded head of it is looked at.
pub(crate) fn explain(source: &[u8]) -> Error {
    if source.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return ArmorError::Empty.into();
    }
    if let Some((_, name)) = BINARY.iter().find(|(magic, _)| source.starts_with(magic)) {
        return ArmorError::Binary(Some(name)).into();
    }
    let head = &source[..source.len().min(HEAD)];
    if head.contains(&0) {
        return ArmorError::Binary(None).into();
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    // A byte order mark is no part of the first line.
    let text = text.trim_start_matches('\u{feff}');
    match system(text) {
        Some(system) => Error::Foreign(system),
        None if is_notice(text) => ArmorError::GatewayNotice.into(),
        None if text.contains("<!doctype html") || text.contains("<html") => ArmorError::WebPage.into(),
        None if is_spreadsheet(head) => ArmorError::Spreadsheet.into(),
        None => ArmorError::NotFound.into(),
    }
}

/// What spreadsheets make of a line that begins with a minus sign.
pub(crate) fn is_spreadsheet(source: &[u8]) -> bool {
    crate::text::find(&source[..source.len().min(HEAD)], b"#NAME?", 0).is_some()
}

fn system(text: &str) -> Option<Foreign> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let quoting = |c: char| c.is_whitespace() || matches!(c, '>' | '|');
    let line = |start: &str| text.lines().any(|line| line.trim_start_matches(quoting).starts_with(start));
    // Words that prose may begin a line with count only with a mark of the format.
    let flexnet = (line("increment ") || line("feature "))
        && has(&["sign=", "hostid=", "vendor_string=", "issued=", "uncounted", "permanent", " ck="]);
    let systems = [
        (Foreign::Keygen, line("key/ey") || line("license/ey") || line("machine/ey")),
        (Foreign::Sentinel, has(&["<hasp", "<sentinel", "hasp_info>"])),
        (Foreign::CodeMeter, has(&["wibucm", "cmactlicense", "producer=codemeter", "<codemeter"])),
        (Foreign::LmX, has(&["<feature name=", "<licensefile>", "<licensefile "])),
        (Foreign::Rlm, line("isv ") && (line("license ") || line("host "))),
        (Foreign::FlexNet, flexnet || (line("server ") && line("vendor "))),
        (Foreign::LicenseSpring, has(&["\"hardware_id\"", "licensespring"])),
    ];
    systems.into_iter().find(|(_, is)| *is).map(|(system, _)| system)
}

/// A gateway's notice names the attachment and what became of it (D-03). English and German.
fn is_notice(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let named = ["attachment", "attached file", "anhang", "anlage", "dateianhang"];
    // In Latin-1 and UTF-16 the umlaut is lost by now.
    let gone = [
        "removed",
        "blocked",
        "stripped",
        "deleted",
        "quarant",
        "replaced",
        "not allowed",
        "entfernt",
        "blockiert",
        "gesperrt",
        "gel\u{f6}scht",
        "gel\u{fffd}scht",
        "gel?scht",
        "geloescht",
        "ersetzt",
        "abgelehnt",
    ];
    has(&named) && has(&gone)
}
