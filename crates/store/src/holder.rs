//! What is kept of who holds licenses, beside the types of the rules.

use handcarry_format::{Id, Instant};
use handcarry_rules::holder::{CustomerRecord, UserSeat};

/// A customer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The record.
    pub record: CustomerRecord,
    /// When it was made.
    pub created_at: Instant,
    /// Rises with every change.
    pub revision: u32,
}

/// Which customers are wanted. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Part of name, company, e-mail, address or a reference, without regard to case.
    pub search: Option<String>,
    /// This e-mail address, without regard to case.
    pub email: Option<String>,
    /// This reference.
    pub reference: Option<String>,
}

/// A user of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatUser {
    /// The seat.
    pub seat: UserSeat,
    /// The last access.
    pub last_access: Instant,
}

/// How many users of a license have which seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatCounts {
    /// Users with a full seat.
    pub full: u32,
    /// Users on trial, as of an instant.
    pub trial: u32,
    /// Users whose trial is over.
    pub ended: u32,
}

/// Everything that is known of a license's use, as of an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatFigures {
    /// Its users.
    pub users: SeatCounts,
    /// Users that its devices count, all together; none if none says so.
    pub reported: Option<u64>,
    /// The earliest mismatch that a device which holds a seat has told (ICE-03).
    pub mismatch_since: Option<Instant>,
    /// The remote source.
    pub source: Option<SeatSource>,
}

/// What a device said in its last report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceWord {
    /// When the report was accepted.
    pub at: Instant,
    /// The machine has not been the licensed one since then (ICE-03).
    pub mismatch_since: Option<Instant>,
    /// Users that the device counts.
    pub seats_used: Option<u64>,
}

/// A transfer of a license to another device (ICE-25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The activation that moved.
    pub activation: Id,
    /// When.
    pub at: Instant,
    /// What was said for it, if it was beyond the limit.
    pub justification: Option<String>,
}

/// Where the used seats of a license are counted (ICE-05).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatSource {
    /// Its address.
    pub url: String,
    /// What was read last, and when.
    pub last: Option<(u64, Instant)>,
}

/// How a reading of a source stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingState {
    /// Nobody has begun.
    Waiting,
    /// A server reads.
    Reading,
    /// The whole source was read.
    Done,
    /// It could not be read.
    Failed,
    /// Somebody called it off.
    Cancelled,
}

impl ReadingState {
    /// All.
    pub const ALL: [ReadingState; 5] = [
        ReadingState::Waiting,
        ReadingState::Reading,
        ReadingState::Done,
        ReadingState::Failed,
        ReadingState::Cancelled,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            ReadingState::Waiting => "waiting",
            ReadingState::Reading => "reading",
            ReadingState::Done => "done",
            ReadingState::Failed => "failed",
            ReadingState::Cancelled => "cancelled",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<ReadingState> {
        ReadingState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// There is more to come.
    pub fn is_open(self) -> bool {
        matches!(self, ReadingState::Waiting | ReadingState::Reading)
    }
}

/// A reading of a license's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatReading {
    /// Its id.
    pub id: Id,
    /// The license.
    pub license: Id,
    /// The source, as it was when the reading was asked for.
    pub url: String,
    /// How it stands.
    pub state: ReadingState,
    /// Pages that were read.
    pub pages: u32,
    /// Used seats on them.
    pub used: u64,
    /// Why it failed: a stable code.
    pub failure: Option<String>,
    /// When it was asked for.
    pub asked_at: Instant,
    /// The last sign of life of whoever reads.
    pub seen_at: Instant,
}
