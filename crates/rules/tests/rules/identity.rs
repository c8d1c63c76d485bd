//! Who a device is: fingerprints, match rates, repairs, transfers.

use handcarry_format::Source::{Hardware, System};
use handcarry_rules::{RefusalKind, differing, hardware_matches, match_percent, matches};
use rstest::rstest;

use crate::world::{Device, World, entitlement, id, licensed, parts};

const YEAR: i64 = 365 * 86_400;

#[rstest]
#[case::two_of_three(&[1, 1, 1], 2, 66)]
#[case::one_of_three(&[1, 1, 1], 1, 33)]
#[case::all(&[1, 1, 1], 3, 100)]
#[case::none(&[1, 1, 1], 0, 0)]
#[case::by_weight(&[40, 30, 30], 1, 40)]
#[case::by_weight_rounded_down(&[100, 99, 1], 1, 50)]
#[case::greatest(&[100; 32], 31, 96)]
fn lmx_25_percent_of_the_known_weight_rounded_down(
    #[case] weights: &[u32],
    #[case] same: usize,
    #[case] percent: u32,
) {
    let names: Vec<String> = (0..weights.len()).map(|n| format!("part-{n}")).collect();
    let of = |changed: usize| {
        let list: Vec<_> = names
            .iter()
            .zip(weights)
            .enumerate()
            .map(|(n, (name, weight))| {
                (Hardware, name.as_str(), if n >= changed { "b" } else { "a" }, *weight)
            })
            .collect();
        parts(&list)
    };
    let (known, present) = (of(weights.len()), of(same));
    assert_eq!(match_percent(&known, &present), percent);
    assert!(matches(&known, &present, percent));
    assert!(percent == 100 || !matches(&known, &present, percent + 1));
    assert!(matches(&known, &present, 0), "0 is off");
    // A part that is missing counts like one that differs, and further parts count nothing.
    let mut missing = present.clone();
    missing.parts.truncate(same);
    if same > 0 {
        assert_eq!(match_percent(&known, &missing), percent);
        assert_eq!(match_percent(&missing, &known), 100);
    }
    assert_eq!(differing(&known, &present).len(), weights.len() - same);
}

#[rstest]
#[case::two_same(&[("a", "1", 50), ("b", "2", 50)], 66, true)]
#[case::one_part_is_too_few(&[("a", "1", 50)], 0, false)]
#[case::one_of_two(&[("a", "1", 50), ("b", "x", 50)], 0, false)]
#[case::three_quarters(&[("a", "1", 50), ("b", "2", 25), ("c", "x", 25)], 0, true)]
#[case::a_stricter_rate_counts(&[("a", "1", 50), ("b", "2", 25), ("c", "x", 25)], 76, false)]
#[case::below_three_quarters(&[("a", "1", 50), ("b", "2", 24), ("c", "x", 26)], 0, false)]
fn d_10_hardware_needs_two_parts_and_three_quarters(
    #[case] list: &[(&str, &str, u32)],
    #[case] rate: u32,
    #[case] same: bool,
) {
    let hardware = |list: &[(&str, &str, u32)]| {
        let mut all: Vec<_> =
            list.iter().map(|(name, value, weight)| (Hardware, *name, *value, *weight)).collect();
        all.push((System, "machine-id", "m", 100));
        parts(&all)
    };
    let with = |value: &'static str| -> Vec<(&str, &str, u32)> {
        list.iter().map(|(name, v, weight)| (*name, if *v == "x" { value } else { *v }, *weight)).collect()
    };
    assert_eq!(hardware_matches(&hardware(&with("x")), &hardware(&with("y")), rate), same);
}

#[test]
fn d_10_extra_parts_do_not_make_another_machine_the_same() {
    let known = parts(&[(Hardware, "board", "1", 40), (Hardware, "disk", "2", 30)]);
    let foreign =
        parts(&[(Hardware, "board", "1", 40), (Hardware, "disk", "2", 30), (Hardware, "gpu", "3", 100)]);
    assert!(!hardware_matches(&known, &foreign, 66));
    assert!(!hardware_matches(&foreign, &known, 66));
    let system = parts(&[(System, "host", "1", 40), (System, "machine-id", "2", 30)]);
    assert!(!hardware_matches(&system, &system, 0), "a system alone is no hardware");
}

#[test]
fn d_09_a_new_fingerprint_is_repaired_on_the_same_seat_and_the_parts_are_named() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    device.fingerprint.parts[2].hash = "0".repeat(32);
    let request = device.request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!((done.name(), done.notes()), ("repaired", vec!["fingerprint.differs"]));
    let handcarry_rules::Note::FingerprintDiffers { parts } = &done.accepted.notes[0] else { panic!() };
    assert_eq!(parts, &[id("machine-id")]);
    assert_eq!(done.issued().fingerprint, device.fingerprint);
    assert_eq!((world.seats_used(), world.store.activations[0].repairs.len()), (1, 1));
}

