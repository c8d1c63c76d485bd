use handcarry_format::{Model, Outcome, SeatState};
use handcarry_rules::{Note, RefusalKind, SeatFree, StaffAction};
use rstest::rstest;

use crate::world::{Ask, World, entitlement, licensed};

/// A device that was taken back from, with usage it has not told.
fn taken_back(world: &mut World, action: StaffAction) -> crate::world::Device {
    world.changed(|license| license.model = Model::Concurrent(3));
    let mut a = licensed(world, "a");
    a.use_up(world.now, 7);
    let ask = Ask::to(action);
    world.retire(
        &a.held().activation_id.clone(),
        &if action == StaffAction::DeclareLost { ask.with("jon") } else { ask },
    );
    a
}

#[rstest]
#[case::r2(StaffAction::Retire, 0)]
#[case::rehost(StaffAction::Rehost, 1)]
#[case::lost(StaffAction::DeclareLost, 1)]
fn hex_late_proof_books_the_usage_clears_the_orphan_and_frees_no_second_seat(
    #[case] action: StaffAction,
    #[case] counted: u32,
) {
    let mut world = World::new(entitlement());
    let mut a = taken_back(&mut world, action);
    let freed_at = world.now;
    let (_b, _c) = (licensed(&mut world, "b"), licensed(&mut world, "c"));
    assert_eq!((world.made(), world.seats_used()), (counted, 2));
    world.pass(40 * 86_400);
    let report = a.report(world.now);
    assert_eq!(world.send(&report).unwrap_err().code(), "activation.retired");
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.said().outcome, done.cases()), ("returned", Outcome::Returned, vec![]));
    assert_eq!((done.added("renders"), world.total("renders")), (7, 7));
    assert_eq!((done.said().seat.state, done.said().seat.used), (SeatState::Free, 2));
    assert_eq!(done.accepted.notes, [Note::FreedBefore { at: freed_at }], "and says so");
    assert_eq!((world.made(), world.seats_used()), (0, 2), "the quota is given back");
    let retired = world.activation("activation-1");
    assert!(retired.is_retired() && !retired.orphan_on_device());
    assert_eq!(retired.retirement().unwrap().proven, Some(world.now));
    assert_eq!(world.send(&gone).unwrap(), done, "the same file, the same answer");
}

#[test]
fn hex_late_proof_gives_the_quota_back_to_one_person() {
    let mut world = World::new(entitlement());
    world.rules.rehosts_per_year = 1;
    let mut a = taken_back(&mut world, StaffAction::Rehost);
    let b = licensed(&mut world, "b").held().activation_id.clone();
    assert_eq!(world.waits(&b, &Ask::to(StaffAction::Rehost)).code(), "approval.quota");
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    assert!(world.retire(&b, &Ask::to(StaffAction::Rehost)).freed);
}

#[rstest]
#[case::when_proven(SeatFree::WhenProven)]
#[case::after_days(SeatFree::AfterDays(30))]
fn hex_late_proof_frees_the_seat_that_waited_for_it(#[case] policy: SeatFree) {
    let mut world = World::new(entitlement());
    world.rules.seat_free = policy;
    let mut a = taken_back(&mut world, StaffAction::Rehost);
    assert_eq!(world.seats_used(), 1);
    world.pass(86_400);
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.said().seat.used, world.seats_used()), (0, 0));
    assert_eq!(done.accepted.notes, [], "nothing had been free before");
}

#[test]
fn hex_late_proof_after_the_days_of_the_policy_says_since_when_the_seat_was_free() {
    let mut world = World::new(entitlement());
    world.rules.seat_free = SeatFree::AfterDays(30);
    let mut a = taken_back(&mut world, StaffAction::Rehost);
    let free_from = world.now.plus_days(30);
    world.pass(31 * 86_400);
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!(done.accepted.notes, [Note::FreedBefore { at: free_from }]);
    assert_eq!(done.said().seat.used, 0);
}

#[test]
fn hex_late_proof_is_given_once_and_what_lives_after_it_is_a_clone() {
    let mut world = World::new(entitlement());
    let mut a = taken_back(&mut world, StaffAction::Rehost);
    let mut clone = a.clone();
    clone.tag = "clone".to_owned();
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    clone.use_up(world.now, 2);
    for file in [clone.report(world.now), clone.deactivate(world.now)] {
        let refusal = world.send(&file).unwrap_err().rules();
        assert_eq!(refusal.kind, RefusalKind::AlreadyReturned { at: world.now });
        assert_eq!(refusal.cases[0].kind.name(), "zombie");
    }
    assert!(world.activation("activation-1").clone_suspected);
    assert_eq!((world.total("renders"), world.seats_used()), (7, 0));
}

#[test]
fn hex_late_proof_of_a_license_that_the_device_has_replaced_is_none() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let early = a.deactivate(world.now);
    world.pass(60);
    let request = a.request(world.now);
    let done = world.send(&request).unwrap();
    a.load(&done);
    world.retire(&a.held().activation_id.clone(), &Ask::to(StaffAction::Rehost));
    let done = world.send(&early).unwrap();
    assert_eq!((done.name(), done.added("renders")), ("booked", 4), "it has another one now");
    assert!(world.activation("activation-1").orphan_on_device());
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
    assert!(!world.activation("activation-1").orphan_on_device());
}

#[test]
fn hex_late_proof_is_the_last_devices_alone() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.total = 1);
    let mut a = licensed(&mut world, "a");
    let mut clone = a.clone();
    clone.tag = "clone".to_owned();
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let b = licensed(&mut world, "b");
    world.retire(&b.held().activation_id.clone(), &Ask::to(StaffAction::Rehost));
    clone.use_up(world.now, 1);
    let other = clone.deactivate(world.now);
    let refusal = world.send(&other).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.cases[0].kind.name()), ("activation.moved", "zombie"));
    assert!(world.activation("activation-1").orphan_on_device(), "b still owes its proof");
}
