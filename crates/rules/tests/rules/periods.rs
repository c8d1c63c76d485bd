//! Counters that start anew, over several files and devices, in the license's own zone.

use handcarry_format::{Overage, Reset};
use handcarry_rules::{Period, first_day};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::{Device, World, at, counter, day, entitlement, id, licensed};

fn limited(maximum: i64, reset: Reset) -> World {
    let mut world = World::new(entitlement());
    world.changed(|license| license.features = vec![counter("renders", Some(maximum), Overage::None, reset)]);
    world
}

fn send(world: &mut World, device: &mut Device) -> crate::world::Done {
    let report = device.report(world.now);
    world.send(&report).unwrap()
}

#[rstest]
#[case::daily(Reset::Daily, "2026-03-05T10:00:00Z", Some("2026-03-05"))]
#[case::weekly_on_a_thursday(Reset::Weekly, "2026-03-05T10:00:00Z", Some("2026-03-02"))]
#[case::weekly_on_a_monday(Reset::Weekly, "2026-03-02T00:00:00Z", Some("2026-03-02"))]
#[case::weekly_before_monday(Reset::Weekly, "2026-03-01T23:59:59Z", Some("2026-02-23"))]
#[case::monthly_on_a_leap_day(Reset::Monthly, "2028-02-29T12:00:00Z", Some("2028-02-01"))]
#[case::yearly(Reset::Yearly, "2026-12-31T23:59:59Z", Some("2026-01-01"))]
#[case::never(Reset::Never, "2026-03-05T10:00:00Z", None)]
fn lsp_27_a_period_begins_daily_on_monday_on_the_1st_or_on_1_january(
    #[case] reset: Reset,
    #[case] instant: &str,
    #[case] first: Option<&str>,
) {
    assert_eq!(first_day(at(instant), reset, chrono_tz::UTC), first.map(day));
}

#[rstest]
#[case::before_midnight_in_berlin("2026-03-01T22:59:59Z", "2026-02-23")]
#[case::midnight_in_berlin("2026-03-01T23:00:00Z", "2026-03-02")]
fn lsp_27_monday_begins_at_midnight_of_the_licenses_zone(#[case] instant: &str, #[case] first: &str) {
    let zone = chrono_tz::Europe::Berlin;
    assert_eq!(first_day(at(instant), Reset::Weekly, zone), Some(day(first)));
}

#[test]
fn lsp_26_lsp_27_a_period_is_counted_over_all_files_and_devices() {
    let mut world = limited(15, Reset::Monthly);
    let (mut a, mut b) = (licensed(&mut world, "a"), licensed(&mut world, "b"));
    a.use_up(at("2026-03-01T12:00:00Z"), 10);
    assert!(!send(&mut world, &mut a).notes().contains(&"usage.over"));
    b.use_up(at("2026-02-28T12:00:00Z"), 10);
    b.use_up(at("2026-03-01T12:00:00Z"), 5);
    assert!(!send(&mut world, &mut b).notes().contains(&"usage.over"), "15 of 15 is not over");
    b.use_up(at("2026-03-02T11:00:00Z"), 1);
    assert!(send(&mut world, &mut b).notes().contains(&"usage.over"));
    let march = Period { counter: id("renders"), first: day("2026-03-01") };
    assert_eq!(world.store.periods.get(&march), Some(&16));
}

#[test]
fn lsp_27_lsp_28_a_lost_receipt_counts_no_period_twice() {
    let mut world = limited(100, Reset::Daily);
    let mut a = licensed(&mut world, "a");
    a.use_up(at("2026-03-01T12:00:00Z"), 7);
    send(&mut world, &mut a);
    a.use_up(at("2026-03-02T11:00:00Z"), 3);
    send(&mut world, &mut a);
    let counted: Vec<i64> = world.store.periods.values().copied().collect();
    assert_eq!((counted, world.total("renders")), (vec![7, 3], 10));
}

proptest! {
    #[test]
    fn lsp_27_periods_add_up_to_the_total_whatever_is_lost(
        uses in prop::collection::vec((0_i64..40 * 86_400, 1_i64..9, any::<bool>(), any::<bool>()), 1..30),
    ) {
        let mut world = limited(1_000, Reset::Weekly);
        let mut a = licensed(&mut world, "a");
        for (second, amount, arrives, answered) in uses {
            a.use_up(at("2026-01-10T00:00:00Z").plus_seconds(second), amount);
            let report = a.report(world.now);
            if arrives {
                let done = world.send(&report).unwrap();
                if answered {
                    a.load(&done);
                }
            }
        }
        prop_assert_eq!(world.store.periods.values().sum::<i64>(), world.total("renders"));
    }
}
