use handcarry_rules::{StaffAction, StaffRefusal, unblock};

use crate::world::{Ask, World, entitlement, licensed};

#[test]
fn hex_rehost_a_device_that_was_found_is_unblocked_by_staff_and_works_again() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let key = a.held().device.key.id();
    world.retire(&a.held().activation_id.clone(), &Ask::to(StaffAction::Rehost));
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    world.pass(60);
    let request = a.request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "device.blocked", "a proof alone is no trust");
    let changed = unblock(&world.store.entitlement, key).unwrap();
    assert_eq!(changed.revision, world.store.entitlement.revision + 1);
    assert_eq!(unblock(&changed, key).unwrap_err(), StaffRefusal::NotBlocked);
    world.store.entitlement = changed;
    assert_eq!(world.send(&request).unwrap().name(), "activated");
}
