//! The commands. Results go to standard output, hints and errors to standard error.

mod args;
mod inspect;
mod output;
mod status;
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use args::{Cli, Command, Request};
use clap::Parser as _;
use handcarry_device::{
    Claimed, Device, Error, FingerprintSource, Loaded, Machine, Status, VendorFile, system_randomness,
};
use handcarry_format::{Id, Instant, Limits, examine};
use handcarry_rules::holder::JUSTIFICATION_VARIABLE;
use output::{hint, put, say, take};
use serde_json::json;

/// Why a command failed, and the exit code for it.
struct Failure {
    exit: u8,
    code: String,
    what: String,
    next: String,
}

const FAILED: u8 = 1;
const NOT_LICENSED: u8 = 3;
const REFUSED: u8 = 4;
const HOME: u8 = 5;
const EXHAUSTED: u8 = 6;

pub(crate) fn run(now: Instant) -> ExitCode {
    let cli = Cli::parse();
    match command(cli, now) {
        Ok(code) => code,
        Err(failure) => {
            hint(&format!("{}\n{}\n[{}]", failure.what, failure.next, failure.code));
            ExitCode::from(failure.exit)
        }
    }
}

fn command(cli: Cli, now: Instant) -> Result<ExitCode, Failure> {
    let source = || fingerprint_source(&cli);
    let device = || open(&cli, source()?, now);
    match &cli.command {
        Command::Init { vendor_file } => {
            let vendor = read_vendor(vendor_file)?;
            let device = Device::set_up(home(&cli)?, &vendor, source()?, system_randomness, now)?;
            say(&format!("Ready for {}.", device.vendor().product.name))?;
        }
        Command::Request(request) => make_request(&mut device()?, request, now)?,
        Command::Load { file, json } => {
            let bytes = take(file)?;
            let mut device = device()?;
            let loaded = device.load(&bytes, now)?;
            say(&if *json { loaded_json(&loaded).to_string() } else { loaded_text(&loaded) })?;
        }
        Command::Status { json } => {
            let mut device = device()?;
            let status = device.status(now)?;
            let why = device.standing(now).err().map(Failure::from);
            say(&if *json { as_json(&status) } else { status::text(&status, why.as_ref()) })?;
        }
        Command::Seats { used } => {
            device()?.count_seats(*used, now)?;
            let counted = used.map_or_else(|| "none".to_owned(), |used| used.to_string());
            say(&format!("Users that this device counts: {counted}."))?;
        }
        Command::Start => {
            let standing = device()?.start(now)?;
            say(&format!("Started{}", status::mode(standing.code())))?;
        }
        Command::Check { feature, json } => return check(&mut device()?, feature, *json, now),
        Command::Consume { feature, amount } => {
            device()?.consume(&feature_id(feature)?, *amount, now)?;
            say(&format!("Booked: {amount} {feature}."))?;
        }
        Command::Set { name, value } => {
            device()?.set(name, value, now)?;
            say(&format!("Set: {name}."))?;
        }
        Command::Report { output, refresh, new } => {
            let mut device = device()?;
            put(&device.report(*refresh, *new, now)?, output.as_deref())?;
            carry(&device, "the usage report", output.as_deref());
        }
        Command::Deactivate { output, yes, again } => {
            let mut device = device()?;
            if !yes && !again && !confirmed(&mut device, now)? {
                say("Nothing was changed.")?;
                return Ok(ExitCode::from(FAILED));
            }
            let returned = device.deactivate(*again, now)?;
            put(&returned.file, output.as_deref())?;
            if returned.again {
                hint(&format!(
                    "The license was given back at {}. This is the same file again.",
                    returned.destroyed_at
                ));
            } else {
                hint(
                    "The license is destroyed on this device. The seat is free when the portal has the file.",
                );
            }
            carry(&device, "the deactivation file", output.as_deref());
        }
        Command::Inspect { file, json } => return show(&cli, file, *json),
    }
    Ok(ExitCode::SUCCESS)
}

fn home(cli: &Cli) -> Result<&Path, Failure> {
    cli.home.as_deref().ok_or_else(|| Failure {
        exit: 2,
        code: "usage.home".to_owned(),
        what: "Which directory holds the license?".to_owned(),
        next: "Name it: --home DIR.".to_owned(),
    })
}

