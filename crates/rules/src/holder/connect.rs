use handcarry_format::{Instant, Model};

use crate::account::Entitlement;

/// How long a trial seat lasts: 14 × 24 hours (ICE-13).
pub const TRIAL_SECONDS: i64 = 14 * 24 * 3600;

/// How many users may use a license, and whether more of them get a trial seat (ICE-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserSeats {
    /// Full seats.
    pub seats: u32,
    /// Users for whom no full seat is left get a trial seat each.
    pub trials: bool,
}

/// A user of a license, as it was left by the last access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSeat {
    /// The user's name at the customer.
    pub user: String,
    /// The first access ever.
    pub first_access: Instant,
    /// Holds a full seat.
    pub full: bool,
    /// The first access for which no full seat was left. It stays for good, so that no trial begins twice.
    pub trial_since: Option<Instant>,
}

impl UserSeats {
    /// Of a license of this model and so many seats, upgrades included: the sessions of a concurrent one, else the seats.
    pub fn of(license: &Entitlement, (model, total): (Model, u32)) -> UserSeats {
        let seats = match model {
            Model::Concurrent(sessions) => sessions,
            Model::NodeLocked => total,
        };
        UserSeats { seats, trials: license.trial_seats }
    }
}

impl UserSeat {
    /// When this user's trial ends; none for who has a full seat, or has none.
    pub fn trial_until(&self) -> Option<Instant> {
        self.trial_since.filter(|_| !self.full).map(|since| since.plus_seconds(TRIAL_SECONDS))
    }

    /// Uses a seat now: a full one, or one on trial.
    pub fn uses_a_seat(&self, now: Instant) -> bool {
        self.full || self.trial_until().is_some_and(|until| now < until)
    }
}

/// What a user who connects gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// A full seat, for as long as the user is kept.
    Full,
    /// A seat for trying.
    Trial {
        /// Until when.
        until: Instant,
    },
    /// Nothing: the trial is over and no full seat is left.
    TrialOver {
        /// Since when.
        since: Instant,
    },
    /// Nothing: no full seat is left, and there are no trial seats.
    NoSeat,
}

impl Connected {
    /// May go on.
    pub fn is_let_in(self) -> bool {
        matches!(self, Connected::Full | Connected::Trial { .. })
    }
}

/// A user connects (ICE-12, ICE-13). Gives what the user gets, and the user as it is to be kept; none if nothing is
/// to be kept.
///
/// Who holds a full seat keeps it. A full seat that is free goes to who connects first, whoever is on trial. The
/// trial begins with the first access for which there was no full seat, and never again.
///
/// `taken` counts the full seats of all users, `known` is this user as it was kept.
pub fn connect(
    terms: UserSeats,
    taken: u32,
    known: Option<&UserSeat>,
    user: &str,
    now: Instant,
) -> (Connected, Option<UserSeat>) {
    if known.is_some_and(|known| known.full) {
        return (Connected::Full, known.cloned());
    }
    let mut seat = known.cloned().unwrap_or_else(|| UserSeat {
        user: user.to_owned(),
        first_access: now,
        full: false,
        trial_since: None,
    });
    if taken < terms.seats {
        seat.full = true;
        return (Connected::Full, Some(seat));
    }
    if !terms.trials && seat.trial_since.is_none() {
        return (Connected::NoSeat, known.cloned());
    }
    let until = seat.trial_since.get_or_insert(now).plus_seconds(TRIAL_SECONDS);
    match now < until {
        true if terms.trials => (Connected::Trial { until }, Some(seat)),
        true => (Connected::NoSeat, Some(seat)),
        false => (Connected::TrialOver { since: until }, Some(seat)),
    }
}
