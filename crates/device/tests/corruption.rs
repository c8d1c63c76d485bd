//! State that is not what was written is refused with a code: never a panic, never a fresh start.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use std::fs;
use std::path::{Path, PathBuf};

use bench::{Bench, code};
use handcarry_device::{Device, Error};
use vendor::{TestVendor, id};

/// A home with something in every file.
fn full() -> Bench {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let receipt = bench.receipt(&bench.report());
    bench.load(&receipt).unwrap();
    bench.consume(2).unwrap();
    bench.consume(3).unwrap();
    bench.report();
    bench
}

fn file(bench: &Bench, name: &str) -> PathBuf {
    bench.home().join("device").join(name)
}

fn refused(bench: &Bench) -> bool {
    // Looking must not repair, either: a second look refuses just the same.
    let looks = || match bench.try_open().and_then(|mut device| device.check(&id("base"), bench.now)) {
        Ok(_) => None,
        Err(error) => Some(error.code()),
    };
    let first = looks();
    assert_eq!(first, looks());
    first.is_some_and(|code| code.starts_with("home."))
}

fn every_change_is_refused(name: &str) {
    let bench = full();
    let path = file(&bench, name);
    let good = fs::read(&path).unwrap();
    for place in 0..good.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut bad = good.clone();
            bad[place] ^= flip;
            fs::write(&path, &bad).unwrap();
            assert!(refused(&bench), "{name}: byte {place} ^ {flip:#x}");
        }
    }
    for length in 0..good.len() {
        fs::write(&path, &good[..length]).unwrap();
        assert!(refused(&bench), "{name}: cut to {length}");
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(bench.try_open(), Err(Error::Missing { .. })), "{name}");
    assert!(refused(&bench));
    fs::write(&path, &good).unwrap();
    assert_eq!(bench.code(), "ok");
}

#[test]
fn every_byte_of_the_key_counts() {
    every_change_is_refused("key");
}

#[test]
fn every_byte_of_the_mark_counts() {
    every_change_is_refused("mark");
}

#[test]
fn every_byte_of_the_ledger_counts() {
    every_change_is_refused("ledger");
}

#[test]
fn every_byte_of_the_vendor_file_counts() {
    every_change_is_refused("vendor");
}

#[test]
fn threat_rolled_back_refresh_every_byte_of_the_state_counts() {
    let bench = full();
    let path = file(&bench, "state");
    let good = fs::read(&path).unwrap();
    for place in 0..good.len() {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(matches!(bench.try_open(), Err(Error::Corrupt { .. })), "byte {place}");
    }
    for length in (0..good.len()).step_by(7) {
        fs::write(&path, &good[..length]).unwrap();
        assert!(refused(&bench), "cut to {length}");
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(bench.try_open(), Err(Error::Missing { .. })));
}

#[test]
fn every_byte_of_a_kept_proof_and_report_counts() {
    let bench = full();
    let report = file(&bench, "report-2");
    spoil(&report);
    assert_eq!(code(bench.open().report(true, false, bench.now)), "home.corrupt");
    bench.deactivate();
    let proof = find(&bench, "proof-");
    spoil(&proof);
    assert_eq!(code(bench.open().deactivate(false, bench.now)), "home.corrupt");
}

fn spoil(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn find(bench: &Bench, start: &str) -> PathBuf {
    let mut files = fs::read_dir(bench.home().join("device")).unwrap().flatten();
    files.find(|entry| entry.file_name().to_string_lossy().starts_with(start)).unwrap().path()
}

#[test]
fn a_torn_last_line_that_was_never_confirmed_is_cut_off_and_the_ledger_goes_on() {
    let whole = "4 2026-11-21T12:00:00Z renders 9 0123456789abcdef\n";
    for torn in ["\n", "4", "4 2026-11-21T12:00:00Z renders 9 0123", whole] {
        let bench = full();
        let path = file(&bench, "ledger");
        let good = fs::read(&path).unwrap();
        fs::write(&path, [&good, torn.as_bytes()].concat()).unwrap();
        assert_eq!(bench.code(), "ok", "{torn:?}");
        bench.consume(1).unwrap();
        assert_eq!(bench.open().status(bench.now).unwrap().features[1].total, Some(11));
        // Two lines were never written at once.
        fs::write(&path, [&good, torn.as_bytes(), whole.as_bytes()].concat()).unwrap();
        assert!(refused(&bench), "{torn:?}");
    }
}

#[test]
fn threat_rolled_back_refresh_one_older_file_among_newer_ones_is_refused() {
    for name in ["ledger", "mark", "state"] {
        let bench = full();
        let old = fs::read(file(&bench, name)).unwrap();
        bench.consume(1).unwrap();
        let receipt = bench.receipt(&bench.report());
        bench.load(&receipt).unwrap();
        bench.consume(1).unwrap();
        fs::write(file(&bench, name), old).unwrap();
        assert!(refused(&bench), "{name}");
    }
}

#[test]
fn a_file_of_another_home_does_not_fit() {
    let (one, other) = (full(), full());
    for name in ["key", "vendor", "state", "ledger", "mark"] {
        let own = fs::read(file(&one, name)).unwrap();
        fs::copy(file(&other, name), file(&one, name)).unwrap();
        assert!(refused(&one), "{name}");
        fs::write(file(&one, name), own).unwrap();
    }
    assert_eq!(one.code(), "ok");
}

#[test]
fn a_home_belongs_to_one_vendor_and_product() {
    let bench = full();
    let other = TestVendor::new("globex").file();
    let random = handcarry_device::system_randomness;
    let opened = Device::set_up(&bench.home(), &other, Box::new(bench.parts.clone()), random, bench.now);
    assert!(matches!(opened, Err(Error::OtherVendor)));
    assert_eq!(bench.code(), "ok");
}

#[test]
fn a_directory_that_is_not_there_is_not_made_by_looking_into_it() {
    let bench = Bench::new();
    assert!(matches!(bench.try_open(), Err(Error::NotSetUp)));
    assert!(!bench.home().exists());
}

#[test]
fn a_set_up_that_was_killed_is_done_again() {
    let bench = Bench::new();
    fs::create_dir_all(bench.home().join("device.new")).unwrap();
    fs::write(bench.home().join("device.new/key"), "half").unwrap();
    bench.activate(|_| {});
    assert_eq!(bench.code(), "ok");
}
