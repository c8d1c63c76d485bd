//! Consumption: counted, reported, booked; never lost, never twice.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/bench.rs"]
mod bench;
mod vendor;

use bench::{Bench, code};
use handcarry_device::{Error, Loaded};
use handcarry_format::{Counter, License, Overage, Receipt, Reset, Totals, UsageReport, Verified};
use vendor::{at, id};

fn opened(bench: &Bench, file: &str) -> Verified<UsageReport> {
    bench.vendor.open(file)
}

fn renders(amount: i64) -> Totals {
    [(id("renders"), amount)].into()
}

fn total(bench: &Bench) -> i64 {
    bench.open().status(bench.now).unwrap().features[1].total.unwrap()
}

fn counter(overage: Overage, reset: Reset) -> impl FnOnce(&mut License) {
    move |license| license.features[1].counter = Some(Counter { maximum: Some(10), overage, reset })
}

#[test]
fn lsp_26_use_stops_above_maximum_and_overage() {
    for (overage, most) in [(Overage::None, 10), (Overage::UpTo(5), 15)] {
        let bench = Bench::new();
        bench.activate(counter(overage, Reset::Never));
        bench.consume(most - 1).unwrap();
        let refused = bench.consume(2).unwrap_err();
        assert!(matches!(refused, Error::Exhausted { left: 1, .. }), "{refused}");
        bench.consume(1).unwrap();
        assert_eq!(code(bench.consume(1)), "consume.exhausted");
        assert_eq!(total(&bench), most);
    }
    let bench = Bench::new();
    bench.activate(counter(Overage::Unlimited, Reset::Never));
    bench.consume(1_000_000).unwrap();
}

#[test]
fn lsp_26_what_is_booked_counts_against_the_maximum() {
    let bench = Bench::new();
    bench.activate(counter(Overage::None, Reset::Never));
    bench.consume(6).unwrap();
    let receipt = bench.receipt(&bench.report());
    bench.load(&receipt).unwrap();
    assert_eq!(code(bench.consume(5)), "consume.exhausted");
    bench.consume(4).unwrap();
}

#[test]
fn only_whole_positive_amounts_of_counted_features_are_booked() {
    let bench = Bench::new();
    bench.activate(counter(Overage::Unlimited, Reset::Never));
    for amount in [0, -1, i64::MIN, i64::MAX] {
        assert_eq!(code(bench.consume(amount)), "consume.amount");
    }
    bench.consume((1 << 53) - 1).unwrap();
    assert_eq!(code(bench.consume(1)), "consume.amount");
    assert_eq!(code(bench.open().consume(&id("base"), 1, bench.now)), "consume.not_counted");
    assert_eq!(code(bench.open().consume(&id("other"), 1, bench.now)), "license.no_feature");
}

#[test]
fn lsp_27_counters_start_anew_at_midnight_of_the_license_zone() {
    // Berlin is an hour ahead of UTC in winter. 2026-11-22 is a Sunday.
    for (reset, before, after) in [
        (Reset::Daily, "2026-11-21T22:59:59Z", "2026-11-21T23:00:00Z"),
        (Reset::Weekly, "2026-11-22T22:59:59Z", "2026-11-22T23:00:00Z"),
        (Reset::Monthly, "2026-11-30T22:59:59Z", "2026-11-30T23:00:00Z"),
        (Reset::Yearly, "2026-12-31T22:59:59Z", "2026-12-31T23:00:00Z"),
    ] {
        let mut bench = Bench::new();
        bench.activate(counter(Overage::None, reset));
        bench.consume(4).unwrap();
        // What is booked in between still counts in its period.
        let receipt = bench.receipt(&bench.report());
        bench.load(&receipt).unwrap();
        bench.consume(6).unwrap();
        bench.now = at(before);
        assert_eq!(code(bench.consume(1)), "consume.exhausted", "{reset:?}");
        bench.now = at(after);
        bench.consume(10).unwrap();
        assert_eq!(code(bench.consume(1)), "consume.exhausted", "{reset:?}");
        assert_eq!(total(&bench), 20, "the lifetime total is never reset");
    }
}

