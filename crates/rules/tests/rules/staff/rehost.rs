use handcarry_format::Model;
use handcarry_rules::{
    Actor, ReasonCode, Retired, StaffAction, StaffDecision, StaffRefusal, StaffWarning, WaitsFor,
};
use rstest::rstest;

use crate::world::{Ask, World, entitlement, id, licensed, supporter};

const REHOST: StaffAction = StaffAction::Rehost;

#[rstest]
#[case::node_locked(Model::NodeLocked)]
#[case::concurrent(Model::Concurrent(3))]
fn hex_rehost_closes_the_activation_of_either_kind_blocks_the_device_and_frees_the_seat(
    #[case] model: Model,
) {
    let mut world = World::new(entitlement());
    world.changed(|license| (license.model, license.seats.total) = (model, 1));
    let mut a = licensed(&mut world, "a");
    let revision = world.store.entitlement.revision;
    let done = world.retire(&id("activation-1"), &Ask::to(REHOST));
    assert_eq!(done.activation.retirement().unwrap().how, Retired::Rehosted);
    assert_eq!(done.warnings, [StaffWarning::OrphanOnDevice]);
    assert!(done.freed && done.activation.orphan_on_device());
    assert_eq!(world.store.entitlement.revision, revision + 1);
    let blocked = world.store.entitlement.blocked.clone();
    assert_eq!((blocked.len(), blocked[0].since), (1, world.now));
    assert_eq!(blocked[0].device, a.held().device.key.id());
    // The replacement works; the device does not, with any file.
    let b = licensed(&mut world, "b");
    assert_ne!(b.held().activation_id, id("activation-1"));
    assert_eq!(b.held().blocked, blocked, "later files carry the list");
    a.use_up(world.now, 1);
    let (report, shown) = (a.report(world.now), world.sign(a.held()));
    assert_eq!(world.send(&report).unwrap_err().code(), "activation.retired");
    assert_eq!(world.send(&shown).unwrap_err().code(), "activation.retired");
    let request = a.request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "device.blocked");
}

#[test]
fn hex_rehost_block_list_reaches_devices_that_were_licensed_before() {
    let mut world = World::new(entitlement());
    let (a, b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    world.retire(&a.held().activation_id.clone(), &Ask::to(REHOST));
    let shown = world.sign(b.held());
    let done = world.send(&shown).unwrap();
    assert_eq!((done.name(), done.issued().blocked.len()), ("refreshed", 1));
}

#[rstest]
#[case::no_reason(None, StaffRefusal::ReasonRequired { action: REHOST })]
#[case::wrong_reason(Some(ReasonCode::ChangeSeats),
    StaffRefusal::ReasonUnfit { action: REHOST, reason: ReasonCode::ChangeSeats })]
fn hex_rehost_needs_a_reason(#[case] reason: Option<ReasonCode>, #[case] refused: StaffRefusal) {
    let mut world = World::new(entitlement());
    licensed(&mut world, "a");
    let ask = Ask { reason, ..Ask::to(REHOST) };
    assert_eq!(world.staff(&id("activation-1"), &ask).unwrap_err(), refused);
    assert_eq!(world.seats_used(), 1);
}

#[rstest]
#[case::first_person(false, true)]
#[case::second_person(true, false)]
fn hex_rehost_needs_the_support_role(#[case] first: bool, #[case] second: bool) {
    let mut world = World::new(entitlement());
    licensed(&mut world, "a");
    let person = |name: &str, support| Actor { name: name.to_owned(), support };
    let ask = Ask { by: person("mara", first), second: Some(person("jon", second)), ..Ask::to(REHOST) };
    let name = if first { "jon" } else { "mara" }.to_owned();
    assert_eq!(world.staff(&id("activation-1"), &ask).unwrap_err(), StaffRefusal::NotSupport { name });
}

