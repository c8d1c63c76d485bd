//! ICE-17 to ICE-23: revalidation over time.

use chrono_tz::Tz;
use handcarry_format::Instant;
use handcarry_rules::timeline::{Notice, State, Validation, notices};
use handcarry_rules::{Revalidation, midnight, next_midnight};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::{at, day};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Beirut", "Pacific/Apia"];

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

fn fresh(issued: &str, grace_days: u32) -> Validation {
    let validated_at = at(issued);
    Validation {
        validated_at,
        policy: Revalidation { period_days: 30, grace_days },
        failure: None,
        started_at: None,
    }
}

#[test]
fn ice_17_a_license_is_due_its_period_after_its_issue() {
    let clock = fresh("2026-01-01T10:00:00Z", 3);
    let due = at("2026-01-31T10:00:00Z");
    assert_eq!((clock.due_at(), clock.next_attempt()), (due, due));
    assert_eq!(clock.state(zone("UTC"), due.plus_seconds(-1)), State::Ok);
    assert_eq!(clock.state(zone("UTC"), due), State::Due);
    assert_eq!(notices(&clock, zone("UTC"), at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")), []);
}

#[test]
fn ice_18_a_retry_is_an_hour_after_the_previous_attempt() {
    let mut clock = fresh("2026-01-01T10:00:00Z", 3);
    for minutes_late in [0, 7, 300] {
        let attempt = clock.next_attempt().plus_seconds(minutes_late * 60);
        clock = clock.failed(attempt);
        assert_eq!(clock.next_attempt(), attempt.plus_seconds(HOUR));
    }
    assert_eq!(clock.failure.unwrap().attempts, 3);
}

#[rstest]
fn ice_19_20_21_22_the_timeline_for_every_grace(
    #[values(2, 3, 4, 5, 6, 7)] grace: u32,
    #[values("UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Pacific/Apia")] name: &str,
    #[values("2026-02-20T00:00:00Z", "2026-10-20T22:30:00Z", "2028-02-20T05:00:00Z", "2011-12-20T10:00:00Z")]
    failed_at: &str,
) {
    let (zone, r0) = (zone(name), at(failed_at));
    let clock =
        Validation { validated_at: r0.plus_days(-30), ..fresh("2026-01-01T00:00:00Z", grace) }.failed(r0);
    let emergency = r0.plus_seconds(i64::from(grace) * DAY);
    let ended = emergency.plus_seconds(7 * DAY);
    let stops = next_midnight(ended, zone);
    assert!(stops > ended && stops.seconds_since(ended) <= 2 * DAY);
    for (until, state) in [
        (emergency, State::Failing),
        (ended, State::Emergency),
        (stops, State::Ended),
        (stops.plus_days(1000), State::Stopped),
    ] {
        assert_eq!(clock.state(zone, until.plus_seconds(-1)), state);
    }
    assert_eq!(clock.state(zone, r0), State::Failing);
    assert_eq!(clock.state(zone, emergency), State::Emergency);
    assert_eq!(clock.state(zone, ended), State::Ended);
    assert_eq!(clock.state(zone, stops), State::Stopped);
    let all = notices(&clock, zone, r0, r0.plus_days(1000));
    let failing = |hours: u8| (r0.plus_seconds(i64::from(hours) * HOUR), Notice::Failing { hours });
    assert_eq!(
        all,
        [
            failing(12),
            failing(24),
            failing(36),
            (emergency, Notice::Emergency),
            (ended, Notice::Ended),
            (stops, Notice::Stopped),
        ]
    );
}

#[rstest]
#[case::summer_begins("Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
#[case::winter_begins("Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
#[case::on_the_stroke("America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z")]
#[case::before_the_stroke("America/New_York", "2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z")]
#[case::skipped_midnight("Asia/Beirut", "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z")]
#[case::skipped_day("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z")]
#[case::on_the_skipped_day("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")]
#[case::second_midnight("America/Havana", "2026-11-01T04:30:00Z", "2026-11-02T05:00:00Z")]
#[case::into_a_leap_day("UTC", "2028-02-28T12:00:00Z", "2028-02-29T00:00:00Z")]
#[case::out_of_a_leap_day("UTC", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z")]
#[case::the_end_of_time("UTC", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
fn ice_22_services_stop_at_the_first_midnight_strictly_after(
    #[case] name: &str,
    #[case] after: &str,
    #[case] next: &str,
) {
    assert_eq!(next_midnight(at(after), zone(name)), at(next));
}

#[test]
fn ice_22_services_that_are_started_by_hand_stop_again_at_the_next_midnight() {
    let zone = zone("Europe/Berlin");
    let clock = fresh("2026-01-01T00:00:00Z", 2).failed(at("2026-01-31T00:00:00Z"));
    let stops = at("2026-02-09T23:00:00Z");
    assert_eq!(clock.stops_at(zone), Some(stops));
    let early = clock.started_by_hand(stops.plus_seconds(-1));
    assert_eq!(early.state(zone, stops), State::Stopped, "a start before the stop does not put it off");
    let by_hand = clock.started_by_hand(at("2026-02-12T09:00:00Z"));
    let again = at("2026-02-12T23:00:00Z");
    assert_eq!(by_hand.state(zone, again.plus_seconds(-1)), State::Ended);
    assert_eq!(by_hand.state(zone, again), State::Stopped);
    let after = at("2026-02-12T09:00:00Z");
    assert_eq!(notices(&by_hand, zone, after, after.plus_days(30)), [(again, Notice::Stopped)]);
    let on_the_stroke = clock.started_by_hand(stops);
    assert_eq!(on_the_stroke.stops_at(zone), Some(stops.plus_days(1)));
}

#[test]
fn ice_21_22_what_each_state_allows() {
    use State::{Due, Emergency, Ended, Failing, Ok, Stopped};
    for (state, settings, serves) in [
        (Ok, true, true),
        (Due, true, true),
        (Failing, true, true),
        (Emergency, false, true),
        (Ended, false, true),
        (Stopped, false, false),
    ] {
        assert_eq!((state.may_change_settings(), state.serves()), (settings, serves), "{}", state.name());
    }
}

#[test]
fn ice_19_22_notices_and_states_have_stable_names() {
    let names = [12, 24, 36].map(|hours| Notice::Failing { hours }.name());
    assert_eq!(names, ["failing_12h", "failing_24h", "failing_36h"]);
    let names = [Notice::Emergency, Notice::Ended, Notice::Stopped].map(Notice::name);
    assert_eq!(names, ["emergency", "ended", "stopped"]);
    let states = [State::Ok, State::Due, State::Failing, State::Emergency, State::Ended, State::Stopped];
    assert_eq!(states.map(State::name), ["ok", "due", "failing", "emergency", "ended", "stopped"]);
}

#[rstest]
#[case(0, 2)]
#[case(1, 2)]
#[case(8, 7)]
#[case(u32::MAX, 7)]
fn ice_20_the_grace_is_held_within_two_and_seven_days(#[case] said: u32, #[case] held: i64) {
    let first = at("2026-01-31T00:00:00Z");
    assert_eq!(fresh("2026-01-01T00:00:00Z", said).failed(first).emergency_at(), Some(first.plus_days(held)));
}

/// The next attempt comes on time or up to a day late, and succeeds or not.
fn attempts() -> impl Strategy<Value = Vec<(i64, bool)>> {
    prop::collection::vec((prop_oneof![3 => Just(0), 1 => 0..DAY], prop::bool::weighted(0.05)), 1..400)
}

proptest! {
    #[test]
    fn ice_17_18_19_20_21_22_hold_over_any_attempts(
        grace in 2..=7_u32,
        name in prop::sample::select(ZONES.to_vec()),
        issued in 0..1_600_i64 * DAY,
        attempts in attempts(),
    ) {
        let zone = zone(name);
        let issued: Instant = midnight(day("2026-01-01"), zone).plus_seconds(issued);
        let mut clock = Validation { validated_at: issued, ..fresh("2026-01-01T00:00:00Z", grace) };
        let (mut told, mut seen) = (issued, Vec::new());
        for (late, succeeds) in attempts {
            let now = clock.next_attempt().plus_seconds(late);
            // A pass in between tells what is due, once.
            let due = notices(&clock, zone, told, now);
            prop_assert!(due.is_sorted_by_key(|(at, _)| *at));
            seen.extend(due.into_iter().map(|(_, notice)| notice));
            told = now;
            let before = clock.state(zone, now);
            clock = if succeeds { clock.succeeded(now) } else { clock.failed(now) };
            if succeeds {
                prop_assert_eq!(clock.state(zone, now), State::Ok);
                prop_assert_eq!(clock.next_attempt(), now.plus_days(30));
                prop_assert!(notices(&clock, zone, issued, now.plus_days(400)).is_empty());
                seen.clear();
            } else {
                prop_assert!(clock.state(zone, now) >= before.max(State::Failing), "it never gets better by itself");
                prop_assert_eq!(clock.next_attempt(), now.plus_seconds(HOUR));
                let first = clock.failure.unwrap().first;
                let passed = |at: Instant| at <= now;
                let mut expected = vec![];
                for hours in [12, 24, 36] {
                    if passed(first.plus_seconds(i64::from(hours) * HOUR)) {
                        expected.push(Notice::Failing { hours });
                    }
                }
                for (at, notice) in [
                    (clock.emergency_at().unwrap(), Notice::Emergency),
                    (clock.ended_at().unwrap(), Notice::Ended),
                    (clock.stops_at(zone).unwrap(), Notice::Stopped),
                ] {
                    if passed(at) {
                        expected.push(notice);
                    }
                }
                prop_assert_eq!(&seen, &expected, "each exactly once");
            }
        }
    }

    #[test]
    fn ice_22_a_service_started_by_hand_at_any_time_runs_to_the_next_midnight_only(
        grace in 2..=7_u32,
        name in prop::sample::select(ZONES.to_vec()),
        start in 0..40 * DAY,
    ) {
        let zone = zone(name);
        let first = at("2026-03-01T12:34:56Z");
        let clock = Validation { validated_at: first.plus_days(-30), ..fresh("2026-01-01T00:00:00Z", grace) };
        let clock = clock.failed(first);
        let stopped = clock.stops_at(zone).unwrap();
        let by_hand = stopped.plus_seconds(start);
        let again = clock.started_by_hand(by_hand);
        let midnight = next_midnight(by_hand, zone);
        prop_assert_eq!(again.state(zone, by_hand), State::Ended);
        prop_assert_eq!(again.state(zone, midnight.plus_seconds(-1)), State::Ended);
        prop_assert_eq!(again.state(zone, midnight), State::Stopped);
    }
}
