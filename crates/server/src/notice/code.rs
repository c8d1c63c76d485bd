//! Every message there is. A new one is a line here, a function beside, and words in each language.

use handcarry_store::Audience::{self, Administrator, Holder, Vendor};

/// The code of a message, with who is told by e-mail. A webhook gets them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name.
    pub name: &'static str,
    /// Who is told.
    pub audience: &'static [Audience],
}

const NOBODY: &[Audience] = &[];
const STAFF: &[Audience] = &[Administrator];
const BOTH: &[Audience] = &[Administrator, Holder];
const ALL: &[Audience] = &[Administrator, Holder, Vendor];

macro_rules! codes {
    ($($(#[$doc:meta])+ $constant:ident = $name:literal to $audience:ident;)+) => {
        $($(#[$doc])+ pub const $constant: Code = Code { name: $name, audience: $audience };)+

        /// Every code.
        pub const CODES: &[Code] = &[$($constant),+];
    };
}

codes! {
    /// A license became inactive (ALT-19).
    LICENSE_INACTIVE = "license.inactive" to BOTH;
    /// A license became blocked (ALT-19).
    LICENSE_BLOCKED = "license.blocked" to BOTH;
    /// A license's maintenance ends soon (ICE-10).
    RENEWAL_DUE = "renewal.due" to BOTH;
    /// More accounts than seats at midnight (ICE-14).
    SEATS_OVER = "seats.over" to BOTH;
    /// The authority has not confirmed a license for hours (ICE-19).
    REVALIDATION_FAILING = "revalidation.failing" to STAFF;
    /// The authority has confirmed a license again after failures.
    REVALIDATION_OK = "revalidation.ok" to STAFF;
    /// Grace is over: emergency mode (ICE-21).
    EMERGENCY_BEGUN = "emergency.begun" to ALL;
    /// Emergency mode is over: services stop at the next midnight (ICE-22).
    EMERGENCY_ENDED = "emergency.ended" to ALL;
    /// Services were stopped at midnight (ICE-22).
    SERVICES_STOPPED = "services.stopped" to ALL;
    /// A device is no longer the one that was licensed; it runs on for some days (ICE-03).
    REFERENCE_MISMATCH = "reference.mismatch" to BOTH;
    /// Staff took a license from a device that is out of reach (D-11, re-host).
    REHOST_DONE = "rehost.done" to BOTH;
    /// A re-host above the quota waits for a second person (D-28).
    REHOST_WAITS = "rehost.waits" to STAFF;
    /// Something waits for a person at the desk.
    CASE_OPENED = "case.opened" to STAFF;
    /// A test of one webhook.
    WEBHOOK_TEST = "webhook.test" to NOBODY;
}

/// The code with this name.
pub fn by_name(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}
