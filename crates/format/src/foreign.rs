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

/// Why a file without any armor is not one of ours. Only a bounded head of it is looked at.
pub(crate) fn explain(source: &[u8]) -> Error {
    if source.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return ArmorError::Empty.into();
    }
    if let Some((_, name)) = BINARY.iter().find(|(magic, _)| source.starts_with(magic)) {
        return ArmorError::Binary(Some(name)).into();
    }
    let head = &source[..source.len().min(64 << 10)];
    if head.contains(&0) {
        return ArmorError::Binary(None).into();
    }
    let text = String::from_utf8_lossy(head).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let line = |start: &str| text.lines().any(|line| line.trim_start().starts_with(start));
    let all_lines = |starts: &[&str]| starts.iter().all(|start| line(start));

    if line("key/ey") || line("license/ey") || line("machine/ey") {
        Error::Foreign(Foreign::Keygen)
    } else if has(&["<hasp_info", "<sentinel", "<hasp", "hasp_info>"]) {
        Error::Foreign(Foreign::Sentinel)
    } else if has(&["wibucm", "codemeter"]) {
        Error::Foreign(Foreign::CodeMeter)
    } else if has(&["<feature name=", "<feature=\"", "lm-x", "<licensefile"]) {
        Error::Foreign(Foreign::LmX)
    } else if line("isv ") && (line("license ") || line("host ")) {
        Error::Foreign(Foreign::Rlm)
    } else if all_lines(&["increment "]) || all_lines(&["feature "]) || all_lines(&["server ", "vendor "]) {
        Error::Foreign(Foreign::FlexNet)
    } else if has(&["hardware_id", "licensespring"]) {
        Error::Foreign(Foreign::LicenseSpring)
    } else if has(&["attachment", "anhang", "anlage"])
        && has(&[
            "removed",
            "blocked",
            "stripped",
            "deleted",
            "quarantine",
            "replaced",
            "entfernt",
            "blockiert",
            "gelöscht",
            "quarantäne",
            "ersetzt",
        ])
    {
        ArmorError::GatewayNotice.into()
    } else if has(&["<!doctype html", "<html"]) {
        ArmorError::WebPage.into()
    } else if has(&["#name?"]) {
        ArmorError::Spreadsheet.into()
    } else {
        ArmorError::NotFound.into()
    }
}
