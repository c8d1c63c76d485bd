//! D-07, the one date rule.

use chrono_tz::Tz;
use handcarry_format::{LicenseStatus, MAX_INSTANT};
use handcarry_rules::{midnight, status, term};
use rstest::rstest;

use crate::world::{Device, World, at, day, entitlement};

fn zone(name: &str) -> Tz {
    name.parse().unwrap()
}

#[rstest]
#[case::utc("UTC", "2026-12-31", "2027-01-01T00:00:00Z")]
#[case::leap_day("UTC", "2028-02-29", "2028-03-01T00:00:00Z")]
#[case::day_before_a_leap_day("UTC", "2028-02-28", "2028-02-29T00:00:00Z")]
#[case::no_leap_day("UTC", "2100-02-28", "2100-03-01T00:00:00Z")]
#[case::easternmost("Pacific/Kiritimati", "2026-12-31", "2026-12-31T10:00:00Z")]
#[case::westernmost("Etc/GMT+12", "2026-12-31", "2027-01-01T12:00:00Z")]
#[case::etc_east("Etc/GMT-14", "2026-06-30", "2026-06-30T10:00:00Z")]
#[case::half_hour("Asia/Kolkata", "2026-06-30", "2026-06-30T18:30:00Z")]
#[case::quarter_hour("Asia/Kathmandu", "2026-06-30", "2026-06-30T18:15:00Z")]
#[case::gap_at_midnight_brazil("America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00Z")]
#[case::overlap_before_midnight_brazil("America/Sao_Paulo", "2018-02-17", "2018-02-18T03:00:00Z")]
#[case::gap_at_midnight_lebanon("Asia/Beirut", "2026-03-28", "2026-03-28T22:00:00Z")]
#[case::overlap_before_midnight_lebanon("Asia/Beirut", "2026-10-24", "2026-10-24T22:00:00Z")]
#[case::gap_at_midnight_egypt("Africa/Cairo", "2026-04-23", "2026-04-23T22:00:00Z")]
#[case::overlap_before_midnight_egypt("Africa/Cairo", "2026-10-29", "2026-10-29T22:00:00Z")]
#[case::midnight_comes_twice_cuba("America/Havana", "2026-10-31", "2026-11-01T04:00:00Z")]
#[case::night_of_spring("Europe/Vienna", "2026-03-28", "2026-03-28T23:00:00Z")]
#[case::day_of_spring("Europe/Vienna", "2026-03-29", "2026-03-29T22:00:00Z")]
#[case::day_of_autumn("Europe/Vienna", "2026-10-25", "2026-10-25T23:00:00Z")]
#[case::a_day_that_never_was("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z")]
#[case::gap_of_44_minutes_30("Africa/Monrovia", "1972-01-06", "1972-01-07T00:44:30Z")]
#[case::last_year("UTC", "9999-12-30", "9999-12-31T00:00:00Z")]
#[case::last_day("UTC", "9999-12-31", "9999-12-31T23:59:59Z")]
#[case::last_day_in_the_west("Etc/GMT+12", "9999-12-31", "9999-12-31T23:59:59Z")]
#[case::last_day_in_the_east("Etc/GMT-14", "9999-12-31", "9999-12-31T10:00:00Z")]
#[case::last_day_with_summer_time("America/Sao_Paulo", "9999-12-30", "9999-12-31T03:00:00Z")]
fn d_07_a_license_ends_at_the_midnight_after_its_last_day(
    #[case] name: &str,
    #[case] last: &str,
    #[case] ends: &str,
) {
    let mut license = entitlement();
    (license.zone, license.end) = (zone(name), Some(day(last)));
    let ends = at(ends);
    assert_eq!(term(&license, ends).not_after, Some(ends));
    assert_eq!(status(&license, ends.plus_seconds(-1)), LicenseStatus::Active);
    assert_eq!(status(&license, ends), LicenseStatus::Expired);
    assert_eq!(status(&license, ends.plus_seconds(1)), LicenseStatus::Expired);
    let mut world = World::new(license);
    let mut activate = |now, name: &str| {
        world.now = now;
        let request = Device::new(&world, name).request(now);
        world.send(&request).map(|done| done.name()).map_err(|refused| refused.code())
    };
    assert_eq!(activate(ends.plus_seconds(-1), "a"), Ok("activated"));
    assert_eq!(activate(ends, "b"), Err("license.expired"));
}

