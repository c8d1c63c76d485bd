use handcarry_format::Model;
use handcarry_rules::{RefusalKind, SeatFree, StaffAction};
use rstest::rstest;

use crate::world::{Ask, Device, World, entitlement, licensed};

/// One seat, taken back from its device under a policy.
fn released(policy: SeatFree, action: StaffAction) -> World {
    let mut world = World::new(entitlement());
    world.rules.seat_free = policy;
    world.changed(|license| (license.model, license.seats.total) = (Model::Concurrent(3), 1));
    let a = licensed(&mut world, "a");
    let done = world.retire(&a.held().activation_id.clone(), &Ask::to(action));
    assert_eq!(done.freed, world.seats_used() == 0);
    world
}

#[rstest]
#[case::at_once(SeatFree::AtOnce, Some(0))]
#[case::after_no_days(SeatFree::AfterDays(0), Some(0))]
#[case::after_a_day(SeatFree::AfterDays(1), Some(86_400))]
#[case::after_a_month(SeatFree::AfterDays(30), Some(30 * 86_400))]
#[case::when_proven(SeatFree::WhenProven, None)]
fn d_26_the_tenants_policy_says_when_a_seat_is_free_that_is_not_yet_proven(
    #[case] policy: SeatFree,
    #[case] free_after: Option<i64>,
    #[values(StaffAction::Retire, StaffAction::Rehost)] action: StaffAction,
) {
    let mut world = released(policy, action);
    let request = |world: &World| Device::new(world, "b").request(world.now);
    match free_after {
        Some(0) => {}
        Some(seconds) => {
            let free = world.now.plus_seconds(seconds);
            world.pass(seconds - 1);
            let file = request(&world);
            let refusal = world.send(&file).unwrap_err().rules();
            let RefusalKind::NoSeat { free_from, holders, .. } = refusal.kind else { panic!("{refusal:?}") };
            assert_eq!((free_from, holders.len()), (Some(free), 0), "the refusal says when");
            world.pass(1);
        }
        None => {
            world.pass(10 * 365 * 86_400);
            let file = request(&world);
            let refusal = world.send(&file).unwrap_err().rules();
            let RefusalKind::NoSeat { free_from, .. } = refusal.kind else { panic!("{refusal:?}") };
            assert_eq!(free_from, None, "nobody knows");
            return;
        }
    }
    let file = request(&world);
    let done = world.send(&file).unwrap();
    assert_eq!((done.name(), done.said().seat.used), ("activated", 1));
}

#[test]
fn d_26_a_proven_return_needs_no_policy() {
    let mut world = World::new(entitlement());
    world.rules.seat_free = SeatFree::WhenProven;
    world.changed(|license| license.model = Model::Concurrent(3));
    let mut a = licensed(&mut world, "a");
    let activation = a.held().activation_id.clone();
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    world.retire(&activation, &Ask::to(StaffAction::Retire));
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn d_26_the_seat_of_a_late_answer_counts_what_is_released() {
    let mut world = released(SeatFree::AfterDays(10), StaffAction::Rehost);
    world.changed(|license| license.seats.total = 2);
    let request = Device::new(&world, "b").request(world.now);
    assert_eq!(world.send(&request).unwrap().said().seat.used, 2);
    world.pass(10 * 86_400);
    assert_eq!(world.seats_used(), 1);
}