#[test]
fn lsp_27_giving_back_does_not_start_a_counter_anew() {
    let bench = Bench::new();
    let license = bench.activate(counter(Overage::None, Reset::Daily));
    bench.consume(9).unwrap();
    bench.deactivate();
    let mut again = bench.vendor.license_for(&bench.request(), bench.now);
    again.generation = 2;
    again.features = license.features;
    again.usage.report = 1;
    again.usage.totals = renders(9);
    bench.load(&again).unwrap();
    assert_eq!(code(bench.consume(2)), "consume.exhausted");
    bench.consume(1).unwrap();
}

#[test]
fn lsp_12_reports_are_numbered_and_chained_and_open_where_the_last_receipt_closed() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let first = bench.report();
    let receipt = bench.receipt(&first);
    assert!(matches!(bench.load(&receipt), Ok(Loaded::Booked { .. })));
    bench.consume(2).unwrap();
    let second = opened(&bench, &bench.report());
    let first = opened(&bench, &first);
    assert_eq!((first.usage.number, first.usage.previous), (1, None));
    assert_eq!((second.usage.number, second.usage.previous), (2, Some(first.digest())));
    assert_eq!((&second.usage.opening, &second.usage.closing), (&renders(5), &renders(7)));
    assert_eq!(second.usage.entries.len(), 1);
    assert_eq!(second.evidence().accepted().totals, renders(5));
}

#[test]
fn lsp_28_a_report_that_never_arrived_loses_nothing() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let lost = opened(&bench, &bench.report());
    bench.consume(2).unwrap();
    let second = opened(&bench, &bench.report());
    assert_eq!((second.usage.number, second.usage.previous), (2, Some(lost.digest())));
    assert_eq!((&second.usage.opening, &second.usage.closing), (&Totals::new(), &renders(7)));
    assert_eq!(second.usage.entries.len(), 2);
}

#[test]
fn lsp_28_a_late_receipt_settles_its_own_report_only() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let first = bench.receipt(&bench.report());
    bench.consume(2).unwrap();
    let second = bench.receipt(&bench.report());
    bench.consume(1).unwrap();
    bench.load(&first).unwrap();
    let third = opened(&bench, &bench.report());
    assert_eq!((third.usage.number, third.usage.entries.len()), (3, 2));
    assert_eq!((&third.usage.opening, &third.usage.closing), (&renders(5), &renders(8)));
    bench.load(&second).unwrap();
    bench.consume(1).unwrap();
    let fourth = opened(&bench, &bench.report());
    assert_eq!((fourth.usage.number, fourth.usage.entries.len()), (4, 2));
    assert_eq!((&fourth.usage.opening, &fourth.usage.closing), (&renders(7), &renders(9)));
    // The first receipt again, now that it is old, changes nothing.
    assert!(matches!(bench.load(&first), Ok(Loaded::Known(_))));
    assert_eq!(total(&bench), 9);
}

#[test]
fn lsp_28_a_refresh_acknowledges_usage_as_a_receipt_does() {
    let bench = Bench::new();
    let license = bench.activate(|_| {});
    bench.consume(5).unwrap();
    bench.report();
    bench.consume(2).unwrap();
    let mut refresh = bench.vendor.next(&license, bench.now);
    refresh.usage.report = 1;
    refresh.usage.totals = renders(5);
    bench.load(&refresh).unwrap();
    assert_eq!(bench.open().status(bench.now).unwrap().unbooked_uses, 1);
    let next = opened(&bench, &bench.report());
    assert_eq!((&next.usage.opening, &next.usage.closing), (&renders(5), &renders(7)));
    assert_eq!(next.evidence().accepted().report, 1);
}

#[test]
fn lsp_28_receipt_and_refresh_in_either_order_and_twice_come_to_the_same() {
    for order in [[0, 1, 0, 1], [1, 0, 1, 0]] {
        let bench = Bench::new();
        let license = bench.activate(|_| {});
        bench.consume(5).unwrap();
        let receipt = bench.vendor.issue(&bench.receipt(&bench.report()));
        let mut refresh = bench.vendor.next(&license, bench.now);
        refresh.usage.report = 1;
        refresh.usage.totals = renders(5);
        let files = [receipt, bench.vendor.issue(&refresh)];
        for file in order {
            bench.open().load(files[file].as_bytes(), bench.now).unwrap();
        }
        bench.consume(2).unwrap();
        let next = opened(&bench, &bench.report());
        assert_eq!((&next.usage.opening, &next.usage.closing), (&renders(5), &renders(7)));
    }
}

