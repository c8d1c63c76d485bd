//! The air-gapped side of Handcarry: what a vendor's application links, and the reference command line
//! `handcarry-device` over it.
//!
//! A [`Device`] keeps its key, license, usage ledger and proofs in one directory, makes the files that are
//! carried to the portal, and takes the files that come back. It decides alone, from signed files, whether a
//! feature is licensed; it never speaks to a network.
//!
//! ```no_run
//! # fn main() -> Result<(), handcarry_device::Error> {
//! use handcarry_device::{Device, Machine, VendorFile, system_randomness};
//! # let (vendor_file, now) = (&[][..], handcarry_format::MAX_INSTANT);
//!
//! let vendor = VendorFile::parse(vendor_file)?;
//! let home = std::path::Path::new("/var/lib/acme-cad/license");
//! let mut device = Device::set_up(home, &vendor, Box::new(Machine), system_randomness, now)?;
//! let feature = handcarry_format::Id::new("renders").expect("a valid id");
//! device.check(&feature, now)?;
//! device.consume(&feature, 1, now)?;
//! # Ok(())
//! # }
//! ```
//!
//! What it promises, and how: see [`Device`]. What cannot be promised on a machine that its owner controls:
//! a copy of the whole directory, restored later together with the clock, looks like the past. That is
//! bounded by terms and leases, and shows at the portal as a fork in the chain of reports.

mod cap;
mod deactivate;
mod device;
mod enforce;
mod error;
#[cfg(test)]
mod faults;
mod fingerprint;
mod home;
mod lease;
mod load;
#[cfg(feature = "test-ledger")]
mod many;
mod report;
mod request;
mod status;
#[cfg(test)]
#[path = "../tests/vendor/mod.rs"]
mod vendor;
mod vendor_file;

#[cfg(test)]
extern crate self as handcarry_device;

pub use deactivate::Returned;
pub use device::{Device, Randomness, system_randomness};
pub use enforce::{CLOCK_TOLERANCE, FLOOR_STEP, Standing};
pub use error::{CODES, Error};
#[cfg(feature = "test-fingerprint")]
pub use fingerprint::FileFingerprint;
pub use fingerprint::{FingerprintSource, Machine, MeasuredPart, fingerprint};
pub use lease::{EMERGENCY_DAYS, LeaseState, NOTICE_DAYS, lease_state};
pub use load::{GENERATION_STEP, Loaded};
pub use request::Claimed;
pub use status::{FeatureStatus, ReturnStatus, Status};
pub use vendor_file::VendorFile;

/// The result of everything that a device does.
pub type Result<T> = std::result::Result<T, Error>;
