use handcarry_format::Model;
use handcarry_rules::{Answer, RefusalKind};

use super::{add, asked, base, vector};
use crate::world::{Device, World, at, licensed};

#[test]
fn lmx_16_a_license_file_has_the_upgraded_count_and_no_list_of_upgrades() {
    let mut world = World::new(base());
    world.store.upgrades = vector(&base());
    world.now = at("2029-02-01T00:00:00Z");
    let device = licensed(&mut world, "a");
    assert_eq!(device.held().model, Model::Concurrent(18));
    let text = format!("{:?}", device.held());
    assert!(!text.contains("u1") && !text.contains("pgrade"), "{text}");
}

#[test]
fn lmx_14_when_an_upgrade_has_ended_the_next_file_has_the_lower_count() {
    let mut world = World::new(base());
    world.store.upgrades = vector(&base());
    world.now = at("2029-06-30T23:59:59Z");
    let device = licensed(&mut world, "a");
    let file = world.sign(device.held());
    let done = world.send(&file).unwrap();
    assert_eq!(done.name(), "current");
    world.now = at("2029-07-01T00:00:00Z");
    let done = world.send(&file).unwrap();
    assert_eq!(done.name(), "refreshed");
    assert_eq!(done.issued().model, Model::Concurrent(13));
    assert!(matches!(done.accepted.answer, Answer::Issue(_)));
}

#[test]
fn lmx_02_seats_of_a_node_locked_license_grow_and_shrink_with_its_upgrades() {
    let mut license = base();
    (license.model, license.seats.total) = (Model::NodeLocked, 1);
    let mut world = World::new(license.clone());
    add(&mut world.store.upgrades, &asked("u", 1, "2029-01-01…2029-06-30"), &license).unwrap();
    world.now = at("2029-06-30T23:59:59Z");
    let first = licensed(&mut world, "a");
    licensed(&mut world, "b");
    let said = |world: &mut World, name: &str| {
        let request = Device::new(world, name).request(world.now);
        world.send(&request).map(|done| done.said().seat.total)
    };
    match said(&mut world, "c").unwrap_err().rules().kind {
        RefusalKind::NoSeat { total, .. } => assert_eq!(total, 2),
        other => panic!("{other:?}"),
    }
    // After it, both go on; a third waits until both seats are free but one.
    world.now = at("2029-07-01T00:00:00Z");
    let file = world.sign(first.held());
    assert_eq!(world.send(&file).unwrap().name(), "current", "nothing in the file has changed");
    match said(&mut world, "c").unwrap_err().rules().kind {
        RefusalKind::NoSeat { total, .. } => assert_eq!(total, 1),
        other => panic!("{other:?}"),
    }
}