#[rstest]
#[case("UTC", "2026-04-01", "2026-04-01T00:00:00Z")]
#[case("Pacific/Kiritimati", "2026-04-01", "2026-03-31T10:00:00Z")]
#[case("Etc/GMT+12", "2026-04-01", "2026-04-01T12:00:00Z")]
#[case("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z")]
fn d_07_a_license_starts_at_the_midnight_of_its_first_day(
    #[case] name: &str,
    #[case] first: &str,
    #[case] starts: &str,
) {
    let mut license = entitlement();
    (license.zone, license.start) = (zone(name), Some(day(first)));
    let starts = at(starts);
    assert_eq!(status(&license, starts.plus_seconds(-1)), LicenseStatus::Pending);
    assert_eq!(status(&license, starts), LicenseStatus::Active);
}

#[rstest]
#[case::long_ago(-30 * 86_400, -48 * 3_600)]
#[case::just_48_hours(-48 * 3_600, -48 * 3_600)]
#[case::a_day_ago(-24 * 3_600, -24 * 3_600)]
#[case::now(0, 0)]
#[case::ahead(5 * 86_400, 5 * 86_400)]
fn d_08_a_file_is_usable_from_48_hours_before_its_issue_but_never_before_the_start(
    #[case] start: i64,
    #[case] not_before: i64,
) {
    let mut license = entitlement();
    license.start = Some(day("2026-04-01"));
    let now = at("2026-04-01T00:00:00Z").plus_seconds(-start);
    assert_eq!(term(&license, now).not_before, now.plus_seconds(not_before));
    license.start = None;
    assert_eq!(term(&license, now).not_before, now.plus_seconds(-48 * 3_600));
}

#[test]
fn alt_17_a_pending_license_is_activated_ahead_with_its_start() {
    let mut world = World::new(entitlement());
    world.changed(|license| license.start = Some(day("2026-05-01")));
    let request = Device::new(&world, "a").request(world.now);
    let done = world.send(&request).unwrap();
    assert_eq!(done.issued().term.not_before, at("2026-05-01T00:00:00Z"));
    assert_eq!(done.said().license_status, LicenseStatus::Pending);
}

#[test]
fn d_07_no_date_and_no_zone_takes_the_rule_out_of_its_range() {
    let first = at("0001-01-01T00:00:00Z");
    for name in ["UTC", "Etc/GMT-14", "Etc/GMT+12", "Asia/Beirut"] {
        assert_eq!(midnight(chrono::NaiveDate::MIN, zone(name)), first);
        assert_eq!(midnight(chrono::NaiveDate::MAX, zone(name)), MAX_INSTANT);
    }
    assert_eq!(midnight(day("0001-01-01"), zone("Etc/GMT-14")), first, "never at the other end of time");
    let mut license = entitlement();
    license.end = Some(chrono::NaiveDate::MAX);
    assert_eq!(status(&license, at("2026-01-01T00:00:00Z")), LicenseStatus::Active);
}

proptest::proptest! {
    #[test]
    fn d_07_midnights_of_any_zone_rise_with_the_days(n in 0..chrono_tz::TZ_VARIANTS.len(), from in 0..60_000_u64) {
        let zone = chrono_tz::TZ_VARIANTS[n];
        let first = day("1930-01-01") + chrono::Days::new(from);
        let mut before = midnight(first, zone);
        for days in 1..30 {
            let day = first + chrono::Days::new(days);
            let next = midnight(day, zone);
            proptest::prop_assert!(next >= before, "{zone} {day}");
            proptest::prop_assert!(next.seconds_since(before) <= 2 * 86_400, "{zone} {day}");
            before = next;
        }
    }
}
