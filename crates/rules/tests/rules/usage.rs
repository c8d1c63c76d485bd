use handcarry_format::{Outcome, Overage, Reset, UsageEntry};
use handcarry_rules::{ABSURD_GAP, ABSURD_JUMP};
use rstest::rstest;

use crate::world::{Device, World, at, counter, entitlement, id, licensed, totals};

fn send_report(world: &mut World, device: &mut Device) -> crate::world::Done {
    let report = device.report(world.now);
    world.send(&report).unwrap()
}

#[test]
fn lsp_12_a_report_is_booked_and_the_license_is_kept() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 7);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.said().outcome), ("booked", Outcome::Booked));
    assert_eq!((world.total("renders"), world.seats_used()), (7, 1));
    assert_eq!(done.said().usage.totals, totals(&[("renders", 7)]));
}

#[test]
fn d_25_the_same_trip_brings_a_refresh_that_acknowledges_the_report() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 7);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.issued().generation, done.issued().supersedes), (2, Some(a.held().digest())));
    assert_eq!(done.issued().usage.report, 1);
    assert_eq!(done.issued().usage.totals, totals(&[("renders", 7)]));
}

#[test]
fn lsp_28_total_10_and_a_file_with_7_is_17_and_again_17_with_the_same_answer() {
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 10);
    let mut a = licensed(&mut world, "a");
    let mut altered = a.clone();
    a.use_up(world.now, 7);
    altered.use_up(world.now, 8);
    let file = a.report(world.now);
    let done = world.send(&file).unwrap();
    assert_eq!(world.total("renders"), 17);
    world.pass(86_400);
    assert_eq!(world.send(&file).unwrap(), done);
    let other = altered.report(world.now);
    assert_eq!(world.send(&other).unwrap_err().code(), "altered");
    assert_eq!(world.total("renders"), 17);
}

#[test]
fn lsp_28_a_lost_report_loses_nothing_and_a_late_one_counts_nothing_twice() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 4);
    let late = a.report(world.now);
    a.use_up(world.now, 3);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec!["gap"], 7));
    let outdated = world.send(&late).unwrap();
    assert_eq!((outdated.name(), outdated.cases()), ("outdated", vec![]));
    assert_eq!((outdated.said().usage.report, world.total("renders")), (2, 7));
    assert_eq!(outdated.said().outcome, Outcome::Outdated);
    a.load(&outdated);
    a.use_up(world.now, 1);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 8));
}

#[test]
fn lsp_28_a_lost_receipt_counts_nothing_twice() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    for n in 1..=5 {
        a.use_up(world.now, 2);
        let done = send_report(&mut world, &mut a);
        assert_eq!((done.name(), done.cases(), done.added("renders")), ("booked", vec![], 2));
        assert_eq!(world.total("renders"), 2 * n);
    }
}

#[test]
fn lsp_28_a_report_that_embeds_an_old_generation_is_fine() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    for _ in 0..3 {
        world.changed(|_| ());
        let license = world.sign(a.held());
        world.send(&license).unwrap();
    }
    assert_eq!(world.store.activations[0].generation, 4);
    a.use_up(world.now, 2);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), a.held().generation), ("booked", vec![], 1));
}

#[rstest]
#[case::below(14, Overage::None, false)]
#[case::equal_is_not_over(15, Overage::None, false)]
#[case::above(16, Overage::None, true)]
#[case::within_overage(20, Overage::UpTo(5), false)]
#[case::above_overage(21, Overage::UpTo(5), true)]
#[case::unlimited(1_000, Overage::Unlimited, false)]
fn lsp_26_d_37_usage_above_the_maximum_is_booked_and_flagged(
    #[case] sum: i64,
    #[case] overage: Overage,
    #[case] over: bool,
) {
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 10);
    world.changed(|license| license.features = vec![counter("renders", Some(15), overage, Reset::Never)]);
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, sum - 10);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), world.total("renders")), ("booked", sum));
    let expected: Vec<String> = over.then(|| "renders".to_owned()).into_iter().collect();
    assert_eq!(done.said().usage.over, expected);
    assert_eq!(done.notes(), if over { vec!["usage.over"] } else { vec![] });
    // The same in a return, with nothing further used.
    let gone = a.deactivate(world.now);
    assert_eq!(world.send(&gone).unwrap().said().usage.over, expected);
}

