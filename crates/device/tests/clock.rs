//! Terms and the clock floor.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_device::CLOCK_TOLERANCE;
use handcarry_format::{Instant, License, MAX_INSTANT};
use vendor::{DAY, at, start};

fn at_time(bench: &mut Bench, now: Instant) -> &'static str {
    bench.now = now;
    bench.code()
}

fn ends(license: &mut License, end: &str, not_after: &str) {
    license.term.end = Some(end.parse().unwrap());
    license.term.not_after = Some(at(not_after));
}

#[test]
fn d_07_a_term_ends_at_its_instant_and_not_a_second_earlier() {
    // A DST night, a leap day, and the end of time.
    for (end, not_after) in [
        ("2027-03-27", "2027-03-27T23:00:00Z"),
        ("2027-03-28", "2027-03-28T22:00:00Z"),
        ("2028-02-29", "2028-02-29T23:00:00Z"),
        ("9999-12-31", "9999-12-31T23:00:00Z"),
    ] {
        let mut bench = Bench::new();
        bench.activate(|license| ends(license, end, not_after));
        assert_eq!(at_time(&mut bench, at(not_after).plus_seconds(-1)), "ok", "{end}");
        assert_eq!(at_time(&mut bench, at(not_after)), "license.expired", "{end}");
        assert_eq!(code(bench.consume(1)), "license.expired");
    }
}

#[test]
fn alt_17_a_license_that_begins_later_is_loaded_and_works_from_then_on() {
    let mut bench = Bench::new();
    let begin = start().plus_days(10);
    bench.activate(|license| license.term.not_before = begin);
    assert_eq!(bench.code(), "license.not_yet");
    assert_eq!(at_time(&mut bench, begin.plus_seconds(-1)), "license.not_yet");
    assert_eq!(at_time(&mut bench, begin), "ok");
}

#[test]
fn threat_clock_tampering_back_beyond_a_day_is_refused_and_within_it_gains_nothing() {
    let mut bench = Bench::new();
    bench.activate(|license| ends(license, "2026-12-31", "2026-12-31T23:00:00Z"));
    let late = at("2026-12-31T22:59:59Z");
    assert_eq!(at_time(&mut bench, late), "ok");
    assert_eq!(at_time(&mut bench, late.plus_seconds(-CLOCK_TOLERANCE)), "ok");
    assert_eq!(at_time(&mut bench, late.plus_seconds(-CLOCK_TOLERANCE - 1)), "clock.rolled_back");
    assert_eq!(at_time(&mut bench, start()), "clock.rolled_back");
    assert_eq!(code(bench.consume(1)), "clock.rolled_back");
    // Expired is expired: a clock that goes back by an hour does not bring the license back.
    assert_eq!(at_time(&mut bench, at("2027-01-01T00:30:00Z")), "license.expired");
    assert_eq!(at_time(&mut bench, at("2026-12-31T22:30:00Z")), "license.expired");
}

#[test]
fn threat_clock_tampering_the_floor_holds_across_restarts_and_rises_with_uses_and_documents() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.now = start().plus_days(5);
    bench.consume(1).unwrap();
    assert_eq!(at_time(&mut bench, start().plus_days(3)), "clock.rolled_back");
    // A document of the vendor tells the time, too.
    bench.now = start().plus_days(5);
    let refresh = bench.vendor.next(&license, start().plus_days(9));
    bench.load(&refresh).unwrap();
    assert_eq!(at_time(&mut bench, start().plus_days(8).plus_seconds(-1)), "clock.rolled_back");
    assert_eq!(at_time(&mut bench, start().plus_days(8)), "ok");
}

#[test]
fn threat_clock_tampering_a_clock_behind_by_a_day_at_activation_works() {
    // D-08: the answer's not_before is issue − 48 h.
    let mut bench = Bench::new();
    let license = bench.vendor.license_for(&bench.request(), start().plus_seconds(DAY));
    bench.load(&license).unwrap();
    assert_eq!(bench.code(), "ok");
    assert_eq!(at_time(&mut bench, start().plus_seconds(-1)), "clock.rolled_back");
}

#[test]
fn threat_clock_tampering_a_leap_ahead_is_recovered_from_by_a_newer_license() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    assert_eq!(at_time(&mut bench, MAX_INSTANT), "ok");
    assert_eq!(at_time(&mut bench, start().plus_days(1)), "clock.rolled_back");
    // The same license again proves nothing; a newer one tells the time.
    bench.load(&license).unwrap();
    assert_eq!(bench.code(), "clock.rolled_back");
    let refresh = bench.vendor.next(&license, start().plus_days(1));
    bench.load(&refresh).unwrap();
    assert_eq!(bench.code(), "ok");
    // Uses after it go on from there.
    bench.consume(1).unwrap();
    assert_eq!(at_time(&mut bench, start().plus_days(2)), "ok");
    assert_eq!(at_time(&mut bench, start()), "clock.rolled_back");
}

#[test]
fn threat_clock_tampering_a_newer_license_does_not_bring_back_a_time_long_gone() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.now = start().plus_days(100);
    assert_eq!(bench.code(), "ok");
    // Kept back for weeks, then loaded with the clock set to a month after its date.
    let refresh = bench.vendor.next(&license, start().plus_days(10));
    bench.now = start().plus_days(40);
    bench.load(&refresh).unwrap();
    assert_eq!(bench.code(), "clock.rolled_back");
}

#[test]
fn threat_clock_tampering_giving_back_works_whatever_the_clock_says() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    at_time(&mut bench, start().plus_days(30));
    bench.now = start();
    assert_eq!(bench.code(), "clock.rolled_back");
    assert!(bench.deactivate().contains("LICENSE DEACTIVATION"));
}

#[test]
fn threat_clock_tampering_dst_nights_and_leap_days_are_nothing_special() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    for instant in [
        "2027-03-28T00:59:59Z",
        "2027-03-28T01:00:00Z",
        "2027-10-31T00:59:59Z",
        "2027-10-31T01:00:00Z",
        "2028-02-28T23:59:59Z",
        "2028-02-29T00:00:00Z",
        "2028-02-29T23:59:59Z",
        "2028-03-01T00:00:00Z",
    ] {
        assert_eq!(at_time(&mut bench, at(instant)), "ok", "{instant}");
    }
}
