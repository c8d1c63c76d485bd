use core::fmt;

use handcarry_format::{Instant, LicenseStatus};

/// Why there is no session, or no further one. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRefusal {
    /// No concurrent license has the feature.
    NoLicense,
    /// Licenses of several customers have the feature, and none was named.
    SeveralCustomers,
    /// The license is not active.
    NotActive {
        /// What it is.
        status: LicenseStatus,
    },
    /// The license is locked to other servers.
    Elsewhere,
    /// All places are taken.
    NoPlace {
        /// The count now.
        count: u32,
        /// Places that are taken; more than the count after an upgrade ended (LMX-15).
        taken: u32,
    },
    /// The license cannot be borrowed.
    NoBorrowing,
    /// It cannot be borrowed until then: too long, past the license's end, or not in the future.
    BorrowedUntil {
        /// The last instant until which it can be.
        latest: Instant,
    },
    /// The session is over.
    Over {
        /// Since when.
        since: Instant,
    },
}

/// Every code that a refusal can have.
pub const SESSION_CODES: &[&str] = &[
    "session.no_license",
    "session.several_customers",
    "session.not_active",
    "session.elsewhere",
    "session.no_place",
    "session.no_borrowing",
    "session.borrowed_until",
    "session.over",
];

impl SessionRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            SessionRefusal::NoLicense => "session.no_license",
            SessionRefusal::SeveralCustomers => "session.several_customers",
            SessionRefusal::NotActive { .. } => "session.not_active",
            SessionRefusal::Elsewhere => "session.elsewhere",
            SessionRefusal::NoPlace { .. } => "session.no_place",
            SessionRefusal::NoBorrowing => "session.no_borrowing",
            SessionRefusal::BorrowedUntil { .. } => "session.borrowed_until",
            SessionRefusal::Over { .. } => "session.over",
        }
    }

    /// How near it was to a session: of several licenses, the refusal of the nearest is told.
    pub(super) fn nearness(&self) -> u8 {
        match self {
            SessionRefusal::NoLicense => 0,
            SessionRefusal::NotActive { .. } => 1,
            SessionRefusal::Elsewhere => 2,
            SessionRefusal::Over { .. } => 3,
            SessionRefusal::NoBorrowing => 4,
            SessionRefusal::BorrowedUntil { .. } => 5,
            SessionRefusal::NoPlace { .. } => 6,
            SessionRefusal::SeveralCustomers => 7,
        }
    }
}

impl fmt::Display for SessionRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionRefusal::NoLicense => f.write_str("no concurrent license has this feature"),
            SessionRefusal::SeveralCustomers => {
                f.write_str("licenses of several customers have this feature")
            }
            SessionRefusal::NotActive { status } => f.write_str(match status {
                LicenseStatus::Active => "the license is active",
                LicenseStatus::Pending => "the license has not begun",
                LicenseStatus::Expired => "the license has ended",
                LicenseStatus::Inactive => "the license is not active",
            }),
            SessionRefusal::Elsewhere => f.write_str("the license is for another server"),
            SessionRefusal::NoPlace { count, taken } => write!(f, "{taken} of {count} sessions are open"),
            SessionRefusal::NoBorrowing => f.write_str("the license cannot be borrowed"),
            SessionRefusal::BorrowedUntil { latest } => {
                write!(f, "it can be borrowed until {latest} at most")
            }
            SessionRefusal::Over { since } => write!(f, "the session is over since {since}"),
        }
    }
}
