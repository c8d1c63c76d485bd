use handcarry_rules::{Answer, LeasePolicy, PoolStatus};

use crate::world::{World, counter, day, entitlement, licensed};
use handcarry_format::{Overage, Reset};

#[test]
fn lsp_08_lsp_09_the_holder_of_any_file_of_the_device_gets_the_newest_one() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let first = world.sign(a.held());
    world.changed(|license| license.evaluation = true);
    let second = world.send(&first).unwrap();
    assert_eq!((second.name(), second.issued().generation), ("refreshed", 2));
    assert!(a.load_license(&second.license.clone().unwrap()));
    // The old file again: the same newest file, byte for byte.
    let again = world.send(&first).unwrap();
    assert_eq!((again.name(), &again.license), ("refreshed", &second.license));
    let newest = world.send(second.license.as_ref().unwrap()).unwrap();
    assert_eq!((newest.name(), &newest.license), ("current", &second.license));
}

#[test]
fn lsp_05_lsp_10_a_refresh_carries_the_changed_entitlement_without_a_new_request() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.end = Some(day("2026-12-31")));
    let a = licensed(&mut world, "a");
    let file = world.sign(a.held());
    world.changed(|license| {
        license.end = Some(day("2027-12-31"));
        license.features.push(counter("exports", Some(5), Overage::None, Reset::Never));
    });
    let done = world.send(&file).unwrap();
    assert_eq!(done.issued().term.end, Some(day("2027-12-31")));
    assert_eq!(done.issued().features.len(), 2);
    assert_eq!(done.issued().supersedes, Some(a.held().digest()));
    assert_eq!((done.issued().request, world.seats_used()), (a.held().request, 1));
}

#[test]
fn lsp_05_a_refresh_while_nothing_changes_is_the_same_file_and_no_new_generation() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a");
    let file = world.sign(a.held());
    let before = world.store.activations.clone();
    for _ in 0..5 {
        world.pass(40 * 86_400);
        let done = world.send(&file).unwrap();
        assert_eq!((done.name(), done.accepted.activation), ("current", None));
        assert_eq!(done.accepted.answer, Answer::Newest(a.held().digest()));
    }
    assert_eq!(world.store.activations, before);
}

#[test]
fn lsp_05_from_the_middle_of_a_lease_on_a_visit_renews_it() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.lease = Some(LeasePolicy { days: 30, grace_days: 7 }));
    let a = licensed(&mut world, "a");
    let issued = world.now;
    assert_eq!(a.held().lease.as_ref().unwrap().refresh_by, issued.plus_days(30));
    let file = world.sign(a.held());
    world.now = issued.plus_seconds(15 * 86_400 - 1);
    assert_eq!(world.send(&file).unwrap().name(), "current");
    world.now = issued.plus_days(15);
    let done = world.send(&file).unwrap();
    assert_eq!(done.issued().lease.as_ref().unwrap().refresh_by, issued.plus_days(45));
}

#[test]
fn lsp_28_a_refresh_is_due_when_usage_was_booked_since() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let file = world.sign(a.held());
    a.use_up(world.now, 3);
    let mut report = a.report(world.now);
    world.send(&report).unwrap();
    // The report's own refresh acknowledges it: nothing is left to say.
    let newest = world.send(&file).unwrap();
    assert_eq!(newest.accepted.answer, Answer::Newest(world.store.activations[0].newest.unwrap()));
    // One that is held acknowledges nothing, and brings nothing new.
    a.use_up(world.now, handcarry_rules::ABSURD_JUMP + 1);
    report = a.report(world.now);
    let held = world.send(&report).unwrap();
    assert_eq!((held.name(), held.license), ("held", newest.license));
}

#[test]
fn lsp_05_an_ended_or_inactive_license_is_not_refreshed() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a");
    let file = world.sign(a.held());
    world.changed(|license| license.status = PoolStatus::Inactive);
    assert_eq!(world.send(&file).unwrap_err().code(), "license.inactive");
    world.changed(|license| (license.status, license.end) = (PoolStatus::Active, Some(day("2026-03-01"))));
    assert_eq!(world.send(&file).unwrap_err().code(), "license.expired");
    assert_eq!(world.store.activations[0].generation, 1);
}
