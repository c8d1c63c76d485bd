//! ICE: who holds a license, what it extends, how its seats are used, and when it is to be renewed.

mod connect;
mod customer;
mod holding;
mod mark;
mod mismatch;
mod order;
mod over_limit;
mod reference;
mod registration;
mod renewal;
mod transfer;

pub use connect::{Connected, TRIAL_SECONDS, UserSeat, UserSeats, connect};
pub use customer::{CustomerProblem, CustomerRecord};
pub use holding::Holding;
pub use mark::{Recommendation, SEATS_VARIABLE, UsedLine, recommend, reported_seats};
pub use mismatch::{
    MISMATCH_DAYS, MISMATCH_VARIABLE, Machine, Mismatch, SAME_MACHINE_PERCENT, machine, reported_mismatch,
};
pub use order::{Ordered, missing_order};
pub use over_limit::{OverAccount, OverLimit, compare};
pub use reference::reference_id;
pub use registration::{Registration, registration};
pub use renewal::{RENEW_WITHIN, RENEWAL_NOTICES, RenewalNotice, days_left, renewal_notices};
pub use transfer::{JUSTIFICATION_VARIABLE, TransferPeriod, TransferRefused, TransferTerms, transfer};
