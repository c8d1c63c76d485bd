use core::fmt;

/// What a license in the pool is. A license that is not in the pool has no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PoolStatus {
    /// It is being validated, authenticated and activated with the authority (ALT-03).
    Activating,
    /// The authority could not be asked (ALT-04).
    FailedVerification,
    /// Verified and begun (ALT-06).
    Active,
    /// Verified; its first day is yet to come (ALT-07).
    Pending,
    /// Switched off, replaced, or held by another portal (ALT-09, ALT-10, ALT-20).
    Inactive,
    /// Past its end, or refused by the authority (ALT-12, ALT-13).
    Blocked,
}

impl PoolStatus {
    /// Every status.
    pub const ALL: [PoolStatus; 6] = [
        PoolStatus::Activating,
        PoolStatus::FailedVerification,
        PoolStatus::Active,
        PoolStatus::Pending,
        PoolStatus::Inactive,
        PoolStatus::Blocked,
    ];

    /// Its stable name, in the store and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            PoolStatus::Activating => "activating",
            PoolStatus::FailedVerification => "failed_verification",
            PoolStatus::Active => "active",
            PoolStatus::Pending => "pending",
            PoolStatus::Inactive => "inactive",
            PoolStatus::Blocked => "blocked",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<PoolStatus> {
        PoolStatus::ALL.into_iter().find(|status| status.name() == name)
    }

    /// ALT-16: only such a license can be activated on a device, or refreshed. ALT-17: a pending one ahead.
    pub fn is_assignable(self) -> bool {
        matches!(self, PoolStatus::Active | PoolStatus::Pending)
    }
}

impl fmt::Display for PoolStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
