use handcarry_format::Model;
use handcarry_rules::{ActivationState, ReasonCode, Retired, StaffAction, StaffRefusal, StaffWarning};
use rstest::rstest;

use crate::world::{Ask, Device, World, entitlement, id, licensed};

/// A license of two concurrent seats.
fn concurrent() -> World {
    let mut world = World::new(entitlement());
    world.changed(|license| license.model = Model::Concurrent(5));
    world
}

#[test]
fn hex_03_after_r1_the_same_id_stays_valid_and_is_activated_again_here_or_elsewhere() {
    let mut world = concurrent();
    let mut a = licensed(&mut world, "a");
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    assert!(!world.activation("activation-1").is_retired(), "it stays visible");
    world.pass(60);
    let request = a.request(world.now);
    let done = world.send(&request).unwrap();
    a.load(&done);
    assert_eq!(a.held().activation_id, id("activation-1"));
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    assert_eq!(licensed(&mut world, "b").held().activation_id, id("activation-1"));
}

#[rstest]
#[case::held(false)]
#[case::given_back(true)]
fn hex_04_r2_on_a_node_locked_license_is_refused_and_changes_nothing(#[case] returned: bool) {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    if returned {
        let gone = a.deactivate(world.now);
        world.send(&gone).unwrap();
    }
    let before = world.store.activations.clone();
    let refusal = world.staff(&id("activation-1"), &Ask::to(StaffAction::Retire)).unwrap_err();
    assert_eq!(refusal, StaffRefusal::NodeLocked);
    assert_eq!(world.store.activations, before);
}

