use std::fmt;

use handcarry_format as format;
use handcarry_format::{CodeError, Instant, Kind};

/// Why the device did not do what it was asked for. Every cause has a stable code ([`Error::code`]).
///
/// Unless [`Error::Io`] says otherwise, nothing was changed.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// There is no state in this directory yet, and no vendor file was given to begin with.
    NotSetUp,
    /// The directory belongs to an application of another vendor or product, or to another root key.
    OtherVendor,
    /// Another process has used the directory for too long.
    Busy,
    /// Reading or writing failed.
    Io {
        /// What was being done to which file.
        what: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A state file is there, but is not what was written. Never repaired by guessing.
    Corrupt {
        /// The file's name.
        file: String,
    },
    /// A state file is gone.
    Missing {
        /// The file's name.
        file: String,
    },
    /// One state file is older than the others.
    RolledBack {
        /// The file's name.
        file: String,
    },
    /// The system gives no randomness.
    Randomness,
    /// The vendor file is none.
    VendorFile {
        /// What is wrong with it.
        field: String,
    },
    /// A license key with a typing error (D-17).
    LicenseKey(CodeError),
    /// A user name, device name or variable that no document can carry.
    Value {
        /// Which.
        name: String,
    },
    /// A file that cannot be accepted by anyone who trusts this vendor.
    File(format::Error),
    /// A file of ours that goes to the portal, not to the device.
    ForThePortal(Kind),
    /// A license for another product.
    OtherProduct {
        /// The product's name in the file.
        name: String,
    },
    /// A license or receipt for another device's key (D-35, LSP-18).
    OtherDevice {
        /// The device's name in the file.
        name: String,
        /// The kind of file.
        kind: Kind,
    },
    /// An older license than the one that this device knows (D-15; threat: rolled-back refresh).
    Outdated {
        /// The file's generation.
        generation: u32,
        /// The newest that was seen.
        newest: u32,
    },
    /// Another license with the generation of the one that this device knows.
    Altered {
        /// The generation.
        generation: u32,
    },
    /// A generation too far ahead of the one that this device knows (threat: fast-forwarded generation).
    FastForward {
        /// The file's generation.
        generation: u32,
        /// The most that is accepted.
        most: u32,
    },
    /// A license that this device has given back (D-36).
    Returned,
    /// A license from before the portal booked the usage that a return of this device carries (LSP-28).
    ReturnNotBooked,
    /// A license for another activation while one is in use.
    OtherActivation,
    /// A receipt for something that this device has not made.
    UnknownReceipt,
    /// There is no license here.
    NoLicense,
    /// The license does not name the feature.
    NoFeature {
        /// The feature.
        feature: String,
    },
    /// The license begins later.
    NotYet {
        /// When.
        from: Instant,
    },
    /// The license has ended.
    Expired {
        /// When.
        at: Instant,
    },
    /// The license was not refreshed in time, and grace and emergency mode are over (ICE-22).
    LeaseStopped {
        /// When the refresh was due.
        due: Instant,
    },
    /// Settings cannot be changed in emergency mode (ICE-21).
    Emergency,
    /// The vendor has blocked this device.
    Blocked {
        /// Since when.
        since: Instant,
    },
    /// The machine is not the one that the license was issued for, for more than seven days (ICE-03).
    OtherMachine {
        /// Percent of the fingerprint that still matches.
        percent: u32,
        /// What the license asks for.
        needed: u32,
    },
    /// The clock is far behind what this device has seen.
    ClockRolledBack {
        /// What the clock says.
        now: Instant,
        /// The latest time that was seen.
        floor: Instant,
    },
    /// The feature is not counted.
    NotCounted {
        /// The feature.
        feature: String,
    },
    /// An amount that is no positive whole number, or too large to count.
    Amount,
    /// The maximum and the overage are used up (LSP-26).
    Exhausted {
        /// The feature.
        feature: String,
        /// Units that are left.
        left: i64,
    },
    /// The ledger is as long as it may be.
    LedgerFull,
}

