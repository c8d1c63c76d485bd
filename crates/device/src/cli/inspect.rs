use handcarry_format::{CheckState, Examination};
use serde_json::{Value, json};

use super::words;

/// `accepted`, or the code of why not.
pub(super) fn verdict(examination: &Examination) -> &'static str {
    examination.document.as_ref().map_or_else(|error| error.code(), |_| "accepted")
}

/// What an examination found, for machines.
pub(super) fn as_json(examination: &Examination) -> Value {
    let checks = examination
        .checks
        .iter()
        .map(|check| json!({ "check": check.kind.name(), "state": state(check.state) }));
    json!({
        "kind": examination.kind.map(handcarry_format::Kind::name),
        "id": examination.document.as_ref().ok().map(|document| document.id().to_string()),
        "signer": examination.document.as_ref().ok().map(|document| document.signer().to_string()),
        "digest": examination.digest.map(|digest| digest.to_string()),
        "length": examination.length,
        "checks": checks.collect::<Vec<_>>(),
        "findings": examination.findings.iter().map(|finding| finding.code()).collect::<Vec<_>>(),
        "verdict": verdict(examination),
    })
}

/// What an examination found, for people.
pub(super) fn as_text(examination: &Examination) -> String {
    let mut out = String::new();
    match examination.kind {
        Some(kind) => out.push_str(&format!("This is {}.\n", words::kind(kind))),
        None => out.push_str("This is no file that can be read here.\n"),
    }
    for check in &examination.checks {
        let mark = match check.state {
            CheckState::Passed => "yes",
            CheckState::Noted => "look",
            CheckState::Failed => "NO",
            CheckState::NotReached => "-",
        };
        out.push_str(&format!("  {mark:>4}  {}\n", words::check(check.kind)));
    }
    for finding in &examination.findings {
        out.push_str(&format!("  note: {} ({})\n", words::finding(finding), finding.code()));
    }
    if let Some(digest) = examination.digest {
        out.push_str(&format!("Digest: {digest}, {} bytes.\n", examination.length));
    }
    match &examination.document {
        Ok(_) => out.push_str("Verdict: accepted."),
        Err(error) => {
            let (what, next) = words::file(error);
            out.push_str(&format!("Verdict: {what} ({})\n{next}", error.code()));
        }
    }
    out
}

fn state(state: CheckState) -> &'static str {
    match state {
        CheckState::Passed => "passed",
        CheckState::Noted => "noted",
        CheckState::Failed => "failed",
        CheckState::NotReached => "not_reached",
    }
}
