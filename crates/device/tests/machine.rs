//! The machine is not the one that the license was issued for: changed, or another one.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use std::fs;
use std::path::Path;

use bench::{Bench, code};
use handcarry_format::{License, UsageReport};
use handcarry_rules::holder::{MISMATCH_VARIABLE, Mismatch, reported_mismatch};
use vendor::id;

fn change(bench: &Bench, part: usize, value: &str) {
    bench.parts.0.lock().unwrap()[part].1 = value.into();
}

/// A machine of the same model: only the part that all of them share is the same.
fn another(bench: &Bench) {
    change(bench, 0, "SN-2");
    change(bench, 1, "WD-2");
}

fn own(bench: &Bench) {
    change(bench, 0, "SN-1");
    change(bench, 1, "WD-1");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn ice_03_on_a_changed_machine_a_license_runs_seven_more_days() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    let moved = bench.now.plus_days(30);
    bench.now = moved;
    change(&bench, 0, "SN-2");
    assert_eq!(bench.code(), "fingerprint_mismatch");
    let status = bench.open().status(bench.now).unwrap();
    assert_eq!(status.until, Some(moved.plus_days(7)));
    assert_eq!(status.registration.as_deref(), Some("reference_id_mismatch"));
    bench.now = moved.plus_days(7).plus_seconds(-1);
    assert_eq!(bench.code(), "fingerprint_mismatch");
    bench.now = moved.plus_days(7);
    assert_eq!(bench.code(), "fingerprint.mismatch");
    assert_eq!(code(bench.consume(1)), "fingerprint.mismatch");
    // Back on its own machine it works again, and the seven days are whole again.
    own(&bench);
    assert_eq!(bench.code(), "ok");
    let again = bench.now.plus_days(1);
    bench.now = again;
    change(&bench, 0, "SN-2");
    assert_eq!(bench.code(), "fingerprint_mismatch");
    bench.now = again.plus_days(7).plus_seconds(-1);
    assert_eq!(bench.code(), "fingerprint_mismatch");
}

#[test]
fn ice_03_a_repaired_license_ends_the_mismatch_at_any_time() {
    let mut bench = Bench::new();
    let license = bench.activate(|_| {});
    change(&bench, 0, "SN-2");
    assert_eq!(bench.code(), "fingerprint_mismatch");
    bench.now = bench.now.plus_days(20);
    assert_eq!(bench.code(), "fingerprint.mismatch");
    let answer = bench.vendor.license_for(&bench.request(), bench.now);
    let next = bench.vendor.next(&license, bench.now);
    bench.load(&License { fingerprint: answer.fingerprint, request: answer.request, ..next }).unwrap();
    assert_eq!(bench.code(), "ok");
    assert_eq!(bench.open().status(bench.now).unwrap().registration.as_deref(), Some("ok"));
}

#[test]
fn ice_03_a_report_tells_the_portal_since_when_the_machine_has_been_another_one() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    let variables = |bench: &Bench| bench.vendor.open::<UsageReport>(&bench.report()).variables.clone();
    assert!(!variables(&bench).contains_key(MISMATCH_VARIABLE));
    let since = bench.now.plus_days(1);
    bench.now = since;
    change(&bench, 0, "SN-2");
    let first = bench.report();
    bench.now = since.plus_days(2);
    // D-12: nothing new to say, so the same file again.
    assert_eq!(bench.report(), first);
    assert_eq!(reported_mismatch(&variables(&bench), bench.now), Some(Mismatch { since }));
    // The application cannot say so in its place.
    assert_eq!(code(bench.open().set(MISMATCH_VARIABLE, "never", bench.now)), "value.invalid");
    own(&bench);
    assert!(!variables(&bench).contains_key(MISMATCH_VARIABLE));
}

#[test]
fn ice_16_a_backup_of_the_license_directory_works_on_the_same_device_and_on_no_other() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(3).unwrap();
    let backup = bench.dir.path().join("backup");
    copy(&bench.home(), &backup);
    bench.now = bench.now.plus_days(1);
    bench.consume(4).unwrap();
    fs::remove_dir_all(bench.home()).unwrap();
    copy(&backup, &bench.home());
    assert_eq!(bench.code(), "ok");
    bench.consume(1).unwrap();
    let report = bench.vendor.open::<UsageReport>(&bench.report());
    assert_eq!(report.usage.closing[&id("renders")], 4);

    another(&bench);
    copy(&backup, &bench.dir.path().join("elsewhere"));
    let mut elsewhere = bench.open_at("elsewhere");
    for days in [0, 1, 400] {
        let now = bench.now.plus_days(days);
        assert_eq!(code(elsewhere.check(&id("base"), now)), "fingerprint.mismatch", "with no days left");
        assert_eq!(code(elsewhere.consume(&id("renders"), 1, now)), "fingerprint.mismatch");
        assert_eq!(code(elsewhere.start(now)), "fingerprint.mismatch");
    }
    drop(elsewhere);
    // Nothing was spoiled by the attempt.
    own(&bench);
    assert_eq!(bench.code(), "ok");
    assert_eq!(bench.open_at("elsewhere").check(&id("base"), bench.now.plus_days(400)).unwrap().code(), "ok");
}

#[test]
fn ice_16_where_the_vendor_compares_no_machines_a_backup_goes_anywhere() {
    let bench = Bench::new();
    bench.activate(|license| license.match_rate = 0);
    another(&bench);
    change(&bench, 2, "00:22");
    assert_eq!(bench.code(), "ok");
}
