//! Every code in plain words: what happened, and the one next step.

use handcarry_device::Error;
use handcarry_format::{
    ArmorError, CheckKind, CodeError, Error as FileError, KeyError, Kind, UsageFinding, WrongDocument,
};

type Words = (String, String);

/// What a kind of file is called in a sentence.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::ActivationRequest => "an activation request",
        Kind::License => "a license file",
        Kind::Deactivation => "a deactivation file",
        Kind::UsageReport => "a usage report",
        Kind::Receipt => "a receipt",
        Kind::Keyring => "a list of the vendor's keys",
        Kind::PoolRequest => "a site's request for licenses",
        Kind::Pool => "a file of licenses for a license server",
    }
}

/// What a check looks at.
pub(super) fn check(check: CheckKind) -> &'static str {
    match check {
        CheckKind::Undamaged => "It is undamaged",
        CheckKind::Licensed => "The license in it is the vendor's",
        CheckKind::DeviceSignature => "The device signed it",
        CheckKind::VendorSignature => "The vendor signed it",
        CheckKind::RootSignature => "The vendor's root key signed it",
        CheckKind::SiteSignature => "A site of the vendor's signed it",
        CheckKind::Usage => "Its usage continues what the vendor has booked",
    }
}

/// What is odd about usage.
pub(super) fn finding(finding: &UsageFinding) -> &'static str {
    match finding {
        UsageFinding::Number { .. } => "a later report was booked before this one",
        UsageFinding::Opening { .. } => "it does not open where the vendor's count stands",
        UsageFinding::Sum { .. } => "its entries do not add up",
        UsageFinding::Falls { .. } => "a counter falls",
        UsageFinding::Negative { .. } => "a counter is below zero",
        _ => "the usage is odd",
    }
}

fn words(what: impl Into<String>, next: &str) -> Words {
    (what.into(), next.to_owned())
}

const AGAIN: &str = "Bring the file from the portal again, by another way if it was mailed.";
const SUPPORT: &str = "Ask the vendor's support, and tell them the code.";
const STOPPED: &str = "Make a usage report with `report`, carry it to the portal, and load the refresh file. Until \
    midnight, `start` lets it run.";
const REFRESH: &str = "Make a usage report with `report`, carry it to the portal, and load the refresh file.";

/// Why a file was refused.
pub(super) fn file(error: &FileError) -> Words {
    match error {
        FileError::TooLarge { size, limit } => words(
            format!("The file has {size} bytes; at most {limit} are read."),
            "Check that it is the right file.",
        ),
        FileError::Armor(cause) => armor(cause),
        FileError::Foreign(_) => words(
            format!("The file belongs to another licensing system ({}).", error.code()),
            "Take the file that this vendor's portal gave you.",
        ),
        FileError::Envelope(_) => words("The file is not put together as it should be.", AGAIN),
        FileError::WrongDocument(WrongDocument::OtherVendor { name }) => words(
            format!("The file was issued by or for another vendor: {name}."),
            "Take the file of this application's vendor.",
        ),
        FileError::WrongDocument(WrongDocument::UnknownVersion(found)) => {
            words(format!("The file is {} of a newer version.", kind(*found)), "Update the application.")
        }
        FileError::WrongDocument(_) => {
            words("The file is of another kind than was expected.", "Check that it is the right file.")
        }
        FileError::UntrustedKey(KeyError::Revoked(_)) => words(
            "The key that signed the file has been revoked by the vendor.",
            "Fetch a newer file from the portal.",
        ),
        FileError::UntrustedKey(_) => words("The file was signed by a key that may not sign it.", SUPPORT),
        FileError::BadSignature { .. } => words(
            "The signature does not fit: the file was altered, or forged.",
            "Fetch it from the portal again; if it happens again, tell the vendor's support.",
        ),
        FileError::Payload(payload) => {
            words(format!("The file says something that it cannot say, at {}.", payload.field), SUPPORT)
        }
        FileError::Embedded { error, .. } => {
            let (what, next) = file(error);
            (format!("A document inside the file was refused: {what}"), next)
        }
        _ => words("The file was refused.", SUPPORT),
    }
}

fn armor(cause: &ArmorError) -> Words {
    match cause {
        ArmorError::Empty => words("The file is empty.", AGAIN),
        ArmorError::Truncated { line, .. } => {
            words(format!("The file ends in the middle, in line {line}."), AGAIN)
        }
        ArmorError::Beheaded => words("The beginning of the file is missing.", AGAIN),
        ArmorError::Damaged { got, of } => {
            words(format!("The file is damaged: {got} of {of} bytes are there, or some were changed."), AGAIN)
        }
        ArmorError::Several(count) => words(
            format!("There are {count} documents in one file."),
            "Load them one by one, each in a file of its own.",
        ),
        ArmorError::GatewayNotice => words("This is a mail gateway's notice in place of the file.", AGAIN),
        ArmorError::WebPage => words("This is a web page, not the file that it offers.", AGAIN),
        ArmorError::Spreadsheet => words("A spreadsheet program has rewritten the file.", AGAIN),
        ArmorError::Binary(Some(name)) => {
            words(format!("This is a {name} file."), "If it is an archive, unpack it and load what is in it.")
        }
        ArmorError::Header { line } | ArmorError::Character { line } | ArmorError::Label { line } => {
            words(format!("The file is damaged in line {line}."), AGAIN)
        }
        _ => words("There is no license document in the file.", "Check that it is the right file."),
    }
}

