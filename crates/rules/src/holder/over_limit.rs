use handcarry_format::Instant;

use super::connect::{UserSeat, UserSeats};

/// More accounts than licensed seats (ICE-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverLimit {
    /// Licensed seats.
    pub seats: u32,
    /// Accounts, whatever they may still do.
    pub accounts: u32,
    /// Every account over the limit, in the order of first access.
    pub over: Vec<OverAccount>,
}

/// An account over the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverAccount {
    /// The user.
    pub user: String,
    /// When its trial ends or ended; none for one that kept a full seat when seats were taken away.
    pub trial_until: Option<Instant>,
    /// The trial is over: the user is refused.
    pub ended: bool,
}

/// What the comparison at midnight finds (ICE-14): none if every account has a licensed seat.
///
/// Full seats come first, then who is on trial or was, each by first access; what is beyond the licensed seats is over the
/// limit. A seat that is free covers a trial account, which takes it with its next access.
pub fn compare(terms: UserSeats, users: &[UserSeat], now: Instant) -> Option<OverLimit> {
    let mut accounts: Vec<&UserSeat> =
        users.iter().filter(|user| user.full || user.trial_since.is_some()).collect();
    accounts.sort_by_key(|user| (!user.full, user.first_access, &user.user));
    let over: Vec<OverAccount> = accounts
        .iter()
        .skip(terms.seats as usize)
        .map(|user| OverAccount {
            user: user.user.clone(),
            trial_until: user.trial_until(),
            ended: !user.uses_a_seat(now),
        })
        .collect();
    let count = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    (!over.is_empty()).then_some(OverLimit { seats: terms.seats, accounts: count, over })
}