#[rstest]
#[case::daily_two_days(Reset::Daily, "2026-03-01T23:59:59Z", "2026-03-02T00:00:00Z", false)]
#[case::daily_one_day(Reset::Daily, "2026-03-02T00:00:00Z", "2026-03-02T23:59:59Z", true)]
#[case::weekly_sunday_monday(Reset::Weekly, "2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z", false)]
#[case::weekly_monday_sunday(Reset::Weekly, "2026-03-02T00:00:00Z", "2026-03-08T23:00:00Z", true)]
#[case::monthly_two(Reset::Monthly, "2026-02-28T12:00:00Z", "2026-03-01T00:00:00Z", false)]
#[case::monthly_one(Reset::Monthly, "2026-03-01T00:00:00Z", "2026-03-31T23:59:59Z", true)]
#[case::yearly_two(Reset::Yearly, "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", false)]
#[case::yearly_one(Reset::Yearly, "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", true)]
fn lsp_26_a_counter_that_resets_is_over_within_one_period_only(
    #[case] reset: Reset,
    #[case] first: &str,
    #[case] second: &str,
    #[case] over: bool,
) {
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), 1_000_000);
    world.changed(|license| license.features = vec![counter("renders", Some(15), Overage::None, reset)]);
    let mut a = licensed(&mut world, "a");
    a.use_up(at(first), 10);
    a.use_up(at(second), 10);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.notes().contains(&"usage.over")), ("booked", over));
}

#[test]
fn threat_doctored_consumption_d_38_a_jump_is_held_and_the_next_report_is_no_false_fork_or_gap() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, ABSURD_JUMP + 1);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["jump"], 0));
    a.load(&done);
    for _ in 0..3 {
        let done = send_report(&mut world, &mut a);
        assert_eq!((done.name(), done.cases()), ("held", vec!["jump"]), "nothing but the jump itself");
        a.load(&done);
    }
    assert!(!world.store.activations[0].clone_suspected);
    assert_eq!(world.store.activations[0].usage.received.unwrap().number, 4);
}

#[test]
fn d_38_the_greatest_sensible_jump_is_booked() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, ABSURD_JUMP);
    assert_eq!(send_report(&mut world, &mut a).name(), "booked");
}

#[test]
fn d_38_after_a_held_report_a_right_one_is_booked_without_a_case() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 5);
    let mut wrong = a.usage();
    wrong.closing.insert(id("renders"), 50);
    let wrong = a.report_of(world.now, wrong);
    let done = world.send(&wrong).unwrap();
    assert_eq!((done.name(), done.said().usage.held, world.total("renders")), ("held", true, 0));
    a.load(&done);
    a.use_up(world.now, 1);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 6));
}

#[rstest]
#[case::negative_entry(-1, 0, "usage.negative")]
#[case::sum(0, 1, "usage.sum")]
#[case::negative_closing(0, -20, "usage.negative")]
#[case::falls(0, -5, "usage.falls")]
fn d_38_odd_usage_is_held_and_changes_no_total(#[case] entry: i64, #[case] closing: i64, #[case] code: &str) {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 10);
    let done = send_report(&mut world, &mut a);
    a.load(&done);
    let before = (world.store.totals.clone(), world.store.activations[0].usage.totals.clone());
    let mut usage = a.usage();
    usage.entries.push(UsageEntry { at: world.now, feature: id("renders"), amount: entry });
    usage.closing.insert(id("renders"), 10 + closing);
    let report = a.report_of(world.now, usage);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), done.accepted.added.is_empty()), ("held", vec!["usage"], true));
    let codes: Vec<_> = done.accepted.cases[0].findings.iter().map(|finding| finding.code()).collect();
    assert_eq!(codes, [code]);
    assert_eq!((world.store.totals.clone(), world.store.activations[0].usage.totals.clone()), before);
    assert_eq!((done.said().usage.report, done.said().outcome), (1, Outcome::Held));
}

