use handcarry_format::{LicenseStatus, Outcome, SeatState};
use handcarry_rules::{ActivationState, PoolStatus};
use rstest::rstest;

use crate::world::{Device, World, day, entitlement, id, licensed};

#[test]
fn lsp_11_the_seat_is_free_when_the_return_is_accepted() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.total = 1);
    let mut a = licensed(&mut world, "a");
    let gone = a.deactivate(world.now);
    let request = Device::new(&world, "b").request(world.now);
    assert_eq!(world.send(&request).unwrap_err().code(), "seat.none", "made is not accepted");
    world.pass(3_600);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.said().outcome), ("returned", Outcome::Returned));
    assert_eq!((done.said().seat.state, done.said().seat.used), (SeatState::Free, 0));
    assert_eq!(world.store.activations[0].state, ActivationState::Returned { at: world.now });
    assert_eq!(world.send(&request).unwrap().name(), "activated");
}

#[test]
fn hex_02_the_proof_itself_embeds_the_license_that_is_gone() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let held = a.held().digest();
    let gone = a.deactivate(world.now);
    assert!(a.license.is_none(), "destroyed before the file is there");
    let done = world.send(&gone).unwrap();
    assert_eq!((done.license.clone(), world.store.activations[0].newest), (None, Some(held)));
}

#[test]
fn lsp_02_lsp_13_the_usage_in_a_return_is_added_to_the_license() {
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 10);
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 7);
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.added("renders"), world.total("renders")), (7, 17));
    assert_eq!(done.said().usage.added, done.accepted.added);
}

#[test]
fn threat_replayed_deactivation_d_13_d_14_the_same_return_any_number_of_times_has_one_effect_and_one_answer()
{
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 10);
    let (mut a, _b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    a.use_up(world.now, 7);
    let gone = a.deactivate(world.now);
    let first = world.send(&gone).unwrap();
    for _ in 0..3 {
        world.pass(100_000);
        assert_eq!(world.send(&gone).unwrap(), first);
    }
    assert_eq!((world.total("renders"), world.seats_used()), (17, 1));
    assert!(world.cases().is_empty());
}

#[test]
fn d_14_the_same_document_id_with_other_bytes_is_altered_and_changes_nothing() {
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 10);
    let mut a = licensed(&mut world, "a");
    let mut doctored = a.clone();
    a.use_up(world.now, 7);
    doctored.use_up(world.now, 8);
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    let other = doctored.deactivate(world.now);
    assert_eq!(world.send(&other).unwrap_err().code(), "altered");
    assert_eq!(world.total("renders"), 17);
}

#[test]
fn lsp_11_a_device_that_was_never_activated_here_is_unknown() {
    let mut world = World::new(entitlement());
    let mut stranger = licensed(&mut World::new(entitlement()), "a");
    let gone = stranger.clone().deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap_err().code(), "activation.unknown");
    let report = stranger.report(world.now);
    assert_eq!(world.send(&report).unwrap_err().code(), "activation.unknown");
    assert!(world.cases().is_empty());
}

#[rstest]
#[case::ended(LicenseStatus::Expired)]
#[case::switched_off(LicenseStatus::Inactive)]
fn d_39_a_return_is_accepted_whatever_the_license_has_become(#[case] status: LicenseStatus) {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    world.changed(|license| match status {
        LicenseStatus::Expired => license.end = Some(day("2026-01-31")),
        _ => license.status = PoolStatus::Inactive,
    });
    a.use_up(world.now, 2);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.license.clone(), done.said().license_status), ("booked", None, status));
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.said().license_status), ("returned", status));
    assert_eq!((world.total("renders"), world.seats_used()), (2, 0));
}

#[test]
fn threat_doctored_consumption_d_38_a_counter_that_goes_down_frees_the_seat_and_holds_the_usage() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 10);
    let report = a.report(world.now);
    let done = world.send(&report).unwrap();
    a.load(&done);
    let mut usage = a.usage();
    usage.closing.insert(id("renders"), 6);
    let gone = a.deactivate_with(world.now, usage);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.cases(), done.said().usage.held), ("returned", vec!["usage"], true));
    let codes: Vec<_> = done.accepted.cases[0].findings.iter().map(|finding| finding.code()).collect();
    assert_eq!(codes, ["usage.falls"]);
    assert_eq!((world.total("renders"), world.seats_used()), (10, 0));
}

#[test]
fn d_15_a_report_from_before_the_return_that_comes_after_it_is_merely_late() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let late = a.report(world.now);
    a.use_up(world.now, 3);
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.cases(), world.total("renders")), (vec!["gap"], 7));
    let done = world.send(&late).unwrap();
    assert_eq!((done.name(), done.cases(), done.license.clone()), ("outdated", vec![], None));
    assert_eq!((done.said().seat.state, done.said().usage.totals[&id("renders")]), (SeatState::Free, 7));
    assert!(!world.store.activations[0].clone_suspected);
}

