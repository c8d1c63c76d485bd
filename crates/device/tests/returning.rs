//! R1: giving a license back, and getting one again.

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_device::Loaded;
use handcarry_format::{CheckState, Deactivation, License, Limits, Totals, examine};
use vendor::id;

fn renders(amount: i64) -> Totals {
    [(id("renders"), amount)].into()
}

/// A license that answers a new request for an activation that was given back.
fn again(bench: &Bench, generation: u32, booked: (u32, i64)) -> License {
    let mut license = bench.vendor.license_for(&bench.request(), bench.now);
    license.generation = generation;
    license.usage.report = booked.0;
    license.usage.totals = renders(booked.1);
    license
}

#[test]
fn hex_02_the_license_is_gone_and_its_proof_carries_all_usage() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    bench.open().set("site", "Bremen", bench.now).unwrap();
    let proof = bench.deactivate();
    assert_eq!(bench.code(), "license.none");
    assert_eq!(code(bench.consume(1)), "license.none");
    assert_eq!(code(bench.open().report(true, false, bench.now)), "license.none");
    let opened = bench.vendor.open::<Deactivation>(&proof);
    assert_eq!((opened.usage.number, &opened.usage.closing), (1, &renders(5)));
    assert_eq!(opened.variables["site"], "Bremen");
    let examined = examine(proof.as_bytes(), &bench.vendor.trust(), &Limits::default());
    assert!(examined.checks.iter().all(|check| check.state == CheckState::Passed));
}

#[test]
fn d_13_the_proof_is_printed_again_any_number_of_times_also_when_its_file_is_gone() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let proof = bench.deactivate();
    for days in [0, 1, 400] {
        bench.now = bench.now.plus_days(days);
        assert_eq!(bench.deactivate(), proof);
    }
    let device = bench.home().join("device");
    let file = std::fs::read_dir(&device).unwrap().flatten().map(|entry| entry.path());
    let file = file.filter(|path| path.to_string_lossy().contains("proof-")).last().unwrap();
    std::fs::remove_file(file).unwrap();
    assert_eq!(bench.deactivate(), proof);
}

#[test]
fn d_13_an_application_update_and_a_new_portal_address_do_not_change_the_proof() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let proof = bench.deactivate();
    let mut vendor = bench.vendor.file();
    vendor.portal = "https://new.acme.example".into();
    vendor.product.name = "CAD Pro 2".into();
    let source = Box::new(bench.parts.clone());
    let random = handcarry_device::system_randomness;
    let device = handcarry_device::Device::set_up(&bench.home(), &vendor, source, random, bench.now);
    let mut device = device.unwrap();
    assert_eq!(device.deactivate(false, bench.now).unwrap().file, proof);
}

#[test]
fn the_receipt_closes_the_circle() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let receipt = bench.receipt(&bench.deactivate());
    let confirmed = || bench.open().status(bench.now).unwrap().returned.unwrap().confirmed;
    assert!(!confirmed());
    assert!(matches!(bench.load(&receipt), Ok(Loaded::Returned { .. })));
    assert!(confirmed());
    assert!(matches!(bench.load(&receipt), Ok(Loaded::Known(_))));
}

#[test]
fn d_36_a_license_that_was_given_back_is_not_loaded_again_nor_a_later_refresh_of_it() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    // Two files that a cunning person fetched before the return: a refresh, and one for a second request.
    let refresh = bench.vendor.next(&license, bench.now);
    let second = License { generation: 3, ..bench.vendor.license_for(&bench.request(), bench.now) };
    bench.deactivate();
    for file in [&license, &refresh, &second] {
        assert_eq!(code(bench.load(file)), "license.returned");
    }
    assert_eq!(bench.code(), "license.none");
}