#[test]
fn hex_rehost_of_what_the_device_gave_back_is_refused() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let refusal = world.staff(&id("activation-1"), &Ask::to(REHOST)).unwrap_err();
    assert_eq!(refusal, StaffRefusal::NotHeld { at: world.now });
    let refusal = world.staff(&id("nobody"), &Ask::to(REHOST)).unwrap_err();
    assert_eq!(refusal.code(), "activation.unknown");
}

/// Re-hosts so many devices of a license with many seats, a day apart.
fn rehosted(world: &mut World, count: u32) {
    world.changed(|license| license.seats.total = 50);
    for n in 0..count {
        let device = licensed(world, &format!("old-{n}"));
        world.retire(&device.held().activation_id.clone(), &Ask::to(REHOST));
        world.pass(86_400);
    }
}

#[test]
fn hex_rehost_d_28_above_the_quota_waits_for_a_second_person_who_is_another_one() {
    let mut world = World::new(entitlement());
    world.rules.rehosts_per_year = 2;
    rehosted(&mut world, 2);
    let a = licensed(&mut world, "a").held().activation_id.clone();
    assert_eq!(world.waits(&a, &Ask::to(REHOST)), WaitsFor::SecondPerson { made: 2, limit: 2 });
    assert!(world.activation(a.as_str()).is_taken(), "nothing changes before");
    let refusal = world.staff(&a, &Ask::to(REHOST).with("mara")).unwrap_err();
    assert_eq!(refusal, StaffRefusal::SamePerson);
    assert!(world.retire(&a, &Ask::to(REHOST).with("jon")).freed);
}

#[test]
fn hex_rehost_quota_is_of_any_365_days() {
    let mut world = World::new(entitlement());
    world.rules.rehosts_per_year = 2;
    rehosted(&mut world, 2);
    let a = licensed(&mut world, "a").held().activation_id.clone();
    // The first one was two days ago: it counts for another 363 days.
    world.pass(363 * 86_400 - 1);
    assert_eq!(world.waits(&a, &Ask::to(REHOST)).code(), "approval.quota");
    world.pass(1);
    assert!(world.retire(&a, &Ask::to(REHOST)).freed);
}

#[test]
fn hex_rehost_r2_is_not_held_against_the_quota() {
    let mut world = World::new(entitlement());
    world.rules.rehosts_per_year = 1;
    world.changed(|license| license.model = Model::Concurrent(2));
    let (a, b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    world.retire(&a.held().activation_id.clone(), &Ask::to(StaffAction::Retire));
    assert_eq!(world.made(), 0);
    assert!(world.retire(&b.held().activation_id.clone(), &Ask::to(REHOST)).freed);
    assert_eq!(world.made(), 1);
    let c = licensed(&mut world, "c").held().activation_id.clone();
    assert!(matches!(world.staff(&c, &Ask::to(StaffAction::Retire)), Ok(StaffDecision::Done(_))));
}

#[test]
fn hex_rehost_full_block_list_refuses_and_says_the_limit() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a").held().activation_id.clone();
    world.changed(|license| {
        license.blocked = (0..handcarry_rules::MOST_BLOCKED)
            .map(|n| handcarry_format::Block {
                device: crate::world::key(&n.to_string()).public().id(),
                since: crate::world::at("2026-01-01T00:00:00Z"),
            })
            .collect();
    });
    let refusal = world.staff(&a, &Ask::to(REHOST)).unwrap_err();
    assert_eq!(refusal, StaffRefusal::BlockListFull { limit: 1_000 });
    assert_eq!(world.seats_used(), 1);
}

#[test]
fn hex_rehost_a_blocked_machine_that_is_installed_anew_is_a_new_device() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a");
    world.retire(&a.held().activation_id.clone(), &Ask { by: supporter("jon"), ..Ask::to(REHOST) });
    let mut anew = a.reinstalled(&world);
    let request = anew.request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!((done.name(), world.seats_used()), ("activated", 1));
    let request = a.clone().request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "device.blocked");
}