#[test]
fn threat_doctored_consumption_d_38_a_counter_that_is_left_out_has_fallen() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 10);
    send_report(&mut world, &mut a);
    // It opens with nothing, as its last settled state allows, and forgets what it reported.
    let mut usage = a.usage();
    (usage.entries, usage.closing) = (vec![], totals(&[]));
    let report = a.report_of(world.now, usage);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["usage"], 10));
}

#[test]
fn d_38_a_total_that_could_not_be_written_down_is_held() {
    const MAX_SAFE: i64 = handcarry_format::json::MAX_SAFE;
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), MAX_SAFE - 10);
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 11);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["jump"], MAX_SAFE - 10));
    let mut world = World::new(entitlement());
    world.store.totals.insert(id("renders"), MAX_SAFE - 10);
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 10);
    assert_eq!(send_report(&mut world, &mut a).name(), "booked");
    assert_eq!(world.total("renders"), MAX_SAFE);
}

#[test]
fn d_38_totals_at_both_ends_of_what_can_be_written_panic_nowhere() {
    const MAX_SAFE: i64 = handcarry_format::json::MAX_SAFE;
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    for (opening, closing) in [(-MAX_SAFE, MAX_SAFE), (MAX_SAFE, -MAX_SAFE), (0, MAX_SAFE), (0, -MAX_SAFE)] {
        let mut usage = a.usage();
        usage.opening.insert(id("renders"), opening);
        usage.closing.insert(id("renders"), closing);
        let amounts = [MAX_SAFE, -MAX_SAFE, MAX_SAFE];
        usage.entries =
            amounts.map(|amount| UsageEntry { at: world.now, feature: id("renders"), amount }).into();
        let report = a.report_of(world.now, usage);
        let done = world.send(&report).unwrap();
        assert_eq!((done.name(), world.total("renders")), ("held", 0));
    }
}

#[rstest]
#[case::far(u32::MAX)]
#[case::just_too_far(ABSURD_GAP + 1)]
fn d_38_a_report_number_that_jumps_is_held_and_does_not_end_the_chain(#[case] number: u32) {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    let mut doctored = a.clone();
    doctored.tag = "x".to_owned();
    doctored.use_up(world.now, 1);
    let mut usage = doctored.usage();
    usage.number = number;
    let report = doctored.report_of(world.now, usage);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("held", vec!["jump"], 0));
    a.use_up(world.now, 5);
    let done = send_report(&mut world, &mut a);
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec![], 5));
}

#[test]
fn threat_doctored_consumption_lsp_28_many_lost_reports_are_a_gap_and_are_booked() {
    let mut world = World::new(entitlement());
    let mut a = licensed(&mut world, "a");
    a.use_up(world.now, 5);
    let mut usage = a.usage();
    usage.number = ABSURD_GAP;
    let report = a.report_of(world.now, usage);
    let done = world.send(&report).unwrap();
    assert_eq!((done.name(), done.cases(), world.total("renders")), ("booked", vec!["gap"], 5));
}

#[test]
fn lsp_13_totals_are_of_the_license_over_all_its_activations() {
    let mut world = World::new(entitlement());
    world.changed(|license| {
        license.features = vec![counter("renders", Some(10), Overage::None, Reset::Never)]
    });
    let (mut a, mut b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    a.use_up(world.now, 6);
    b.use_up(world.now, 5);
    assert_eq!(send_report(&mut world, &mut a).notes(), Vec::<&str>::new());
    let done = send_report(&mut world, &mut b);
    assert_eq!((done.notes(), world.total("renders")), (vec!["usage.over"], 11));
    assert_eq!(done.said().usage.totals, totals(&[("renders", 5)]), "a receipt tells the device its own");
}
