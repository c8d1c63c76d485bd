//! What the holder's rules do to an activation.

use handcarry_rules::RefusalKind;
use handcarry_rules::holder::{JUSTIFICATION_VARIABLE, Ordered, TransferPeriod};

use crate::world::{Device, World, entitlement, id, licensed};

#[test]
fn ice_02_an_extension_activates_on_top_of_its_order_only_and_names_what_is_missing() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.previous_order = Some("PO-1".into()));
    let request = Device::new(&world, "a").request(world.now);
    let refused = world.send(&request).unwrap_err().rules();
    assert_eq!(refused.kind, RefusalKind::OrderMissing { order: "PO-1".into() });
    assert_eq!((refused.kind.code(), world.seats_used()), ("order.missing", 0));
    let base = Ordered {
        order: Some("PO-1".into()),
        product: id("cad"),
        customer_id: None,
        customer: None,
        in_pool: true,
        refused: false,
    };
    world.store.holding.orders = vec![Ordered { refused: true, ..base.clone() }];
    assert_eq!(world.send(&request).unwrap_err().code(), "order.missing");
    world.store.holding.orders = vec![base];
    // The same file, once the order is there.
    assert_eq!(world.send(&request).unwrap().name(), "activated");
}

#[test]
fn ice_02_a_device_that_runs_on_an_extension_can_give_it_back_whatever_became_of_the_order() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    world.changed(|license| license.previous_order = Some("PO-1".into()));
    a.use_up(world.now, 3);
    let report = a.report(world.now);
    assert_eq!(world.send(&report).unwrap().name(), "booked");
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
}

/// One seat that moves from device to device: each transfer after the first takes it from the one before.
fn moved(world: &mut World, name: &str, justification: Option<&str>) -> Result<Device, &'static str> {
    let mut device = Device::new(world, name);
    if let Some(said) = justification {
        device.variables.insert(JUSTIFICATION_VARIABLE.into(), said.into());
    }
    let request = device.request(world.now);
    let done = world.send(&request).map_err(|refused| refused.code())?;
    device.load(&done);
    Ok(device)
}

#[test]
fn ice_25_a_transfer_beyond_the_limit_needs_a_justification_until_the_period_is_over() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.total = 1);
    world.store.holding.period = Some(TransferPeriod { most: 2, days: 30 });
    let mut device = licensed(&mut world, "d0");
    let give_back = |world: &mut World, device: &mut Device| {
        world.pass(86_400);
        let gone = device.deactivate(world.now);
        world.send(&gone).unwrap();
    };
    for n in 1..=2 {
        give_back(&mut world, &mut device);
        device = moved(&mut world, &format!("d{n}"), None).unwrap();
    }
    give_back(&mut world, &mut device);
    assert_eq!(moved(&mut world, "d3", None).err(), Some("transfer.justification"));
    assert_eq!(moved(&mut world, "d3", Some(" ")).err(), Some("transfer.justification"));
    // Back on the device that had it last is no transfer.
    let back = device.request(world.now);
    let done = world.send(&back).unwrap();
    assert!(!done.accepted.transfer);
    device.load(&done);
    give_back(&mut world, &mut device);
    device = moved(&mut world, "d3", Some("WS-17 burned down")).unwrap();
    assert_eq!(world.store.holding.moved.len(), 3, "it counts like any other");
    give_back(&mut world, &mut device);
    assert_eq!(moved(&mut world, "d4", None).err(), Some("transfer.justification"));
    world.pass(30 * 86_400);
    moved(&mut world, "d4", None).unwrap();
}

#[test]
fn ice_25_a_justification_does_not_lift_the_licenses_own_limit() {
    let mut world = World::new(entitlement());
    world.changed(|license| (license.seats.total, license.seats.transfer_limit) = (1, Some(0)));
    let gone = licensed(&mut world, "a").deactivate(world.now);
    world.send(&gone).unwrap();
    assert_eq!(moved(&mut world, "b", Some("a burned down")).err(), Some("transfer.limit"));
}
