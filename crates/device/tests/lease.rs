//! Lease, grace, emergency mode, stop: from the license file alone.

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_format::{Instant, Lease};
use vendor::{at, start};

fn at_time(bench: &mut Bench, now: Instant) -> &'static str {
    bench.now = now;
    bench.code()
}

/// A license whose refresh is due after thirty days.
fn leased(grace_days: u32) -> (Bench, Instant) {
    let bench = Bench::new();
    let due = start().plus_days(30);
    bench.activate(|license| license.lease = Some(Lease { refresh_by: due, grace_days }));
    (bench, due)
}

#[test]
fn ice_17_the_device_says_seven_days_ahead_that_a_refresh_is_due_and_a_refresh_begins_a_new_period() {
    let (mut bench, due) = leased(3);
    assert_eq!(at_time(&mut bench, due.plus_days(-7).plus_seconds(-1)), "ok");
    assert_eq!(at_time(&mut bench, due.plus_days(-7)), "refresh_due");
    assert_eq!(at_time(&mut bench, due.plus_seconds(-1)), "refresh_due");
    let held = bench.open().status(bench.now).unwrap();
    assert_eq!((held.refresh_by, held.licensed), (Some(due), true));
    let license = bench.open().standing(bench.now).unwrap().license;
    let mut refresh = bench.vendor.next(&license, bench.now);
    let next = bench.now.plus_days(30);
    refresh.lease = Some(Lease { refresh_by: next, grace_days: 3 });
    bench.load(&refresh).unwrap();
    assert_eq!(bench.code(), "ok");
    assert_eq!(at_time(&mut bench, next), "grace");
}

#[test]
fn ice_20_21_22_the_lease_runs_through_grace_and_emergency_and_stops_at_midnight() {
    for grace in 2..=7_u32 {
        let (mut bench, due) = leased(grace);
        let grace_end = due.plus_days(i64::from(grace));
        let emergency_end = grace_end.plus_days(7);
        // 12:00 UTC is 13:00 in Berlin; the next midnight there is eleven hours away.
        let stop = emergency_end.plus_seconds(11 * 3600);
        for (instant, expected) in [
            (due.plus_seconds(-1), "refresh_due"),
            (due, "grace"),
            (grace_end.plus_seconds(-1), "grace"),
            (grace_end, "emergency"),
            (emergency_end, "emergency"),
            (stop.plus_seconds(-1), "emergency"),
            (stop, "lease.stopped"),
        ] {
            assert_eq!(at_time(&mut bench, instant), expected, "grace {grace}: {instant}");
        }
    }
}

#[test]
fn ice_20_in_grace_everything_works() {
    let (mut bench, due) = leased(2);
    assert_eq!(at_time(&mut bench, due), "grace");
    bench.consume(1).unwrap();
    bench.open().set("site", "Bremen", bench.now).unwrap();
    let status = bench.open().status(bench.now).unwrap();
    assert_eq!((status.until, status.registration.as_deref()), (Some(due.plus_days(2)), Some("ok")));
}

#[test]
fn ice_21_in_emergency_mode_services_work_and_settings_cannot_be_changed() {
    let (mut bench, due) = leased(3);
    assert_eq!(at_time(&mut bench, due.plus_days(3)), "emergency");
    bench.consume(1).unwrap();
    bench.check("base").unwrap();
    assert_eq!(code(bench.open().set("site", "Bremen", bench.now)), "lease.emergency");
    // ICE-04: emergency mode is an evaluation.
    let status = bench.open().status(bench.now).unwrap();
    assert_eq!((status.code.as_str(), status.registration.as_deref()), ("emergency", Some("evaluation")));
}

#[test]
fn ice_22_what_has_stopped_and_is_started_by_hand_stops_again_at_each_midnight() {
    let (mut bench, due) = leased(2);
    let stop = due.plus_days(9).plus_seconds(11 * 3600);
    assert_eq!(at_time(&mut bench, stop), "lease.stopped");
    assert_eq!(code(bench.consume(1)), "lease.stopped");
    let mut from = stop.plus_seconds(8 * 3600);
    for _ in 0..3 {
        assert_eq!(at_time(&mut bench, from), "lease.stopped");
        bench.open().start(bench.now).unwrap();
        assert_eq!(bench.code(), "by_hand");
        bench.consume(1).unwrap();
        assert_eq!(code(bench.open().set("site", "Bremen", bench.now)), "lease.emergency");
        let status = bench.open().status(bench.now).unwrap();
        let midnight = from.plus_seconds(16 * 3600);
        assert_eq!((status.licensed, status.until), (true, Some(midnight)));
        assert_eq!(at_time(&mut bench, midnight.plus_seconds(-1)), "by_hand");
        assert_eq!(at_time(&mut bench, midnight), "lease.stopped");
        // A clock that is set back by an hour does not bring it back.
        assert_eq!(at_time(&mut bench, midnight.plus_seconds(60)), "lease.stopped");
        assert_eq!(at_time(&mut bench, midnight.plus_seconds(-3600)), "lease.stopped");
        from = from.plus_days(1);
    }
}

#[test]
fn ice_22_a_start_by_hand_is_for_what_the_lease_has_stopped_and_for_nothing_else() {
    let (mut bench, due) = leased(2);
    bench.open().start(bench.now).unwrap();
    assert_eq!(bench.code(), "ok");
    // It was not put by for later.
    assert_eq!(at_time(&mut bench, due.plus_days(20)), "lease.stopped");
    let ended = Bench::new();
    ended.activate(|license| {
        license.term.end = Some("2026-11-22".parse().unwrap());
        license.term.not_after = Some(at("2026-11-22T23:00:00Z"));
    });
    let late = start().plus_days(2);
    assert_eq!(code(ended.open().start(late)), "license.expired");
    assert_eq!(code(Bench::new().open().start(late)), "license.none");
    // A license that ends while it runs by hand has ended.
    bench.open().start(bench.now).unwrap();
    assert_eq!(bench.code(), "by_hand");
}

#[test]
fn ice_23_the_way_out_is_open_at_any_time() {
    let days =
        [("refresh_due", 29), ("grace", 31), ("emergency", 34), ("lease.stopped", 60), ("by_hand", 60)];
    for (state, day) in days {
        let (mut bench, _) = leased(2);
        bench.now = start().plus_days(day);
        if state == "by_hand" {
            bench.open().start(bench.now).unwrap();
        }
        assert_eq!(bench.code(), state);
        // The report asks for the file, and the file is taken.
        assert!(bench.report().contains("LICENSE USAGE REPORT"));
        let license = {
            let file = bench.vendor.open::<handcarry_format::UsageReport>(&bench.report());
            file.evidence().license.clone()
        };
        let mut refresh = bench.vendor.next(&license, bench.now);
        refresh.lease = Some(Lease { refresh_by: bench.now.plus_days(30), grace_days: 2 });
        bench.load(&refresh).unwrap();
        assert_eq!(bench.code(), "ok", "out of {state}");
        bench.open().set("site", "Bremen", bench.now).unwrap();
    }
}

#[test]
fn ice_22_a_clock_that_is_set_back_does_not_put_the_stop_off() {
    let (mut bench, due) = leased(2);
    let stop = due.plus_days(9).plus_seconds(11 * 3600);
    assert_eq!(at_time(&mut bench, stop), "lease.stopped");
    assert_eq!(at_time(&mut bench, stop.plus_seconds(-24 * 3600)), "lease.stopped");
    assert_eq!(at_time(&mut bench, at("2026-11-22T00:00:00Z")), "clock.rolled_back");
}
