//! The license rules: `(account, command, now) -> decision`.
//!
//! Pure: no I/O, no clock, no randomness; what a decision needs is in the [`Account`] and the [`Context`].
//! [`decide`] either accepts, and then says everything that changes and the documents that answer, or
//! refuses with a coded [`Refusal`]. A refusal changes nothing; it can leave cases for the desk, and a case that
//! [`CaseKind::suspects_clone`] sets [`Activation::clone_suspected`] when it is stored.
//!
//! Rule ids (`LSP-11`, `HEX-03`, `D-14` …) name the product's list of license rules and of failure cases.

mod account;
mod activate;
mod decision;
mod fingerprint;
pub mod holder;
mod issue;
mod over;
mod period;
mod policy;
pub mod pool;
mod refresh;
mod report;
mod restored;
mod retirement;
mod returns;
pub mod session;
mod sound;
mod staff;
mod tenant;
mod term;
pub mod timeline;
pub mod upgrade;
mod usage;

pub use account::{
    Account, Activation, ActivationState, ClaimedBy, Entitlement, LeasePolicy, Ledger, Policy, Pooling,
    Received, Revalidation, SeatPolicy,
};
pub use decision::{
    Accepted, Answer, Case, CaseKind, Command, Context, Done, Fresh, Note, REFUSAL_CODES, Refusal,
    RefusalKind, SeatHolder,
};
pub use fingerprint::{differing, hardware_matches, match_percent, matches};
pub use period::{Period, PeriodTotals, first_day, periods};
pub use policy::{PolicyRecord, PolicyTerms};
pub use pool::PoolStatus;
pub use restored::MOST_FORGOTTEN;
pub use retirement::{Retired, Retirement, SeatRelease};
pub use sound::{LONGEST_NAME, LONGEST_ORDER, MOST_FEATURES, Unsound, check_terms};
pub use staff::{
    Actor, Asked, MOST_BLOCKED, Reason, ReasonCode, STAFF_REFUSAL_CODES, StaffAccepted, StaffAction,
    StaffCommand, StaffContext, StaffDecision, StaffRefusal, StaffWarning, WaitsFor, decide_staff, unblock,
};
pub use tenant::{SeatFree, TenantRules};
pub use term::{end_of, midnight, next_midnight, status, term};
pub use usage::{ABSURD_GAP, ABSURD_JUMP};

use handcarry_format::Instant;

/// Decides one command. The same arguments always give the same answer.
pub fn decide(account: &Account, command: Command<'_>, context: &Context<'_>) -> Result<Accepted, Refusal> {
    match command {
        Command::Activate(request) => activate::activate(account, request, context),
        Command::Return(file) => returns::give_back(account, file, context),
        Command::Report(file) => report::report(account, file, context),
        Command::Refresh(file) => refresh::refresh(account, file, context),
    }
}

/// D-08: how far a device's clock is from the portal's. It informs, it never decides.
pub fn clock_note(made_at: Instant, now: Instant) -> Option<Note> {
    let away = made_at.seconds_since(now).abs();
    match away {
        0..=86_400 => None,
        86_401..=604_800 => Some(Note::ClockAway { made_at, now }),
        _ => Some(Note::ClockImplausible { made_at, now }),
    }
}