#[test]
fn hex_03_the_same_activation_comes_back_on_the_same_device_by_a_new_request() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let proof = bench.deactivate();
    let license = again(&bench, 2, (1, 5));
    assert!(matches!(bench.load(&license), Ok(Loaded::License { refreshed: false, .. })));
    assert_eq!(bench.code(), "ok");
    // The chains go on: the number after the deactivation's, and its digest.
    bench.consume(2).unwrap();
    let report = bench.vendor.open::<handcarry_format::UsageReport>(&bench.report());
    let proof = bench.vendor.open::<Deactivation>(&proof);
    assert_eq!((report.usage.number, report.usage.previous), (2, Some(proof.digest())));
    assert_eq!((&report.usage.opening, &report.usage.closing), (&renders(5), &renders(7)));
    // And it can be given back again; the first proof is still at hand until then.
    let second = bench.deactivate();
    assert_ne!(bench.vendor.open::<Deactivation>(&second).id, proof.id);
    assert_eq!(bench.deactivate(), second);
}

#[test]
fn lsp_28_a_license_waits_until_the_portal_has_booked_what_a_return_carries() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let proof = bench.deactivate();
    assert_eq!(code(bench.load(&again(&bench, 2, (0, 0)))), "license.return_not_booked");
    assert_eq!(bench.deactivate(), proof, "the file is still at hand");
    bench.load(&again(&bench, 3, (1, 5))).unwrap();
    assert_eq!(bench.code(), "ok");
}

#[test]
fn hex_03_the_generation_floor_of_an_activation_outlives_its_return() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.load(&bench.vendor.next(&license, bench.now)).unwrap();
    bench.deactivate();
    for generation in [1, 2] {
        assert_eq!(code(bench.load(&again(&bench, generation, (1, 0)))), "license.returned");
    }
    bench.load(&again(&bench, 3, (1, 0))).unwrap();
    assert_eq!(bench.code(), "ok");
}

#[test]
fn the_last_proof_is_at_hand_although_there_is_a_new_license() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let proof = bench.deactivate();
    bench.load(&again(&bench, 2, (1, 0))).unwrap();
    assert_eq!(bench.open().deactivate(true, bench.now).unwrap().file, proof);
    assert_eq!(bench.code(), "ok");
}

#[test]
fn nothing_can_be_given_back_where_nothing_is() {
    let bench = Bench::new();
    bench.request();
    assert_eq!(code(bench.open().deactivate(false, bench.now)), "license.none");
}

#[test]
fn threat_a_return_that_is_none_zombie_a_copied_home_lives_on_and_its_next_file_shows_it() {
    let bench = Bench::new();
    bench.activate(|_| {});
    std::fs::create_dir_all(bench.dir.path().join("clone/device")).unwrap();
    for entry in std::fs::read_dir(bench.home().join("device")).unwrap().flatten() {
        std::fs::copy(entry.path(), bench.dir.path().join("clone/device").join(entry.file_name())).unwrap();
    }
    let proof = bench.vendor.open::<Deactivation>(&bench.deactivate());
    // Offline nothing can stop the copy; every file that it makes is signed by the key of a returned license.
    let mut clone = bench.open_at("clone");
    let report = clone.report(true, false, bench.now).unwrap();
    let report = bench.vendor.open::<handcarry_format::UsageReport>(&report);
    assert_eq!(report.signer(), proof.signer());
    assert_eq!(report.usage.number, proof.usage.number);
    assert_ne!(report.digest(), proof.digest());
    // What the portal says of the return stops the copy, too, if it gets there.
    let receipt = bench.vendor.receipt_for(&bench.deactivate(), bench.now);
    let loaded = clone.load(bench.vendor.issue(&receipt).as_bytes(), bench.now);
    assert!(matches!(loaded, Ok(Loaded::Returned { .. })));
    assert_eq!(code(clone.check(&id("base"), bench.now)), "license.returned");
    assert_eq!(code(clone.consume(&id("renders"), 1, bench.now)), "license.returned");
}

#[test]
fn an_old_receipt_of_an_earlier_return_does_not_stop_a_license_that_came_after_it() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let receipt = bench.receipt(&bench.deactivate());
    bench.load(&again(&bench, 2, (1, 0))).unwrap();
    bench.load(&receipt).unwrap();
    assert_eq!(bench.code(), "ok");
}