#[test]
fn d_09_repairs_are_capped_in_any_365_days_and_the_window_slides() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    let mut change = |world: &mut World, n: u32| {
        device.fingerprint.parts[2].hash = format!("{n:032x}");
        let request = device.request(world.now);
        world.send(&request).map(|done| done.name()).map_err(|refused| refused.rules().kind)
    };
    let first = world.now;
    for n in 0..3 {
        assert_eq!(change(&mut world, n), Ok("repaired"));
        world.pass(30 * 86_400);
    }
    assert_eq!(change(&mut world, 3), Err(RefusalKind::RepairLimit { limit: 3 }));
    world.now = first.plus_seconds(YEAR - 1);
    assert_eq!(change(&mut world, 4), Err(RefusalKind::RepairLimit { limit: 3 }));
    world.now = first.plus_seconds(YEAR);
    assert_eq!(change(&mut world, 5), Ok("repaired"), "the first one is a year old");
    assert_eq!(change(&mut world, 6), Err(RefusalKind::RepairLimit { limit: 3 }));
    assert_eq!(change(&mut world, 5), Ok("repaired"), "no change, no repair");
    assert_eq!(world.store.activations[0].repairs.len(), 3);
}

#[test]
fn d_10_a_system_installed_anew_gets_its_own_seat_again() {
    let mut world = World::new(entitlement());
    let mut old = licensed(&mut world, "a");
    old.use_up(world.now, 7);
    let report = old.report(world.now);
    world.send(&report).unwrap();
    let mut anew = old.reinstalled(&world);
    let request = anew.request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!((done.name(), world.seats_used(), world.store.activations.len()), ("repaired", 1, 1));
    assert_eq!(world.store.activations[0].repairs.len(), 1);
    anew.load(&done);
    anew.use_up(world.now, 5);
    let report = anew.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 12));
    // The old system is no longer the holder.
    let report = old.report(world.now);
    assert_eq!(world.send(&report).unwrap_err().code(), "activation.moved");
}

#[test]
fn d_10_installing_anew_is_capped_and_takes_no_further_seat_instead() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    for _ in 0..3 {
        device = device.reinstalled(&world);
        let request = device.request(world.now);
        assert_eq!(world.send(&request).unwrap().name(), "repaired");
    }
    let request = device.reinstalled(&world).request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "repair.limit");
    assert_eq!(world.seats_used(), 1);
}

#[test]
fn hex_03_an_activation_id_outlives_a_return_on_the_same_device() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    let before = device.held().activation_id.clone();
    let gone = device.deactivate(world.now);
    world.send(&gone).unwrap();
    let request = device.request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!((&done.issued().activation_id, done.issued().generation), (&before, 2));
    assert!(!done.accepted.transfer, "the same device is no transfer");
}

#[test]
fn hex_03_lsp_24_another_device_takes_the_id_over_and_that_is_a_transfer() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let before = a.held().activation_id.clone();
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let b = licensed(&mut world, "b");
    assert_eq!(b.held().activation_id, before);
    assert_eq!(world.store.entitlement.seats.transfers, 1);
}

#[test]
fn lsp_24_the_same_machine_installed_anew_after_a_return_is_no_transfer() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.transfer_limit = Some(0));
    let mut a = licensed(&mut world, "a");
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let request = a.reinstalled(&world).request(world.now);
    assert!(!world.send(&request).unwrap().accepted.transfer);
}

#[test]
fn lsp_24_transfers_can_be_capped_and_seats_that_no_one_had_are_none() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.transfer_limit = Some(1));
    let mut a = licensed(&mut world, "a");
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let mut b = licensed(&mut world, "b");
    let gone = b.deactivate(world.now);
    world.send(&gone).unwrap();
    // One transfer is used up; of two seats only one was ever taken.
    let mut c = licensed(&mut world, "c");
    assert_eq!((world.store.activations.len(), world.store.entitlement.seats.transfers), (2, 1));
    let gone = c.deactivate(world.now);
    world.send(&gone).unwrap();
    let request = Device::new(&world, "d").request(world.now);
    let refusal = world.send(&request).unwrap_err().rules();
    assert_eq!(refusal.kind, RefusalKind::TransferLimit { limit: 1 });
    assert_eq!((world.seats_used(), world.store.activations.len()), (0, 2));
    let request = c.request(world.now);
    assert_eq!(world.send(&request).unwrap().name(), "activated", "the last holder may come back");
}