#[test]
fn hex_05_r2_returns_a_concurrent_license_without_its_device() {
    let mut world = concurrent();
    licensed(&mut world, "a");
    let done = world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    assert!(done.freed && done.entitlement.is_none(), "the device is not blocked");
    let ActivationState::Retired(retirement) = done.activation.state else { panic!("{done:?}") };
    assert_eq!((retirement.how, retirement.at, retirement.proven), (Retired::Returned, world.now, None));
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn hex_06_r2_retires_the_id_and_a_new_one_can_be_made() {
    let mut world = concurrent();
    world.changed(|license| {
        license.seats.total = 1;
        license.seats.transfer_limit = Some(0);
    });
    let mut a = licensed(&mut world, "a");
    world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    let b = licensed(&mut world, "b");
    assert_ne!(b.held().activation_id, id("activation-1"));
    assert_eq!(b.held().generation, 1, "a chain of its own");
    assert_eq!(world.store.entitlement.seats.transfers, 0, "a new id is no transfer");
    world.changed(|license| license.seats.transfer_limit = None);
    // The device itself is no exception: its old id is never active again.
    let gone = b.clone().deactivate(world.now);
    world.send(&gone).unwrap();
    world.pass(60);
    let request = a.request(world.now);
    let done = world.send(&request).unwrap();
    assert_ne!(done.issued().activation_id, id("activation-1"));
    assert!(world.activation("activation-1").is_retired());
}

#[test]
fn hex_06_a_retired_id_is_not_among_the_devices_that_a_refusal_names() {
    let mut world = concurrent();
    licensed(&mut world, "a");
    world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    licensed(&mut world, "b");
    licensed(&mut world, "c");
    let request = Device::new(&world, "d").request(world.now);
    let refusal = world.send(&request).unwrap_err().rules();
    let handcarry_rules::RefusalKind::NoSeat { holders, .. } = refusal.kind else { panic!("{refusal:?}") };
    let names: Vec<&str> = holders.iter().map(|holder| holder.device.as_str()).collect();
    assert_eq!(names, ["c", "b"]);
}

#[test]
fn hex_07_r2_leaves_an_orphan_and_says_so() {
    let mut world = concurrent();
    licensed(&mut world, "a");
    let done = world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    assert!(done.warnings.contains(&StaffWarning::OrphanOnDevice));
    assert!(world.activation("activation-1").orphan_on_device());
}

#[rstest]
#[case(ReasonCode::ChangeSeats, true)]
#[case(ReasonCode::OutOfReach, true)]
#[case(ReasonCode::R1Failed, true)]
#[case(ReasonCode::Broken, false)]
#[case(ReasonCode::Lost, false)]
#[case(ReasonCode::Stolen, false)]
fn hex_08_09_r2_is_for_changing_seats_or_a_device_out_of_reach_or_a_failed_r1(
    #[case] reason: ReasonCode,
    #[case] fits: bool,
) {
    let mut world = concurrent();
    licensed(&mut world, "a");
    let ask = Ask { reason: Some(reason), ..Ask::to(StaffAction::Retire) };
    let result = world.staff(&id("activation-1"), &ask);
    assert_eq!(result.is_ok(), fits);
    if !fits {
        let action = StaffAction::Retire;
        assert_eq!(result.unwrap_err(), StaffRefusal::ReasonUnfit { action, reason });
    }
    assert_eq!(world.activation("activation-1").is_retired(), fits);
}

#[rstest]
#[case::seen_without_reason(true, None, true)]
#[case::seen_with_reason(true, Some(ReasonCode::ChangeSeats), true)]
#[case::not_seen_without_reason(false, None, false)]
#[case::not_seen_with_reason(false, Some(ReasonCode::R1Failed), true)]
fn hex_10_r2_without_a_seen_r1_warns_and_needs_a_reason(
    #[case] seen: bool,
    #[case] reason: Option<ReasonCode>,
    #[case] done: bool,
) {
    let mut world = concurrent();
    let mut a = licensed(&mut world, "a");
    let returned_at = world.now;
    if seen {
        let gone = a.deactivate(world.now);
        world.send(&gone).unwrap();
        world.pass(3_600);
    }
    let ask = Ask { reason, ..Ask::to(StaffAction::Retire) };
    if !done {
        let action = StaffAction::Retire;
        let refusal = world.staff(&id("activation-1"), &ask).unwrap_err();
        assert_eq!(refusal, StaffRefusal::ReasonRequired { action });
        assert_eq!(world.seats_used(), 1);
        return;
    }
    let done = world.retire(&id("activation-1"), &ask);
    assert_eq!(done.warnings.contains(&StaffWarning::ReturnNotSeen), !seen);
    assert_eq!(done.activation.orphan_on_device(), !seen, "what was seen to be destroyed is no orphan");
    assert_eq!((done.freed, world.seats_used()), (!seen, 0));
    assert_eq!(done.activation.retirement().unwrap().proven, seen.then_some(returned_at));
}

#[test]
fn hex_06_what_is_retired_is_not_retired_again() {
    let mut world = concurrent();
    licensed(&mut world, "a");
    let at = world.now;
    world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    world.pass(60);
    for action in [StaffAction::Retire, StaffAction::Rehost, StaffAction::DeclareLost] {
        let refusal = world.staff(&id("activation-1"), &Ask::to(action)).unwrap_err();
        assert_eq!(refusal, StaffRefusal::AlreadyRetired { at });
    }
}

#[test]
fn hex_07_a_file_from_an_orphan_is_refused_and_is_work_for_the_desk_and_no_clone() {
    let mut world = concurrent();
    let mut a = licensed(&mut world, "a");
    world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    a.use_up(world.now, 3);
    let report = a.report(world.now);
    let refusal = world.send(&report).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.cases[0].kind.name()), ("activation.retired", "orphan"));
    assert!(!world.activation("activation-1").clone_suspected);
    let shown = world.sign(a.held());
    let refusal = world.send(&shown).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.cases.len()), ("activation.retired", 0), "no sign of life");
    assert_eq!(world.total("renders"), 0);
}

#[test]
fn hex_07_a_report_that_was_overtaken_before_r2_is_merely_late() {
    let mut world = concurrent();
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 3);
    let late = a.report(world.now);
    let report = a.report(world.now);
    world.send(&report).unwrap();
    world.retire(&id("activation-1"), &Ask::to(StaffAction::Retire));
    let done = world.send(&late).unwrap();
    assert_eq!((done.name(), done.cases(), done.license.clone()), ("outdated", vec![], None));
}
