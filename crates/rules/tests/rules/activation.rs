use handcarry_format::{Block, Model, Outcome, SeatState};
use handcarry_rules::{PoolStatus, RefusalKind, clock_note};
use rstest::rstest;

use crate::world::{Device, World, at, day, entitlement, licensed};

#[test]
fn lsp_07_a_request_becomes_a_license_for_that_device() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "WS-17");
    let request = device.request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!(done.name(), "activated");
    let license = done.issued();
    assert_eq!((license.generation, license.supersedes), (1, None));
    assert_eq!(license.activation_id, world.store.activations[0].id);
    assert_eq!(license.request, world.store.activations[0].request);
    assert_eq!(done.said().outcome, Outcome::Activated);
    assert_eq!((done.said().seat.used, done.said().seat.state), (1, SeatState::Taken));
    device.load(&done);
    assert_eq!(device.held().device.name, "WS-17");
}

#[test]
fn lsp_01_the_whole_circle_runs_on_carried_files_alone() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    for generation in 2..5 {
        device.use_up(world.now, 5);
        let report = device.report(world.now);
        let done = world.send(&report).unwrap();
        device.load(&done);
        assert_eq!(device.held().generation, generation);
        world.pass(30 * 86_400);
    }
    device.use_up(world.now, 1);
    let gone = device.deactivate(world.now);
    world.send(&gone).unwrap();
    assert_eq!((world.total("renders"), world.seats_used(), world.cases().len()), (16, 0, 0));
}

#[test]
fn lsp_18_d_35_the_license_names_the_key_that_signed_the_request() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a");
    let b = licensed(&mut world, "b");
    assert!(a.held().device.key != b.held().device.key);
    assert_ne!(a.held().activation_id, b.held().activation_id);
}

#[rstest]
#[case::default(None, true, true)]
#[case::policy_off(None, false, false)]
#[case::license_on_over_policy_off(Some(true), false, true)]
#[case::license_off_over_policy_on(Some(false), true, false)]
fn lsp_15_lsp_17_offline_activation_follows_the_license_then_the_policy(
    #[case] license: Option<bool>,
    #[case] policy: bool,
    #[case] allowed: bool,
) {
    let mut world = World::new(entitlement());
    world.changed(|license_| {
        license_.policy.allow_offline = policy;
        license_.allow_offline = license;
    });
    let request = Device::new(&world, "a").request(world.now);
    match world.send(&request) {
        Ok(_) => assert!(allowed),
        Err(refused) => assert_eq!((refused.code(), allowed), ("license.offline_not_allowed", false)),
    }
    assert_eq!(world.seats_used(), u32::from(allowed));
}

#[test]
fn lsp_16_earlier_activations_refresh_report_and_return_when_offline_is_switched_off() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    world.changed(|license| license.allow_offline = Some(false));
    device.use_up(world.now, 3);
    let report = device.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!(done.name(), "booked");
    assert_eq!(done.issued().generation, 2);
    device.load(&done);
    let gone = device.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
}

#[test]
fn lsp_24_d_40_without_a_seat_nothing_is_used_up_and_the_holders_are_named() {
    let mut world = World::new(entitlement());
    let (_a, _b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    let before = world.store.activations.clone();
    let request = Device::new(&world, "c").request(world.now);
    let refusal = world.send(&request).unwrap_err().rules();
    let RefusalKind::NoSeat { total, holders, free_from: None } = refusal.kind else { panic!("{refusal:?}") };
    let mut names: Vec<_> = holders.into_iter().map(|holder| holder.device).collect();
    names.sort();
    assert_eq!((total, names), (2, vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!((world.store.activations.clone(), refusal.cases.len()), (before, 0));
}

#[test]
fn d_40_a_refusal_names_at_most_twenty_holders() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.total = 25);
    for n in 0..25 {
        licensed(&mut world, &format!("ws-{n}"));
    }
    let request = Device::new(&world, "one more").request(world.now);
    let RefusalKind::NoSeat { total, holders, .. } = world.send(&request).unwrap_err().rules().kind else {
        panic!()
    };
    assert_eq!((total, holders.len()), (25, 20));
}

#[test]
fn lsp_24_fewer_seats_than_are_taken_harm_no_one_who_holds_one() {
    let mut world = World::new(entitlement());
    let (mut a, _b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    world.changed(|license| license.seats.total = 1);
    let again = a.request(world.now);
    assert_eq!(world.send(&again).unwrap().name(), "repaired");
    let request = Device::new(&world, "c").request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "seat.none");
}

#[test]
fn d_12_the_same_request_gets_the_same_answer_and_no_second_seat() {
    let mut world = World::new(entitlement());
    let request = Device::new(&world, "a").request(world.now);
    let first = world.send(&request).unwrap();
    world.pass(90_000);
    assert_eq!(world.send(&request).unwrap(), first);
    assert_eq!(world.seats_used(), 1);
}

#[test]
fn d_12_a_new_request_of_a_device_whose_answer_was_lost_takes_no_seat_and_counts_no_repair() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "a");
    for n in 1..=9 {
        let request = device.request(world.now);
        let done = world.send(&request).unwrap();
        assert_eq!((done.issued().generation, world.seats_used()), (n, 1));
        world.pass(60);
    }
    assert_eq!(world.store.activations[0].repairs, vec![]);
}

