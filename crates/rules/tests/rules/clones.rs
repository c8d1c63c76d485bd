//! D-36 and the threats *cloned device* and *a return that is none*.

use handcarry_format::Digest;
use handcarry_rules::RefusalKind;

use crate::world::{Device, World, entitlement, licensed};

fn cloned(device: &Device) -> Device {
    let mut clone = device.clone();
    clone.tag = "clone".to_owned();
    clone
}

#[test]
fn d_36_a_sign_of_life_after_the_return_is_a_case_and_flags_the_activation() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut zombie = cloned(&a);
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let returned_at = world.now;
    world.pass(86_400);
    zombie.use_up(world.now, 3);
    for file in [zombie.report(world.now), zombie.report(world.now), zombie.deactivate(world.now)] {
        let before = world.seats_used();
        let refusal = world.send(&file).unwrap_err().rules();
        assert_eq!(refusal.kind, RefusalKind::AlreadyReturned { at: returned_at });
        assert_eq!(refusal.cases[0].kind.name(), "zombie");
        assert_eq!((world.seats_used(), world.total("renders")), (before, 0));
    }
    assert!(world.store.activations[0].clone_suspected);
}

#[test]
fn d_36_showing_the_old_license_file_again_is_no_sign_of_life() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let old = world.sign(a.held());
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let refusal = world.send(&old).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.cases.len()), ("activation.returned", 0));
    licensed(&mut world, "b");
    assert_eq!(world.send(&old).unwrap_err().code(), "activation.moved");
    assert!(!world.store.activations[0].clone_suspected);
}

#[test]
fn threat_a_return_that_is_none_d_36_a_zombie_of_a_seat_that_moved_on_is_a_case_and_touches_the_new_device_not()
 {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut zombie = cloned(&a);
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let mut b = licensed(&mut world, "b");
    zombie.use_up(world.now, 3);
    let report = zombie.report(world.now);
    let refusal = world.send(&report).unwrap_err().rules();
    assert_eq!(refusal.kind, RefusalKind::Moved { device: "b".to_owned() });
    assert!(world.store.activations[0].clone_suspected);
    b.use_up(world.now, 2);
    let report = b.report(world.now);
    assert_eq!(world.send(&report).unwrap().name(), "booked");
    assert_eq!(world.total("renders"), 2);
}

#[test]
fn threat_cloned_device_fork_a_second_report_in_a_taken_place_is_held_and_the_first_chain_goes_on() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut b = cloned(&a);
    a.use_up(world.now, 5);
    b.use_up(world.now, 3);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    a.load(&done);
    let report = b.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["fork"], 5));
    assert!(world.store.activations[0].clone_suspected);
    a.use_up(world.now, 1);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 6));
}

#[test]
fn threat_cloned_device_fork_a_report_beside_the_chain_is_held_and_is_not_its_head() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut b = cloned(&a);
    a.use_up(world.now, 5);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    a.load(&done);
    // The clone's first report never comes; its second names another one before it.
    b.use_up(world.now, 9);
    b.report(world.now);
    let second = b.report(world.now);
    let done = world.send(&second).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["fork"], 5));
    a.use_up(world.now, 1);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 6));
}

#[test]
fn threat_doctored_consumption_fork_a_swapped_predecessor_is_held() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    a.load(&done);
    for previous in [None, Some(Digest::of(b"another"))] {
        let mut doctored = cloned(&a);
        doctored.tag = format!("x{}", previous.is_some());
        let mut usage = doctored.usage();
        usage.previous = previous;
        let report = doctored.report_of(world.now, usage);
        assert_eq!(world.send(&report).unwrap().cases(), ["fork"]);
    }
}

#[test]
fn fork_a_return_that_is_behind_a_report_frees_the_seat_and_is_a_case() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut b = cloned(&a);
    a.use_up(world.now, 5);
    a.report(world.now);
    let report = a.report(world.now);
    world.send(&report).unwrap();
    // Number 1 never came, so its place is free, but nothing can follow on an honest return.
    let gone = b.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.cases(), done.said().usage.held), ("returned", vec!["fork"], true));
    assert_eq!((world.seats_used(), world.total("renders")), (0, 5));
}

#[test]
fn threat_cloned_device_fork_a_snapshot_that_was_restored_is_noticed_and_its_chain_heals() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let snapshot = cloned(&a);
    a.use_up(world.now, 5);
    let report = a.report(world.now);
    world.send(&report).unwrap();
    let mut a = snapshot;
    a.use_up(world.now, 6);
    let mut seen = vec![];
    for _ in 0..5 {
        let report = a.report(world.now);
        let done = world.send(&report).unwrap();
        seen.push((done.name(), done.cases()));
        a.load(&done);
    }
    assert_eq!(
        seen,
        [
            ("held", vec!["fork"]),
            ("held", vec!["fork"]),
            ("booked", vec!["gap"]),
            ("booked", vec![]),
            ("booked", vec![])
        ]
    );
    // What the first life used is booked; what the second life's held report says waits for the desk.
    assert_eq!(world.total("renders"), 5);
    assert!(world.store.activations[0].clone_suspected);
}
