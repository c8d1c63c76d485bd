//! What the clock alone changes, to the second.

use chrono_tz::Tz;
use handcarry_format::Instant;
use handcarry_rules::PoolStatus::{self, Activating, Active, Blocked, FailedVerification, Inactive, Pending};
use handcarry_rules::pool::{Bounds, Event, Verdict, due, effective, outcome, transition};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::{at, day};

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

#[rstest]
#[case::utc("UTC", "2026-05-01", "2026-05-01T00:00:00Z")]
#[case::winter_to_summer("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z")]
#[case::summer_to_winter("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z")]
#[case::leap_day("America/New_York", "2028-02-29", "2028-02-29T05:00:00Z")]
#[case::night_of_spring("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z")]
#[case::a_midnight_that_is_skipped("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z")]
#[case::a_day_that_is_skipped("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")]
fn alt_06_07_08_a_second_before_the_first_day_it_is_pending_and_then_active(
    #[case] name: &str,
    #[case] first: &str,
    #[case] starts: &str,
) {
    let bounds = Bounds::of(Some(day(first)), None, zone(name));
    let starts = at(starts);
    assert_eq!(effective(Pending, &bounds, starts.plus_seconds(-1)), Pending);
    assert_eq!(effective(Pending, &bounds, starts), Active);
    let granted = Verdict::Granted { since: starts };
    assert_eq!(outcome(&granted, &bounds, starts.plus_seconds(-1)), Event::VerifiedAhead);
    assert_eq!(outcome(&granted, &bounds, starts), Event::Verified);
}

#[rstest]
#[case::utc("UTC", "2026-05-01", "2026-05-02T00:00:00Z")]
#[case::winter_to_summer("Europe/Berlin", "2026-03-29", "2026-03-29T22:00:00Z")]
#[case::summer_to_winter("America/New_York", "2026-11-01", "2026-11-02T05:00:00Z")]
#[case::leap_day("Europe/Berlin", "2028-02-29", "2028-02-29T23:00:00Z")]
#[case::before_a_midnight_that_is_skipped("Asia/Beirut", "2026-03-28", "2026-03-28T22:00:00Z")]
fn alt_12_a_second_before_the_midnight_after_its_last_day_it_runs_and_then_it_is_blocked(
    #[case] name: &str,
    #[case] last: &str,
    #[case] ends: &str,
) {
    let bounds = Bounds::of(None, Some(day(last)), zone(name));
    let ends = at(ends);
    for stored in [Activating, FailedVerification, Active, Inactive] {
        assert_eq!(effective(stored, &bounds, ends.plus_seconds(-1)), stored);
        assert_eq!(effective(stored, &bounds, ends), Blocked, "{stored}");
    }
    let granted = Verdict::Granted { since: ends };
    assert_eq!(outcome(&granted, &bounds, ends.plus_seconds(-1)), Event::Verified);
    assert_eq!(outcome(&granted, &bounds, ends), Event::EndPassed);
}

#[test]
fn alt_08_12_a_start_and_an_end_that_both_passed_are_written_down_in_their_order() {
    let bounds = Bounds::of(Some(day("2026-05-01")), Some(day("2026-05-31")), zone("UTC"));
    let list = due(Pending, &bounds, at("2026-07-01T00:00:00Z"));
    let list: Vec<_> = list.into_iter().map(|due| (due.at, due.event, due.to)).collect();
    assert_eq!(
        list,
        [
            (at("2026-05-01T00:00:00Z"), Event::StartReached, Active),
            (at("2026-06-01T00:00:00Z"), Event::EndPassed, Blocked),
        ]
    );
    // A license whose end comes before its start is pending until the start.
    let bounds = Bounds::of(Some(day("2026-05-10")), Some(day("2026-05-01")), zone("UTC"));
    assert_eq!(effective(Pending, &bounds, at("2026-05-09T23:59:59Z")), Pending);
    assert_eq!(effective(Pending, &bounds, at("2026-05-10T00:00:00Z")), Blocked);
    assert_eq!(due(Inactive, &bounds, at("2026-05-09T00:00:00Z")).len(), 1);
}

#[test]
fn alt_11_the_start_of_an_inactive_license_changes_nothing() {
    let bounds = Bounds::of(Some(day("2026-05-01")), None, zone("UTC"));
    assert_eq!(due(Inactive, &bounds, at("2026-06-01T00:00:00Z")), []);
    assert_eq!(effective(Inactive, &bounds, at("2026-06-01T00:00:00Z")), Inactive);
}

#[rstest]
#[case(Verdict::HeldElsewhere { site: "Plant 2".into(), since: at("2026-01-01T00:00:00Z") }, "held_elsewhere")]
#[case(Verdict::Refused { reason: "agreement".into() }, "refused")]
#[case(Verdict::Unknown, "refused")]
fn alt_09_13_what_the_authority_says_is_what_happens(#[case] verdict: Verdict, #[case] name: &str) {
    let event = outcome(&verdict, &Bounds::default(), at("2026-05-01T00:00:00Z"));
    assert_eq!(event.kind().name(), name);
}

proptest! {
    #[test]
    fn alt_08_12_reading_and_writing_down_agree_at_any_time_and_nothing_is_due_twice(
        status in prop::sample::select(PoolStatus::ALL.to_vec()),
        starts in prop::option::of(0..100_000_i64),
        ends in prop::option::of(0..100_000_i64),
        times in prop::collection::vec(0..120_000_i64, 1..5),
    ) {
        let epoch = at("2026-01-01T00:00:00Z");
        let instant = |n: i64| -> Instant { epoch.plus_seconds(n) };
        let bounds = Bounds { starts: starts.map(instant), ends: ends.map(instant) };
        let mut times = times;
        times.sort_unstable();
        let mut written = status;
        for now in times.into_iter().map(instant) {
            let read = effective(written, &bounds, now);
            for due in due(written, &bounds, now) {
                prop_assert!(due.at <= now);
                written = transition(written, &due.event).unwrap().to.unwrap();
                prop_assert_eq!(written, due.to);
            }
            prop_assert_eq!(read, written);
            prop_assert_eq!(effective(status, &bounds, now), written, "whenever it is written down");
            prop_assert!(due(written, &bounds, now).is_empty());
        }
    }
}
