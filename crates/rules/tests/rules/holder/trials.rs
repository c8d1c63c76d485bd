//! The comparison at midnight.

use handcarry_format::Instant;
use handcarry_rules::holder::{OverAccount, OverLimit, UserSeat, UserSeats, compare};

use crate::world::at;

fn start() -> Instant {
    at("2026-03-02T12:00:00Z")
}

fn user(name: &str, hour: i64, full: bool, trial: Option<i64>) -> UserSeat {
    UserSeat {
        user: name.into(),
        first_access: start().plus_seconds(hour * 3600),
        full,
        trial_since: trial.map(|hour| start().plus_seconds(hour * 3600)),
    }
}

fn over(user: &str, trial: Option<i64>, ended: bool) -> OverAccount {
    let trial_until = trial.map(|hour| start().plus_seconds(hour * 3600).plus_days(14));
    OverAccount { user: user.into(), trial_until, ended }
}

const TWO: UserSeats = UserSeats { seats: 2, trials: true };

#[test]
fn ice_14_the_comparison_lists_every_account_over_the_limit() {
    let users = [
        user("dora", 30, false, Some(30)),
        user("anna", 0, true, None),
        user("carl", 2, false, Some(2)),
        user("bert", 1, true, None),
        user("eve", 3, false, None),
    ];
    let midnight = at("2026-03-17T00:00:00Z");
    let found = compare(TWO, &users, midnight).unwrap();
    let listed = vec![over("carl", Some(2), true), over("dora", Some(30), false)];
    assert_eq!(found, OverLimit { seats: 2, accounts: 4, over: listed });
    assert_eq!(compare(UserSeats { seats: 4, trials: true }, &users, midnight), None);
}

#[test]
fn ice_14_as_many_accounts_as_seats_are_not_over_the_limit() {
    let users = [user("anna", 0, true, None), user("bert", 1, false, Some(1))];
    // A seat that was added covers the trial.
    assert_eq!(compare(TWO, &users, start().plus_days(1)), None);
    assert_eq!(compare(TWO, &[], start()), None);
}

#[test]
fn ice_14_who_kept_a_full_seat_when_seats_were_taken_away_is_listed_too() {
    let users = [user("bert", 1, true, None), user("anna", 0, true, None), user("carl", -5, false, Some(1))];
    let found = compare(UserSeats { seats: 1, trials: false }, &users, start().plus_days(1)).unwrap();
    assert_eq!(found.over, [over("bert", None, false), over("carl", Some(1), false)]);
}