#[test]
fn d_12_an_unanswered_report_is_made_again_byte_for_byte() {
    let mut bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let file = bench.report();
    bench.now = bench.now.plus_days(3);
    assert_eq!(bench.report(), file);
    bench.open().set("site", "Bremen", bench.now).unwrap();
    assert_ne!(bench.report(), file);
    assert_ne!(bench.report(), bench.open().report(true, true, bench.now).unwrap());
    let last = bench.report();
    assert_ne!(bench.open().report(false, false, bench.now).unwrap(), last);
}

#[test]
fn d_12_an_answered_report_is_followed_by_a_new_one() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let file = bench.report();
    let receipt = bench.receipt(&file);
    bench.load(&receipt).unwrap();
    let next = opened(&bench, &bench.report());
    assert_eq!((next.usage.number, next.usage.entries.len()), (2, 0));
}

#[test]
fn d_38_held_usage_stays_on_the_device_and_the_chain_goes_on() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    let file = bench.report();
    let mut held = bench.receipt(&file);
    held.outcome = handcarry_format::Outcome::Held;
    held.usage.held = true;
    held.usage.report = 0;
    held.usage.totals = Totals::new();
    assert!(matches!(bench.load(&held), Ok(Loaded::Held { .. })));
    let next = opened(&bench, &bench.report());
    assert_eq!((next.usage.number, next.usage.entries.len()), (2, 1));
    assert_eq!(next.usage.previous, Some(opened(&bench, &file).digest()));
    assert_eq!(total(&bench), 5);
}

#[test]
fn receipts_for_others_are_refused() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let receipt = bench.receipt(&bench.report());
    let other = Receipt { activation_id: id("activation-9"), ..receipt.clone() };
    assert_eq!(code(bench.load(&other)), "receipt.unknown");
    let mut other = receipt;
    other.device.key = bench.vendor.issuing.public();
    assert_eq!(code(bench.load(&other)), "license.other_device");
}

#[test]
fn threat_cloned_device_two_files_take_one_place_in_the_chain() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    bench.report();
    copy(&bench.home(), &bench.dir.path().join("clone"));
    bench.consume(2).unwrap();
    let original = opened(&bench, &bench.report());
    let mut clone = bench.open_at("clone");
    clone.consume(&id("renders"), 3, bench.now).unwrap();
    let cloned = opened(&bench, &clone.report(true, false, bench.now).unwrap());
    assert_eq!(original.usage.number, cloned.usage.number);
    assert_eq!(original.usage.previous, cloned.usage.previous);
    assert_ne!(original.digest(), cloned.digest());
}

#[test]
fn a_restored_home_goes_on_after_what_the_portal_has_and_loses_nothing() {
    let bench = Bench::new();
    bench.activate(|_| {});
    bench.consume(5).unwrap();
    copy(&bench.home(), &bench.dir.path().join("backup"));
    bench.consume(2).unwrap();
    let report = bench.report();
    let receipt = bench.vendor.issue(&bench.receipt(&report));
    let mut restored = bench.open_at("backup");
    restored.load(receipt.as_bytes(), bench.now).unwrap();
    restored.consume(&id("renders"), 1, bench.now).unwrap();
    let next = opened(&bench, &restored.report(true, false, bench.now).unwrap());
    assert_eq!((next.usage.number, next.usage.previous), (2, Some(opened(&bench, &report).digest())));
    assert_eq!((&next.usage.opening, &next.usage.closing), (&renders(7), &renders(13)));
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to.join("device")).unwrap();
    for entry in std::fs::read_dir(from.join("device")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join("device").join(entry.file_name())).unwrap();
    }
}

#[test]
fn ice_05_a_report_carries_the_number_of_users_that_the_device_counts() {
    let bench = Bench::new();
    bench.activate(|_| {});
    let counted = || {
        let report = bench.vendor.open::<UsageReport>(&bench.report());
        handcarry_rules::holder::reported_seats(&report.variables)
    };
    assert_eq!(counted(), None);
    bench.open().count_seats(Some(12), bench.now).unwrap();
    assert_eq!(counted(), Some(12));
    bench.open().count_seats(None, bench.now).unwrap();
    assert_eq!(counted(), None);
}
