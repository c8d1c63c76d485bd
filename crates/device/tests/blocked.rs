//! A device whose key is on the block list of a later file (re-host).
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_device::Loaded;
use handcarry_format::{Block, Id, Instant, License, SecretKey};

/// The file of the device that took over, issued later.
fn of_another(own: &License, now: Instant) -> License {
    let mut license = own.clone();
    license.blocked = vec![Block { device: own.device.key.id(), since: now }];
    license.device.key = SecretKey::from_seed(&[9; 32]).public();
    license.device.name = "WS-18".into();
    license.activation_id = Id::new("another-activation").unwrap();
    license.issued_at = now.plus_seconds(60);
    license
}

#[test]
fn hex_rehost_a_file_that_names_the_device_stops_its_license_for_good() {
    let bench = Bench::new();
    let own = bench.activate(|_| {});
    let since = bench.now;
    let loaded = bench.load(&of_another(&own, since));
    assert!(matches!(loaded, Ok(Loaded::Blocked { since: at }) if at == since), "{loaded:?}");
    assert_eq!(bench.code(), "device.blocked");
    assert_eq!(bench.code(), "device.blocked", "it is kept");
    // The same file again is harmless, and a refresh from before does not lift it.
    assert!(matches!(bench.load(&of_another(&own, since)), Ok(Loaded::Blocked { .. })));
    assert!(matches!(bench.load(&own), Ok(Loaded::Known(_))));
    assert_eq!(bench.code(), "device.blocked");
}

#[test]
fn hex_rehost_a_blocked_device_can_still_give_its_license_back() {
    let bench = Bench::new();
    let own = bench.activate(|_| {});
    bench.load(&of_another(&own, bench.now)).unwrap();
    let file = bench.open().deactivate(false, bench.now).unwrap();
    assert!(file.file.contains("BEGIN LICENSE DEACTIVATION"));
    assert_eq!(bench.code(), "license.none");
}

#[test]
fn hex_rehost_a_license_of_its_own_makes_the_device_trusted_again() {
    let bench = Bench::new();
    let own = bench.activate(|_| {});
    bench.load(&of_another(&own, bench.now)).unwrap();
    assert!(matches!(bench.load(&bench.vendor.next(&own, bench.now)), Ok(Loaded::License { .. })));
    assert_eq!(bench.code(), "ok");
}

#[test]
fn hex_rehost_only_a_later_file_of_the_same_license_that_names_the_device_stops_it() {
    let bench = Bench::new();
    let own = bench.activate(|_| {});
    let good = of_another(&own, bench.now);
    let other_license = License { license_id: Id::new("another-license").unwrap(), ..good.clone() };
    let earlier = License { issued_at: own.issued_at, ..good.clone() };
    let somebody = Block { device: SecretKey::from_seed(&[3; 32]).public().id(), since: bench.now };
    let names_others = License { blocked: vec![somebody], ..good };
    for file in [other_license, earlier, names_others] {
        assert_eq!(code(bench.load(&file)), "license.other_device");
        assert_eq!(bench.code(), "ok");
    }
}

#[test]
fn hex_rehost_a_license_that_blocks_its_own_device_is_of_no_use() {
    let bench = Bench::new();
    let own = bench.vendor.license_for(&bench.request(), bench.now);
    let block = Block { device: own.device.key.id(), since: bench.now };
    bench.load(&License { blocked: vec![block], ..own }).unwrap();
    assert_eq!(bench.code(), "device.blocked");
}