fn open(cli: &Cli, source: Box<dyn FingerprintSource>, now: Instant) -> Result<Device, Failure> {
    let home = home(cli)?;
    Ok(match &cli.vendor {
        Some(file) => Device::set_up(home, &read_vendor(file)?, source, system_randomness, now)?,
        None => Device::open(home, source, system_randomness)?,
    })
}

#[cfg(not(feature = "test-fingerprint"))]
fn fingerprint_source(_: &Cli) -> Result<Box<dyn FingerprintSource>, Failure> {
    Ok(Box::new(Machine))
}

#[cfg(feature = "test-fingerprint")]
fn fingerprint_source(cli: &Cli) -> Result<Box<dyn FingerprintSource>, Failure> {
    let Some(path) = &cli.fingerprint_file else { return Ok(Box::new(Machine)) };
    let text = String::from_utf8(take(path)?).unwrap_or_default();
    let parsed = handcarry_device::FileFingerprint::parse(&text);
    Ok(Box::new(parsed.ok_or_else(|| Failure::from(Error::VendorFile { field: "fingerprint".to_owned() }))?))
}

fn read_vendor(path: &Path) -> Result<VendorFile, Failure> {
    Ok(VendorFile::parse(&take(path)?)?)
}

fn feature_id(text: &str) -> Result<Id, Failure> {
    Id::new(text).ok_or_else(|| Error::NoFeature { feature: text.to_owned() }.into())
}

fn make_request(device: &mut Device, request: &Request, now: Instant) -> Result<(), Failure> {
    let mut set = BTreeMap::new();
    for pair in &request.set {
        let (name, value) = pair.split_once('=').ok_or_else(|| Error::Value { name: pair.clone() })?;
        set.insert(name.to_owned(), value.to_owned());
    }
    if let Some(justification) = &request.justification {
        set.insert(JUSTIFICATION_VARIABLE.to_owned(), justification.clone());
    }
    let name =
        request.name.clone().or_else(Machine::host_name).unwrap_or_else(|| "Unnamed device".to_owned());
    let claim = match (&request.license_key, &request.user) {
        (Some(key), _) => Claimed::LicenseKey(key),
        (None, user) => Claimed::User(user.as_deref().unwrap_or_default()),
    };
    let file = device.request(claim, &name, &set, now)?;
    put(&file, request.output.as_deref())?;
    carry(device, "the request", request.output.as_deref());
    Ok(())
}

fn carry(device: &Device, what: &str, output: Option<&Path>) {
    let place = output.filter(|path| *path != Path::new("-")).map(|path| format!(" ({})", path.display()));
    hint(&format!("Carry {what}{} to {}.", place.unwrap_or_default(), device.vendor().portal));
}