#[test]
fn d_15_a_report_from_before_the_return_is_late_even_when_the_seat_has_moved_on() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let late = a.report(world.now);
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    licensed(&mut world, "b");
    let refusal = world.send(&late).unwrap_err().rules();
    assert_eq!((refusal.kind.code(), refusal.cases.len()), ("activation.moved", 0));
    assert_eq!(world.total("renders"), 4, "the return had brought it");
}

#[test]
fn d_15_a_late_report_is_no_clone_even_where_the_return_was_held() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let late = a.report(world.now);
    let mut usage = a.usage();
    usage.closing.insert(id("renders"), 99);
    let gone = a.deactivate_with(world.now, usage);
    assert!(world.send(&gone).unwrap().said().usage.held);
    assert_eq!(world.send(&late).unwrap().name(), "outdated");
    assert!(!world.store.activations[0].clone_suspected);
    assert_eq!(world.total("renders"), 0, "both wait for the desk");
}

#[test]
fn lsp_28_numbers_of_a_held_return_are_not_given_out_again_to_the_next_device() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let _lost = a.report(world.now);
    let mut usage = a.usage();
    usage.closing.insert(id("renders"), 99);
    let gone = a.deactivate_with(world.now, usage);
    world.send(&gone).unwrap();
    let mut b = licensed(&mut world, "b");
    assert_eq!(b.held().activation_id, id("activation-1"));
    assert_eq!(b.usage().number, 3);
    b.use_up(world.now, 5);
    let report = b.report(world.now);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 5));
    assert_eq!(world.activation("activation-1").usage.totals[&id("renders")], 5);
}

#[test]
fn lsp_13_usage_goes_on_above_what_the_device_before_has_used() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.seats.total = 1);
    let mut sum = 0;
    for (n, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let mut device = licensed(&mut world, name);
        assert_eq!(device.consumed(), sum);
        for _ in 0..=n {
            device.use_up(world.now, 3);
            sum += 3;
            let report = device.report(world.now);
            let done = world.send(&report).unwrap();
            assert_eq!((done.name(), done.cases()), ("booked", vec![]));
            device.load(&done);
        }
        let gone = device.deactivate(world.now);
        assert_eq!(world.send(&gone).unwrap().cases(), Vec::<&str>::new());
        world.pass(60);
    }
    assert_eq!((world.total("renders"), world.store.activations.len()), (sum, 1));
}

#[test]
fn d_15_a_return_that_comes_after_the_device_was_licensed_anew_leaves_it_its_seat() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    world.pass(60);
    let late = a.deactivate(world.now);
    world.pass(60);
    let request = a.request(world.now);
    let done = world.send(&request).unwrap();
    a.load(&done);
    assert_eq!((done.name(), a.consumed()), ("repaired", 4), "what is not settled is still to be told");
    let done = world.send(&late).unwrap();
    assert_eq!((done.name(), done.cases(), done.said().seat.used), ("booked", vec![], 1));
    assert_eq!(done.said().seat.state, SeatState::Taken);
    a.use_up(world.now, 3);
    let gone = a.deactivate(world.now);
    let done = world.send(&gone).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("returned", vec![], 7));
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn lsp_11_a_return_frees_the_seat_even_where_the_answer_to_a_later_request_was_lost() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    world.pass(60);
    let request = a.request(world.now);
    world.send(&request).unwrap();
    world.pass(60);
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
    assert_eq!(world.seats_used(), 0);
}

#[test]
fn d_15_a_request_from_before_the_return_that_comes_after_it_takes_no_seat() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    world.pass(60);
    let open = a.request(world.now);
    world.pass(60);
    let gone = a.deactivate(world.now);
    world.send(&gone).unwrap();
    assert_eq!(world.send(&open).unwrap_err().code(), "request.outdated");
    world.pass(1);
    let request = a.request(world.now);
    assert_eq!(world.send(&request).unwrap().name(), "activated");
}

#[test]
fn d_15_an_earlier_return_of_a_device_that_came_back_and_has_gone_again_is_late() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    world.pass(60);
    let late = a.deactivate(world.now);
    world.pass(60);
    let request = a.request(world.now);
    let done = world.send(&request).unwrap();
    a.load(&done);
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().name(), "returned");
    for moved in [false, true] {
        if moved {
            licensed(&mut world, "b");
        }
        let refusal = world.send(&late).unwrap_err().rules();
        assert_eq!((refusal.kind.code() == "activation.moved", refusal.cases.len()), (moved, 0));
        assert_eq!((world.total("renders"), world.seats_used()), (4, u32::from(moved)));
    }
}
