//! Whose license it is, and how it may be licensed.

use handcarry_rules::{ClaimedBy, Pooling};

use crate::world::{Device, World, entitlement, id, licensed};

#[test]
fn lsp_04_a_subscription_is_refused_here_and_its_return_is_not() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    world.changed(|license| license.subscription = true);
    let request = Device::new(&world, "b").request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "license.subscription");
    assert_eq!(world.seats_used(), 1);
    let file = world.sign(a.held());
    assert_eq!(world.send(&file).unwrap_err().code(), "license.subscription");
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
}

#[test]
fn lsp_03_a_users_license_is_claimed_by_that_user_alone() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.claim = ClaimedBy::User(id("ada")));
    let request = Device::new(&world, "a").request(world.now);
    for user in [None, Some(id("bob"))] {
        world.user = user;
        assert_eq!(world.send(&request).unwrap_err().code(), "claim.sign_in");
    }
    world.user = Some(id("ada"));
    assert_eq!(world.send(&request).unwrap().name(), "activated");
    assert_eq!(world.seats_used(), 1);
}

#[test]
fn lsp_24_a_seat_that_no_device_ever_had_is_no_transfer_however_many_there_are() {
    let mut world = World::new(entitlement());
    world.changed(|license| {
        license.seats.total = 300;
        license.seats.transfer_limit = Some(0);
    });
    for number in 0..120 {
        licensed(&mut world, &format!("d{number}"));
    }
    let gone = licensed(&mut world, "gone").deactivate(world.now);
    world.send(&gone).unwrap();
    let request = Device::new(&world, "another").request(world.now);
    assert!(!world.send(&request).unwrap().accepted.transfer);
    assert_eq!(world.store.activations.len(), 122);
}

#[test]
fn lmx_02_the_two_ways_of_pooling_have_names_that_lead_back() {
    for (pooling, name) in [(Pooling::Exclusive, "exclusive"), (Pooling::Additive, "additive")] {
        assert_eq!((pooling.name(), Pooling::from_name(name)), (name, Some(pooling)));
    }
    assert_eq!(Pooling::from_name("shared"), None);
}
