use std::collections::BTreeMap;

use handcarry_format::Instant;
use handcarry_rules::holder::{Connected, TRIAL_SECONDS, UserSeat, UserSeats, connect};
use proptest::prelude::*;

use crate::world::at;

/// A license and who uses it, kept as a store keeps it.
struct Users {
    terms: UserSeats,
    kept: Vec<UserSeat>,
}

impl Users {
    fn new(seats: u32, trials: bool) -> Users {
        Users { terms: UserSeats { seats, trials }, kept: vec![] }
    }

    fn connect(&mut self, user: &str, now: Instant) -> Connected {
        let known = self.kept.iter().find(|known| known.user == user);
        let (connected, kept) = connect(self.terms, self.full() as u32, known, user, now);
        if let Some(kept) = kept {
            self.kept.retain(|known| known.user != kept.user);
            self.kept.push(kept);
        }
        connected
    }

    fn full(&self) -> usize {
        self.kept.iter().filter(|user| user.full).count()
    }
}

fn start() -> Instant {
    at("2026-03-02T12:00:00Z")
}

#[test]
fn ice_12_13_a_user_takes_a_full_seat_while_one_is_left_else_a_trial_of_14_days() {
    let mut users = Users::new(2, true);
    let now = start();
    assert_eq!(users.connect("anna", now), Connected::Full);
    assert_eq!(users.connect("bert", now.plus_seconds(1)), Connected::Full);
    let first = now.plus_days(3).plus_seconds(17);
    let until = first.plus_seconds(14 * 24 * 3600);
    assert_eq!(users.connect("carl", first), Connected::Trial { until });
    // It counts from the first access, not from any later one.
    assert_eq!(users.connect("carl", first.plus_days(13)), Connected::Trial { until });
    assert_eq!(users.connect("carl", until.plus_seconds(-1)), Connected::Trial { until });
    assert_eq!(users.connect("carl", until), Connected::TrialOver { since: until });
    assert_eq!(users.connect("carl", until.plus_days(400)), Connected::TrialOver { since: until });
    // Who came before is not touched.
    assert_eq!(users.connect("anna", until), Connected::Full);
}

#[test]
fn ice_13_a_trial_is_14_times_24_hours_across_a_change_of_clocks() {
    let mut users = Users::new(0, true);
    let before = at("2026-03-20T11:00:00Z");
    let until = at("2026-04-03T11:00:00Z");
    assert_eq!(users.connect("anna", before), Connected::Trial { until });
    assert_eq!(TRIAL_SECONDS, 1_209_600);
}

#[test]
fn ice_07_more_users_than_seats_can_be_switched_on_for_14_days() {
    let mut users = Users::new(1, true);
    users.connect("anna", start());
    for n in 0..50 {
        assert!(matches!(users.connect(&format!("user {n}"), start()), Connected::Trial { .. }));
    }
    assert_eq!((users.full(), users.kept.len()), (1, 51));
    let over = start().plus_days(14);
    assert!((0..50).all(|n| !users.connect(&format!("user {n}"), over).is_let_in()));
}

#[test]
fn ice_07_where_trial_seats_are_off_nobody_is_kept_for_asking() {
    let mut users = Users::new(1, false);
    users.connect("anna", start());
    assert_eq!(users.connect("bert", start()), Connected::NoSeat);
    assert_eq!(users.kept.len(), 1);
    // Switched off while a trial runs: it does not go on, and goes on counting.
    users.terms.trials = true;
    let until = start().plus_days(14);
    assert_eq!(users.connect("bert", start()), Connected::Trial { until });
    users.terms.trials = false;
    assert_eq!(users.connect("bert", start().plus_days(1)), Connected::NoSeat);
    assert_eq!(users.connect("bert", until), Connected::TrialOver { since: until });
}

#[test]
fn ice_12_a_full_seat_that_is_free_goes_to_who_connects_whoever_was_on_trial() {
    let mut users = Users::new(1, true);
    users.connect("anna", start());
    users.connect("bert", start());
    assert!(!users.connect("bert", start().plus_days(20)).is_let_in());
    users.kept.retain(|user| user.user != "anna");
    assert_eq!(users.connect("bert", start().plus_days(21)), Connected::Full);
    // The seat is gone for who had it; the trial is the first one, and whole.
    let back = start().plus_days(22);
    assert_eq!(users.connect("anna", back), Connected::Trial { until: back.plus_days(14) });
}

#[derive(Clone, Debug)]
enum Step {
    Connect(u8),
    Pass(i64),
    Seats(u32),
    Trials(bool),
    /// An administrator takes the full seat from a user.
    Free(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..12_u8).prop_map(Step::Connect),
        3 => (1..400_000_i64).prop_map(Step::Pass),
        1 => (0..6_u32).prop_map(Step::Seats),
        1 => any::<bool>().prop_map(Step::Trials),
        1 => (0..12_u8).prop_map(Step::Free),
    ];
    prop::collection::vec(step, 1..120)
}

proptest! {
    #[test]
    fn ice_12_13_seats_stay_within_the_license_users_keep_theirs_and_no_trial_begins_twice(steps in steps()) {
        let mut users = Users::new(3, true);
        let mut now = start();
        let mut trials: BTreeMap<String, Instant> = BTreeMap::new();
        for step in steps {
            let before = users.full();
            match step {
                Step::Pass(seconds) => now = now.plus_seconds(seconds),
                Step::Seats(seats) => users.terms.seats = seats,
                Step::Trials(on) => users.terms.trials = on,
                Step::Free(n) => {
                    users.kept.iter_mut().filter(|user| user.user == n.to_string()).for_each(|user| user.full = false);
                }
                Step::Connect(n) => {
                    let name = n.to_string();
                    let had = users.kept.iter().any(|user| user.user == name && user.full);
                    let connected = users.connect(&name, now);
                    prop_assert!(!had || connected == Connected::Full, "a user keeps the seat");
                    prop_assert!(users.full() <= before.max(users.terms.seats as usize), "no seat beyond the license");
                    prop_assert!(
                        connected == Connected::Full || before >= users.terms.seats as usize,
                        "nobody is sent away while a seat is left"
                    );
                    if let Connected::Trial { until } = connected {
                        prop_assert!(now < until && users.terms.trials);
                        prop_assert_eq!(*trials.entry(name).or_insert(until), until, "a trial begins once");
                    }
                }
            }
            let mut names: Vec<_> = users.kept.iter().map(|user| &user.user).collect();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), users.kept.len());
        }
    }
}
