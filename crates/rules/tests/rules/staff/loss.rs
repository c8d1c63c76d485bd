use handcarry_rules::{ReasonCode, Retired, StaffAction, StaffRefusal, WaitsFor};
use rstest::rstest;

use crate::world::{Ask, World, entitlement, id, licensed};

const LOSS: StaffAction = StaffAction::DeclareLost;

#[rstest]
#[case(ReasonCode::Lost, true)]
#[case(ReasonCode::Stolen, true)]
#[case(ReasonCode::Broken, true)]
#[case(ReasonCode::ChangeSeats, false)]
#[case(ReasonCode::OutOfReach, false)]
#[case(ReasonCode::R1Failed, false)]
fn d_11_a_loss_is_declared_with_a_reason(#[case] reason: ReasonCode, #[case] fits: bool) {
    let mut world = World::new(entitlement());
    licensed(&mut world, "a");
    let none = Ask { reason: None, ..Ask::to(LOSS) };
    assert_eq!(world.staff(&id("activation-1"), &none).unwrap_err().code(), "reason.required");
    let ask = Ask { reason: Some(reason), ..Ask::to(LOSS) };
    assert_eq!(world.staff(&id("activation-1"), &ask).is_ok(), fits);
}

#[test]
fn d_11_a_loss_waits_its_days_to_the_second_and_then_takes_effect_without_a_second_person() {
    let mut world = World::new(entitlement());
    world.rules.loss_wait_days = 14;
    let a = licensed(&mut world, "a").held().activation_id.clone();
    let until = world.now.plus_days(14);
    assert_eq!(world.waits(&a, &Ask::to(LOSS)), WaitsFor::Time { until });
    assert!(world.store.entitlement.blocked.is_empty() && world.seats_used() == 1);
    let waited = Ask { asked: Some(world.asked(&a)), ..Ask::to(LOSS) };
    world.pass(14 * 86_400 - 1);
    assert_eq!(world.waits(&a, &waited), WaitsFor::Time { until });
    world.pass(1);
    let done = world.retire(&a, &waited);
    assert_eq!(done.activation.retirement().unwrap().how, Retired::Lost);
    assert_eq!((world.store.entitlement.blocked.len(), world.seats_used(), world.made()), (1, 0, 1));
}

#[test]
fn d_11_a_second_person_ends_the_waiting_at_once() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a").held().activation_id.clone();
    assert_eq!(world.staff(&a, &Ask::to(LOSS).with("mara")).unwrap_err(), StaffRefusal::SamePerson);
    assert!(world.retire(&a, &Ask::to(LOSS).with("jon")).freed);
}

#[test]
fn d_11_a_device_that_is_heard_from_in_the_meantime_is_not_lost_by_the_passing_of_time() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let activation = a.held().activation_id.clone();
    let waited = Ask { asked: Some(world.asked(&activation)), ..Ask::to(LOSS) };
    world.pass(86_400);
    a.use_up(world.now, 1);
    let report = a.report(world.now);
    world.send(&report).unwrap();
    world.pass(30 * 86_400);
    assert_eq!(world.waits(&activation, &waited), WaitsFor::HeardFrom);
    assert!(world.retire(&activation, &waited.with("jon")).freed, "a person has looked");
}

#[test]
fn d_11_a_device_that_gives_its_license_back_in_the_meantime_is_not_lost_at_all() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let activation = a.held().activation_id.clone();
    let waited = Ask { asked: Some(world.asked(&activation)), ..Ask::to(LOSS) };
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let at = world.now;
    world.pass(30 * 86_400);
    assert_eq!(world.staff(&activation, &waited).unwrap_err(), StaffRefusal::NotHeld { at });
}

#[test]
fn d_11_the_yearly_quota_is_one_for_losses_and_re_hosts() {
    let mut world = World::new(entitlement());
    world.rules.rehosts_per_year = 1;
    let (a, b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    let b = b.held().activation_id.clone();
    let waited = Ask { asked: Some(world.asked(&b)), ..Ask::to(LOSS) };
    world.retire(&a.held().activation_id.clone(), &Ask::to(StaffAction::Rehost));
    world.pass(30 * 86_400);
    assert_eq!(world.waits(&b, &waited), WaitsFor::SecondPerson { made: 1, limit: 1 });
    assert!(world.retire(&b, &waited.with("jon")).freed);
}
