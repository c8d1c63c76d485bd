use alloc::vec::Vec;

use crate::armor::Refused;
use crate::digest::Digest;
use crate::document::Kind;
use crate::error::Error;
use crate::limits::Limits;
use crate::trust::Trust;
use crate::usage::{UsageFinding, findings};
use crate::verify::{AnyVerified, Raw};

/// A check that a person wants to see made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// The bytes are those that were written: length and digest.
    Undamaged,
    /// The license that the file carries is the vendor's: root key, keyring, issuing key, license, receipt.
    Licensed,
    /// The device signed it.
    DeviceSignature,
    /// The vendor signed it: root key, keyring, issuing key.
    VendorSignature,
    /// The root key signed it.
    RootSignature,
    /// A site of the vendor's signed it: root key, keyring, issuing key.
    SiteSignature,
    /// The usage continues what the vendor last accepted, and adds up.
    Usage,
}

impl CheckKind {
    /// The check's name in listings and words.
    pub fn name(self) -> &'static str {
        match self {
            CheckKind::Undamaged => "undamaged",
            CheckKind::Licensed => "licensed",
            CheckKind::DeviceSignature => "device_signature",
            CheckKind::VendorSignature => "vendor_signature",
            CheckKind::RootSignature => "root_signature",
            CheckKind::SiteSignature => "site_signature",
            CheckKind::Usage => "usage",
        }
    }

    /// The checks of a kind, in the order in which they are made.
    pub fn of(kind: Kind) -> &'static [CheckKind] {
        match kind {
            Kind::ActivationRequest => &[CheckKind::Undamaged, CheckKind::DeviceSignature],
            Kind::License | Kind::Receipt | Kind::Pool => &[CheckKind::Undamaged, CheckKind::VendorSignature],
            Kind::Deactivation | Kind::UsageReport => {
                &[CheckKind::Undamaged, CheckKind::Licensed, CheckKind::DeviceSignature, CheckKind::Usage]
            }
            Kind::Keyring => &[CheckKind::Undamaged, CheckKind::RootSignature],
            Kind::PoolRequest => &[CheckKind::Undamaged, CheckKind::SiteSignature],
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// As it should be.
    Passed,
    /// Not as it should be, but nothing that stops the file: a person will look at it (D-38).
    Noted,
    /// This is why the file is refused.
    Failed,
    /// Not made, because one before it failed.
    NotReached,
}

/// One check and how it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub kind: CheckKind,
    /// How.
    pub state: CheckState,
}

/// Everything that reading one file found: what the page, `handcarry inspect` and `handcarry-device inspect` show.
#[derive(Clone, Debug)]
pub struct Examination {
    /// What it is, as far as that could be read.
    pub kind: Option<Kind>,
    /// Digest of the payload, as far as that could be read.
    pub digest: Option<Digest>,
    /// Bytes of payload.
    pub length: usize,
    /// The checks in order. Empty if there is no document, not even a damaged one.
    ///
    /// A refused file need not have a failed one: another vendor's file, or content that its own format does
    /// not allow, stops the reading before or after a check. What was not made is not reached.
    pub checks: Vec<Check>,
    /// What is odd about the usage, if anything is.
    pub findings: Vec<UsageFinding>,
    /// The document, or why there is none.
    pub document: Result<AnyVerified, Error>,
}

/// Reads a file and makes every check, in order, the same way everywhere.
pub fn examine(bytes: &[u8], trust: &Trust, limits: &Limits) -> Examination {
    let raw = match Raw::read(bytes, limits) {
        Ok(raw) => raw,
        Err(refused) => return unread(refused),
    };
    let (kind, digest, length) = (raw.kind, raw.digest(), raw.envelope.payload.len());
    let mut log = Log::default();
    log.states.push((CheckKind::Undamaged, CheckState::Passed));
    let document = raw.open_any(trust, limits, &mut log);
    let findings = match &document {
        Ok(AnyVerified::Deactivation(file)) => findings(&file.usage, &file.evidence().accepted()),
        Ok(AnyVerified::UsageReport(file)) => findings(&file.usage, &file.evidence().accepted()),
        _ => Vec::new(),
    };
    let checks = CheckKind::of(kind).iter().map(|check| {
        let made = log.states.iter().find(|(kind, _)| kind == check).map(|(_, state)| *state);
        // Only the usage is looked at after the document has opened, so only it has no entry by then.
        let state = made.unwrap_or(match &document {
            Err(Error::Payload(error)) if *check == CheckKind::Usage && error.field.starts_with("usage") => {
                CheckState::Failed
            }
            Err(_) => CheckState::NotReached,
            Ok(_) if findings.is_empty() => CheckState::Passed,
            Ok(_) => CheckState::Noted,
        });
        Check { kind: *check, state }
    });
    let checks = checks.collect();
    Examination { kind: Some(kind), digest: Some(digest), length, checks, findings, document }
}

/// No document came out of the armor. If its label is left, it says what was damaged.
fn unread(refused: Refused) -> Examination {
    let Refused { kind, error } = refused;
    let mut state = CheckState::Failed;
    let checks = kind.map(CheckKind::of).unwrap_or_default().iter();
    let checks = checks
        .map(|kind| Check { kind: *kind, state: core::mem::replace(&mut state, CheckState::NotReached) });
    let checks = checks.collect();
    Examination { kind, digest: None, length: 0, checks, findings: Vec::new(), document: Err(error) }
}

/// Collects the outcome of each check while a document is opened. Public only inside the sealed traits.
#[doc(hidden)]
#[derive(Default)]
pub struct Log {
    states: Vec<(CheckKind, CheckState)>,
}

impl Log {
    pub(crate) fn check<T>(&mut self, kind: CheckKind, outcome: Result<T, Error>) -> Result<T, Error> {
        self.states.push((kind, if outcome.is_ok() { CheckState::Passed } else { CheckState::Failed }));
        outcome
    }
}
