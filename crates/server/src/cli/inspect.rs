//! `handcarry inspect`: exactly what the page and the device show.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use handcarry_api::explain;
use handcarry_format::{
    AnyVerified, CheckKind, CheckState, Examination, Id, Limits, PublicKey, Trust, examine, inspect,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::{Data, Done, Stop, arguments, open, print, say};
use crate::keys::KeyStore;
use crate::site::Site;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file; `-` for standard input
    file: PathBuf,
    /// Whose keys to trust
    #[arg(long, value_parser = arguments::id)]
    tenant: Option<Id>,
    /// Trust the vendor of this vendor file, with no data directory
    #[arg(long, conflicts_with = "tenant", value_name = "FILE")]
    vendor_file: Option<PathBuf>,
    /// For machines
    #[arg(long)]
    json: bool,
    /// Show the signed content too
    #[arg(long)]
    content: bool,
}

pub(super) fn run(data: &Data, arguments: &Arguments) -> Done {
    let trust = match &arguments.vendor_file {
        Some(path) => trust_of_vendor_file(&open::read(path)?)?,
        None => {
            let store = open::for_command(data)?;
            Site::new(open::tenant(&store, arguments.tenant.as_ref())?, &KeyStore::of(data)).trust
        }
    };
    let limits = Limits::default();
    let bytes = read(&arguments.file, &limits)?;
    let examination = examine(&bytes, &trust, &limits);
    if arguments.json {
        say(&as_json(&examination).to_string());
    } else {
        print(&as_text(&examination));
    }
    if arguments.content
        && let Ok(inspection) = inspect(&bytes, &limits)
    {
        say(&inspection.payload);
    }
    // The verdict is in the exit code too, apart from a command that could not be run.
    if examination.document.is_ok() { Ok(()) } else { Err(Stop::silently(2)) }
}

/// Reads one byte more than is allowed at most: enough to be told that it is too large.
fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| Stop::from(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let most = limits.file.saturating_add(1);
    if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        fs::File::open(path).map_err(failed)?.take(most).read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok(bytes)
}

#[derive(Deserialize)]
struct VendorFile {
    format: String,
    vendor: Named,
    root_key: String,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

fn trust_of_vendor_file(bytes: &[u8]) -> Result<Trust, Stop> {
    let file: VendorFile =
        serde_json::from_slice(bytes).map_err(|error| Stop::from(format!("no vendor file: {error}")))?;
    if file.format != "handcarry-vendor-1" {
        return Err("no vendor file of a version that is known here".into());
    }
    let vendor = Id::new(&file.vendor.id).ok_or("the vendor file names no vendor")?;
    let root = PublicKey::parse(&file.root_key).ok_or("the vendor file has no root key")?;
    Ok(Trust::new(vendor, root))
}

fn verdict(examination: &Examination) -> &'static str {
    examination.document.as_ref().map_or_else(|error| error.code(), |_| "accepted")
}

fn as_json(examination: &Examination) -> Value {
    let checks = examination
        .checks
        .iter()
        .map(|check| json!({"check": check.kind.name(), "state": state(check.state)}));
    json!({
        "kind": examination.kind.map(handcarry_format::Kind::name),
        "id": examination.document.as_ref().ok().map(|document| document.id().to_string()),
        "signer": examination.document.as_ref().ok().map(|document| document.signer().to_string()),
        "licenses": licenses(examination).into_iter().collect::<serde_json::Map<_, _>>(),
        "digest": examination.digest.map(|digest| digest.to_string()),
        "length": examination.length,
        "checks": checks.collect::<Vec<_>>(),
        "findings": examination.findings.iter().map(|finding| finding.code()).collect::<Vec<_>>(),
        "verdict": verdict(examination),
    })
}

fn as_text(examination: &Examination) -> String {
    let mut out = String::new();
    match examination.kind {
        Some(kind) => out.push_str(&format!("Kind:     {}\n", kind.label().to_lowercase())),
        None => out.push_str("Kind:     none that is known here\n"),
    }
    for check in &examination.checks {
        let mark = match check.state {
            CheckState::Passed => "yes",
            CheckState::Noted => "look",
            CheckState::Failed => "NO",
            CheckState::NotReached => "-",
        };
        out.push_str(&format!("  {mark:>4}  {}\n", words(check.kind)));
    }
    for finding in &examination.findings {
        out.push_str(&format!("  note: {}\n", finding.code()));
    }
    if let Some(digest) = examination.digest {
        out.push_str(&format!("Digest:   {digest}, {} bytes\n", examination.length));
    }
    match &examination.document {
        Ok(document) => {
            for (license, said) in licenses(examination) {
                // What is no word is an object with the verdict's facts.
                let said = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
                out.push_str(&format!("  {license}: {said}\n"));
            }
            let (id, signer) = (document.id(), document.signer());
            out.push_str(&format!("Id:       {id}\nKey:      {signer}\nVerdict:  accepted\n"));
        }
        Err(error) => {
            let words = explain(error.code());
            let (title, next) = words.map_or(("not accepted", ""), |words| (words.title, words.next));
            out.push_str(&format!("Verdict:  {title} ({error})\n          {next}\n"));
        }
    }
    out
}

/// What a site asks about each license, or what the authority says of it.
fn licenses(examination: &Examination) -> Vec<(String, Value)> {
    match &examination.document {
        Ok(AnyVerified::PoolRequest(request)) => {
            request.licenses.iter().map(|it| (it.license_id.to_string(), json!(it.ask))).collect()
        }
        Ok(AnyVerified::Pool(file)) => {
            let known = file.licenses.iter().map(|it| (it.license_id.to_string(), json!(it.verdict)));
            known.chain(file.unknown.iter().map(|id| (id.to_string(), json!("unknown")))).collect()
        }
        _ => Vec::new(),
    }
}

fn words(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Undamaged => "undamaged",
        CheckKind::Licensed => "the license in it is the vendor's",
        CheckKind::DeviceSignature => "signed by the device",
        CheckKind::VendorSignature => "signed by the vendor",
        CheckKind::RootSignature => "signed by the vendor's root key",
        CheckKind::SiteSignature => "signed by a site of the vendor's",
        CheckKind::Usage => "its usage continues what was booked",
    }
}

fn state(state: CheckState) -> &'static str {
    match state {
        CheckState::Passed => "passed",
        CheckState::Noted => "noted",
        CheckState::Failed => "failed",
        CheckState::NotReached => "not_reached",
    }
}
