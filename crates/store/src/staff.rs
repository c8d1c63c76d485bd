use handcarry_format::{Id, Instant};
use handcarry_rules::{Reason, StaffAction};

/// What staff asked for, and what became of it. What was done at once is kept like what has waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRecord {
    /// Its id.
    pub id: Id,
    /// What was asked for.
    pub action: StaffAction,
    /// Of which license.
    pub license: Id,
    /// Of which activation.
    pub activation: Id,
    /// Why.
    pub reason: Option<Reason>,
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Instant,
    /// `Activation::trace` at that time.
    pub trace: String,
    /// What it waits or has waited for, by the code of `handcarry_rules::WaitsFor`; none = it was done at once.
    pub waits: Option<String>,
    /// When it is decided again without a second person (D-11).
    pub due: Option<Instant>,
    /// How it stands.
    pub state: StaffState,
    /// Who decided, for what has waited.
    pub decided: Option<Decided>,
}

/// How what staff asked for stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffState {
    /// For a second person, or for time.
    Waiting,
    /// It took effect.
    Done,
    /// Somebody refused it, or took it back.
    Refused,
    /// There was nothing left to do, such as when the device gave its license back itself.
    Void,
}

impl StaffState {
    const ALL: [StaffState; 4] =
        [StaffState::Waiting, StaffState::Done, StaffState::Refused, StaffState::Void];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            StaffState::Waiting => "waiting",
            StaffState::Done => "done",
            StaffState::Refused => "refused",
            StaffState::Void => "void",
        }
    }

    /// By its stable name.
    pub fn from_name(name: &str) -> Option<StaffState> {
        StaffState::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Who decided what has waited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Who; none = time.
    pub by: Option<String>,
    /// When.
    pub at: Instant,
    /// In that person's words, or a code; may be empty.
    pub remark: String,
}

/// A record with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffEntry {
    /// Its place in the order of asking: the cursor for the next page.
    pub seq: i64,
    /// The record.
    pub record: StaffRecord,
}