/// Why something was not done.
pub(super) fn error(error: &Error) -> Words {
    match error {
        Error::File(error) => file(error),
        Error::NotSetUp => words(
            "There is no device in this directory yet.",
            "Give the application's vendor file once: --vendor FILE.",
        ),
        Error::OtherVendor => words(
            "The directory belongs to another vendor or product, or the vendor's root key is another one.",
            "Use a directory of its own for each product.",
        ),
        Error::Busy => words("Another process is using the license directory.", "Try again when it is done."),
        Error::Io { what, cause } => words(
            format!("Could not {what}: {cause}."),
            "Check the disk and the permissions, then try again.",
        ),
        Error::Corrupt { file } | Error::Missing { file } | Error::RolledBack { file } => words(
            format!(
                "The license directory cannot be used: `{file}` {}.",
                match error {
                    Error::Corrupt { .. } => "is damaged",
                    Error::Missing { .. } => "is missing",
                    _ => "is older than the rest",
                }
            ),
            "Restore the whole directory from a backup. Without one, ask the vendor's support for a re-host.",
        ),
        Error::Randomness => {
            words("The system gives no randomness.", "Try again; if it happens again, restart.")
        }
        Error::VendorFile { field } => words(
            format!("The vendor file is not right, at {field}."),
            "Take the vendor file that came with the application.",
        ),
        Error::LicenseKey(cause) => words(
            match cause {
                CodeError::Group(group) => {
                    format!("There is a typing error in group {group} of the license key.")
                }
                CodeError::Character(group) => {
                    format!("Group {group} of the license key has a character that no license key has.")
                }
                CodeError::Length(count) => {
                    format!("A license key has 20 letters and digits; {count} were typed.")
                }
            },
            "Compare it with your purchase papers and type it again.",
        ),
        Error::Value { name } => words(
            format!("The value of `{name}` is empty, too long, or has characters that cannot be sent."),
            "Choose a shorter, plain value.",
        ),
        other => refusal(other),
    }
}

fn refusal(error: &Error) -> Words {
    match error {
        Error::ForThePortal(found) => words(
            format!("This is {}, made by a device for the portal.", kind(*found)),
            "Carry it to the portal, and load what the portal gives you for it.",
        ),
        Error::OtherProduct { name } => {
            words(format!("This license is for another product: {name}."), "Load it into that application.")
        }
        Error::OtherDevice { name, kind: found } => words(
            format!("This is {} for another device, which is called {name}.", kind(*found)),
            "Load it on that device. For this one, make a request with `request`.",
        ),
        Error::Outdated { generation, newest } => words(
            format!(
                "This file is outdated: it is number {generation}, and number {newest} was loaded before."
            ),
            "Fetch the newest license file from the portal.",
        ),
        Error::Altered { generation } => words(
            format!("This is another file number {generation} than the one that was loaded before."),
            SUPPORT,
        ),
        Error::FastForward { generation, most } => words(
            format!("This file is number {generation}; the next one here can be number {most} at most."),
            SUPPORT,
        ),
        Error::Returned => words(
            "This license was given back on this device.",
            "To use it here again, make a new request with `request`.",
        ),
        Error::ReturnNotBooked => words(
            "The portal has not seen yet what was used here before the license was given back.",
            "Print that file again with `deactivate`, carry it to the portal, then fetch the newest license file.",
        ),
        Error::OtherActivation => words(
            "Another license is in use on this device.",
            "Give that one back with `deactivate`, then load this file again.",
        ),
        Error::UnknownReceipt => words(
            "This receipt is for something that this device has not made.",
            "Check that it is the right file.",
        ),
        Error::NoLicense => words(
            "There is no license on this device.",
            "Make a request with `request`, carry it to the portal, and load the license file.",
        ),
        Error::NoFeature { feature } => {
            words(format!("The license does not include `{feature}`."), "Ask the vendor for an upgrade.")
        }
        Error::NotYet { from } => {
            words(format!("The license begins at {from}."), "Wait until then, or check the clock.")
        }
        Error::Expired { at } => words(
            format!("The license ended at {at}."),
            "Renew it, then fetch a refresh file from the portal.",
        ),
        Error::LeaseStopped { due } => {
            words(format!("A refresh was due at {due}, and the time after it is over."), STOPPED)
        }
        Error::Emergency => words("Settings cannot be changed: a refresh is long overdue.", REFRESH),
        Error::Blocked { since } => {
            words(format!("The vendor has blocked this device since {since}."), SUPPORT)
        }
        Error::OtherMachine { percent, needed } => words(
            format!("This machine is not the licensed one: {percent} % of it matches, {needed} % must."),
            "Make a request with `request`: the portal repairs the license if the device is the same.",
        ),
        Error::ClockRolledBack { now, floor } => words(
            format!("The clock says {now}, but it has been {floor} here before."),
            "Set the clock right. If it was far ahead by mistake, fetch a refresh file from the portal.",
        ),
        Error::NotCounted { feature } => words(
            format!("The use of `{feature}` is not counted by this license."),
            "Nothing is to be done: use it.",
        ),
        Error::Amount => {
            words("The amount must be a whole number from 1 on, and not too large.", "Correct it.")
        }
        Error::Exhausted { feature, left } => words(
            format!("Not enough is left of `{feature}`: {left} units."),
            "Buy more, then fetch a refresh file from the portal.",
        ),
        Error::LedgerFull => words("A million uses wait for being reported.", REFRESH),
        other => words(format!("It was not done ({other})."), SUPPORT),
    }
}