fn check(device: &mut Device, feature: &str, json: bool, now: Instant) -> Result<ExitCode, Failure> {
    let outcome = device.check(&feature_id(feature)?, now);
    match outcome {
        Ok(standing) => {
            say(&if json {
                json!({ "licensed": true, "feature": feature, "code": standing.code() }).to_string()
            } else {
                format!("Licensed: {feature}{}", status::mode(standing.code()))
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let failure = Failure::from(error);
            if json && failure.exit == NOT_LICENSED {
                say(&json!({ "licensed": false, "feature": feature, "code": failure.code }).to_string())?;
                return Ok(ExitCode::from(NOT_LICENSED));
            }
            Err(failure)
        }
    }
}

fn confirmed(device: &mut Device, now: Instant) -> Result<bool, Failure> {
    use std::io::IsTerminal as _;
    // Scripts, and a person with nothing to lose, are not asked.
    if !std::io::stdin().is_terminal() || !device.status(now)?.licensed {
        return Ok(true);
    }
    hint("This destroys the license on this device. Give it back? Type yes to go on:");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|cause| Failure::file("read", Path::new("standard input"), cause))?;
    Ok(answer.trim().eq_ignore_ascii_case("yes"))
}

fn show(cli: &Cli, file: &Path, json: bool) -> Result<ExitCode, Failure> {
    let bytes = take(file)?;
    let examination = match &cli.vendor {
        Some(vendor) => examine(&bytes, &read_vendor(vendor)?.trust(), &Limits::default()),
        None => Device::open(home(cli)?, fingerprint_source(cli)?, system_randomness)?.inspect(&bytes),
    };
    say(&if json { inspect::as_json(&examination).to_string() } else { inspect::as_text(&examination) })?;
    Ok(ExitCode::from(if examination.document.is_ok() { 0 } else { REFUSED }))
}

fn loaded_text(loaded: &Loaded) -> String {
    match loaded {
        Loaded::License { license, refreshed: false } => {
            format!("Licensed: {}, file number {}.", license.product.name, license.generation)
        }
        Loaded::License { license, .. } => format!("Refreshed: license file number {}.", license.generation),
        Loaded::Known(kind) => format!("This device has {} already. Nothing was changed.", that(*kind)),
        Loaded::Booked { receipt } => format!("Receipt {}: usage is booked.", receipt.number),
        Loaded::Held { receipt } => {
            format!("Receipt {}: the vendor will look at the usage. Nothing of it is lost.", receipt.number)
        }
        Loaded::Returned { receipt } => format!("Receipt {}: returned and confirmed.", receipt.number),
        Loaded::Kept { receipt } => format!("Receipt {}: noted.", receipt.number),
        Loaded::Blocked { since } => format!(
            "The vendor trusts this device no more since {since}: its license stops here. Give it back with `deactivate`."
        ),
        Loaded::Keyring(keyring) => format!("The vendor's keys, version {}, are noted.", keyring.version),
        _ => "Loaded.".to_owned(),
    }
}

fn that(kind: handcarry_format::Kind) -> &'static str {
    match kind {
        handcarry_format::Kind::License => "this license file",
        handcarry_format::Kind::Receipt => "this receipt, or a later one,",
        _ => "this file, or a newer one,",
    }
}

fn loaded_json(loaded: &Loaded) -> serde_json::Value {
    match loaded {
        Loaded::License { license, refreshed } => json!({
            "loaded": if *refreshed { "refresh" } else { "license" },
            "generation": license.generation,
        }),
        Loaded::Known(kind) => json!({ "loaded": "known", "kind": kind.name() }),
        Loaded::Booked { receipt } => {
            json!({ "loaded": "booked", "receipt": receipt.number, "report": receipt.usage.report })
        }
        Loaded::Held { receipt } => json!({ "loaded": "held", "receipt": receipt.number }),
        Loaded::Returned { receipt } => json!({ "loaded": "returned", "receipt": receipt.number }),
        Loaded::Kept { receipt } => json!({ "loaded": "kept", "receipt": receipt.number }),
        Loaded::Blocked { since } => json!({ "loaded": "blocked", "since": since }),
        Loaded::Keyring(keyring) => json!({ "loaded": "keyring", "version": keyring.version }),
        _ => json!({ "loaded": "other" }),
    }
}

fn as_json(status: &Status) -> String {
    // Texts, numbers, lists: nothing can fail to serialize.
    serde_json::to_string_pretty(status).unwrap_or_default()
}

impl Failure {
    fn file(verb: &str, path: &Path, cause: std::io::Error) -> Failure {
        Failure {
            exit: FAILED,
            code: "file.io".to_owned(),
            what: format!("Could not {verb} {}: {cause}.", path.display()),
            next: "Check the name and the permissions.".to_owned(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let (what, next) = words::error(&error);
        Failure { exit: exit_code(&error), code: error.code().to_owned(), what, next }
    }
}

fn exit_code(error: &Error) -> u8 {
    let code = error.code();
    match error {
        Error::Exhausted { .. } => EXHAUSTED,
        Error::File(_)
        | Error::ForThePortal(_)
        | Error::OtherProduct { .. }
        | Error::OtherDevice { .. }
        | Error::Outdated { .. }
        | Error::Altered { .. }
        | Error::FastForward { .. }
        | Error::Returned
        | Error::ReturnNotBooked
        | Error::OtherActivation
        | Error::UnknownReceipt => REFUSED,
        Error::NotYet { .. } | Error::Expired { .. } | Error::NoLicense | Error::NoFeature { .. } => {
            NOT_LICENSED
        }
        _ if code.starts_with("home.") => HOME,
        _ if ["lease.", "device.", "fingerprint.", "clock."].iter().any(|start| code.starts_with(start)) => {
            NOT_LICENSED
        }
        _ => FAILED,
    }
}