/// Every code that the device has of its own, for tables. Refused files have the codes of
/// [`handcarry_format::CODES`] beside these.
pub const CODES: &[&str] = &[
    "home.not_set_up",
    "home.other_vendor",
    "home.busy",
    "home.io",
    "home.corrupt",
    "home.missing",
    "home.rolled_back",
    "system.randomness",
    "vendor_file.invalid",
    "license_key.mistyped",
    "value.invalid",
    "load.for_the_portal",
    "license.other_product",
    "license.other_device",
    "license.outdated",
    "license.altered",
    "license.fast_forward",
    "license.returned",
    "license.return_not_booked",
    "license.other_activation",
    "receipt.unknown",
    "license.none",
    "license.no_feature",
    "license.not_yet",
    "license.expired",
    "lease.stopped",
    "lease.emergency",
    "device.blocked",
    "fingerprint.mismatch",
    "clock.rolled_back",
    "consume.not_counted",
    "consume.amount",
    "consume.exhausted",
    "consume.ledger_full",
];

impl Error {
    /// The stable code. It never changes its meaning; new causes get new codes.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotSetUp => "home.not_set_up",
            Error::OtherVendor => "home.other_vendor",
            Error::Busy => "home.busy",
            Error::Io { .. } => "home.io",
            Error::Corrupt { .. } => "home.corrupt",
            Error::Missing { .. } => "home.missing",
            Error::RolledBack { .. } => "home.rolled_back",
            Error::Randomness => "system.randomness",
            Error::VendorFile { .. } => "vendor_file.invalid",
            Error::LicenseKey(_) => "license_key.mistyped",
            Error::Value { .. } => "value.invalid",
            Error::File(error) => error.code(),
            Error::ForThePortal(_) => "load.for_the_portal",
            Error::OtherProduct { .. } => "license.other_product",
            Error::OtherDevice { .. } => "license.other_device",
            Error::Outdated { .. } => "license.outdated",
            Error::Altered { .. } => "license.altered",
            Error::FastForward { .. } => "license.fast_forward",
            Error::Returned => "license.returned",
            Error::ReturnNotBooked => "license.return_not_booked",
            Error::OtherActivation => "license.other_activation",
            Error::UnknownReceipt => "receipt.unknown",
            Error::NoLicense => "license.none",
            Error::NoFeature { .. } => "license.no_feature",
            Error::NotYet { .. } => "license.not_yet",
            Error::Expired { .. } => "license.expired",
            Error::LeaseStopped { .. } => "lease.stopped",
            Error::Emergency => "lease.emergency",
            Error::Blocked { .. } => "device.blocked",
            Error::OtherMachine { .. } => "fingerprint.mismatch",
            Error::ClockRolledBack { .. } => "clock.rolled_back",
            Error::NotCounted { .. } => "consume.not_counted",
            Error::Amount => "consume.amount",
            Error::Exhausted { .. } => "consume.exhausted",
            Error::LedgerFull => "consume.ledger_full",
        }
    }

    pub(crate) fn value(name: impl Into<String>) -> Error {
        Error::Value { name: name.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        match self {
            Error::Io { what, cause } => write!(f, ": {what}: {cause}"),
            Error::Corrupt { file } | Error::Missing { file } | Error::RolledBack { file } => {
                write!(f, ": {file}")
            }
            Error::File(error) => write!(f, ": {error}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { cause, .. } => Some(cause),
            Error::File(error) => Some(error),
            _ => None,
        }
    }
}

impl From<format::Error> for Error {
    fn from(error: format::Error) -> Error {
        Error::File(error)
    }
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn the_table_of_codes_is_complete_and_has_none_twice() {
        let given = include_str!("error.rs").lines().filter_map(|line| {
            let (_, code) = line.trim().split_once("=> \"")?;
            code.strip_suffix("\",")
        });
        assert_eq!(given.collect::<Vec<_>>(), CODES);
        let mut sorted = CODES.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), CODES.len());
    }

    #[test]
    fn every_code_is_explained_in_the_readme() {
        let readme = include_str!("../README.md");
        for code in CODES {
            assert!(readme.contains(&format!("| `{code}` |")), "{code}");
        }
    }
}