#[test]
fn d_34_d_15_the_newest_of_several_open_requests_wins_and_is_offered() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "a");
    let older = device.request(world.now);
    world.pass(60);
    let newer = device.request(world.now);
    let done = world.send(&newer).unwrap();
    let before = world.store.activations.clone();
    let refusal = world.send(&older).unwrap_err().rules();
    assert_eq!(refusal.kind, RefusalKind::OutdatedRequest { newer: world.now });
    assert_eq!(refusal.offer, before[0].newest);
    assert_eq!(world.store.activations, before);
    // The other way round both are answered, in the order of their making.
    let third = device.request(world.now);
    assert_eq!(world.send(&third).unwrap().issued().generation, done.issued().generation + 1);
}

#[test]
fn d_15_a_request_from_before_the_newest_does_not_take_a_returned_seat_again() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "a");
    let old = device.request(world.now);
    world.pass(60);
    let request = device.request(world.now);
    let done = world.send(&request).unwrap();
    device.load(&done);
    let gone = device.deactivate(world.now);
    world.send(&gone).unwrap();
    let refusal = world.send(&old).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.offer), ("request.outdated", None));
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn d_08_a_clock_that_was_years_ahead_does_not_lock_a_device_out() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "a");
    let ahead = device.request(at("2036-01-01T00:00:00Z"));
    assert_eq!(world.send(&ahead).unwrap().notes(), ["clock.implausible"]);
    world.pass(86_400);
    let right = device.request(world.now);
    assert_eq!(world.send(&right).unwrap().name(), "repaired");
}

#[rstest]
#[case(0, None)]
#[case(86_400, None)]
#[case(86_401, Some("clock.away"))]
#[case(604_800, Some("clock.away"))]
#[case(604_801, Some("clock.implausible"))]
fn d_08_the_clock_informs_and_never_decides(#[case] seconds: i64, #[case] note: Option<&str>) {
    for sign in [1, -1] {
        let mut world = World::new(entitlement());
        let made = world.now.plus_seconds(sign * seconds);
        assert_eq!(clock_note(made, world.now).map(|note| note.code()), note);
        let mut device = Device::new(&world, "a");
        let request = device.request(made);
        let done = world.send(&request).unwrap();
        assert_eq!((done.name(), done.notes()), ("activated", note.into_iter().collect()));
        assert_eq!(done.issued().term.not_before, world.now.plus_seconds(-48 * 3600));
        device.load(&done);
        let report = device.report(made);
        assert_eq!(world.send(&report).unwrap().notes(), note.into_iter().collect::<Vec<_>>());
        let gone = device.deactivate(made);
        assert_eq!(world.send(&gone).unwrap().notes(), note.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_request_for_another_product_is_refused_by_name() {
    let mut world = World::new(entitlement());
    let request = Device::new(&world, "a").request(world.now);
    world.changed(|license| license.product.id = crate::world::id("viewer"));
    let refusal = world.send(&request).unwrap_err().rules();
    assert_eq!(refusal.kind, RefusalKind::OtherProduct { licensed: "Acme CAD Pro".to_owned() });
}

#[test]
fn a_blocked_device_gets_no_file_but_its_usage_and_its_return_are_taken() {
    let mut world = World::new(entitlement());
    let mut device = licensed(&mut world, "a");
    let (license, since) = (world.sign(device.held()), world.now);
    let blocked = vec![Block { device: device.held().device.key.id(), since }];
    world.changed(|license| license.blocked = blocked);
    world.pass(60);
    let request = device.request(world.now);
    assert_eq!(world.send(&request).unwrap_err().rules().kind, RefusalKind::Blocked { since });
    assert_eq!(world.send(&license).unwrap_err().rules().kind, RefusalKind::Blocked { since });
    device.use_up(world.now, 4);
    let report = device.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.license.clone(), world.total("renders")), ("booked", None, 4));
    let gone = device.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
}

#[rstest]
#[case::switched_off(PoolStatus::Inactive, None, Some("license.inactive"))]
#[case::ended(PoolStatus::Active, Some("2026-03-01"), Some("license.expired"))]
#[case::last_day(PoolStatus::Active, Some("2026-03-02"), None)]
fn a_license_that_is_off_or_ended_takes_no_new_device(
    #[case] status: PoolStatus,
    #[case] end: Option<&str>,
    #[case] code: Option<&str>,
) {
    let mut world = World::new(entitlement());
    world.changed(|license| {
        license.status = status;
        license.end = end.map(day);
        license.model = Model::Concurrent(5);
    });
    let request = Device::new(&world, "a").request(world.now);
    assert_eq!(world.send(&request).err().map(|refused| refused.code()), code);
}

#[test]
fn d_34_two_requests_of_one_second_are_both_answered() {
    let mut world = World::new(entitlement());
    let mut device = Device::new(&world, "a");
    let (one, two) = (device.request(world.now), device.request(world.now));
    let first = world.send(&one).unwrap();
    let second = world.send(&two).unwrap();
    assert_eq!((first.name(), second.name(), world.seats_used()), ("activated", "repaired", 1));
}

#[test]
fn hex_03_an_activation_that_is_taken_again_begins_anew_but_for_its_id() {
    let mut world = World::new(entitlement());
    let a = licensed(&mut world, "a");
    let id = a.held().activation_id.clone();
    let repaired = a.reinstalled(&world).request(world.now);
    world.send(&repaired).unwrap();
    assert_eq!(world.activation(id.as_str()).repairs.len(), 1);
    let mut again = a.reinstalled(&world);
    let request = again.request(world.now);
    let done = world.send(&request).unwrap();
    again.load(&done);
    world.pass(3_600);
    let gone = again.deactivate(world.now);
    world.send(&gone).unwrap();
    world.pass(3_600);
    let request = Device::new(&world, "b").request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!(done.issued().activation_id, id);
    let taken = world.activation(id.as_str());
    assert_eq!(
        (taken.activated_at, taken.repairs.len()),
        (world.now, 0),
        "another device has all its repairs"
    );
}
