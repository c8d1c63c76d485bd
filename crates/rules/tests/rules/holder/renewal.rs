use handcarry_rules::holder::{RenewalNotice, days_left, renewal_notices};
use rstest::rstest;

use crate::world::{at, day};

fn zone(name: &str) -> chrono_tz::Tz {
    name.parse().unwrap()
}

#[rstest]
#[case::last_day("UTC", "2026-12-31", "2026-12-31T00:00:00Z", 1)]
#[case::last_second("UTC", "2026-12-31", "2026-12-31T23:59:59Z", 1)]
#[case::over("UTC", "2026-12-31", "2027-01-01T00:00:00Z", 0)]
#[case::long_over("UTC", "2026-12-31", "2031-01-01T00:00:00Z", 0)]
#[case::day_before("UTC", "2026-12-31", "2026-12-30T23:59:59Z", 2)]
#[case::over_a_leap_day("UTC", "2028-03-01", "2028-02-28T12:00:00Z", 3)]
#[case::no_leap_day("UTC", "2027-03-01", "2027-02-28T12:00:00Z", 2)]
#[case::the_zone_decides("Europe/Berlin", "2026-12-31", "2026-12-30T23:00:00Z", 1)]
#[case::a_second_before_it("Europe/Berlin", "2026-12-31", "2026-12-30T22:59:59Z", 2)]
#[case::dst_night("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 1)]
#[case::east("Pacific/Kiritimati", "2026-12-31", "2026-12-31T10:00:00Z", 0)]
#[case::west("Etc/GMT+12", "2026-12-31", "2027-01-01T11:59:59Z", 1)]
#[case::far("UTC", "9999-12-31", "0001-01-01T00:00:00Z", 3_652_059)]
fn ice_11_renewal_expires_is_the_number_of_days_left(
    #[case] name: &str,
    #[case] last: &str,
    #[case] now: &str,
    #[case] left: i64,
) {
    assert_eq!(days_left(day(last), zone(name), at(now)), left);
}

#[rstest]
#[case("UTC", "2026-12-31", "2026-12-18T00:00:00Z", "2026-12-25T00:00:00Z")]
#[case("Europe/Berlin", "2026-12-31", "2026-12-17T23:00:00Z", "2026-12-24T23:00:00Z")]
// The second one's midnight is in summer time already.
#[case("Europe/Berlin", "2026-04-05", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")]
#[case("America/New_York", "2028-03-05", "2028-02-21T05:00:00Z", "2028-02-28T05:00:00Z")]
fn ice_10_renewal_notices_come_14_and_7_days_ahead(
    #[case] name: &str,
    #[case] last: &str,
    #[case] first: &str,
    #[case] second: &str,
) {
    let (zone, last, first, second) = (zone(name), day(last), at(first), at(second));
    let due = |after, until| renewal_notices(last, zone, after, until);
    let (fourteen, seven) = (RenewalNotice { days: 14, at: first }, RenewalNotice { days: 7, at: second });
    assert_eq!(due(first.plus_seconds(-1), first), [fourteen]);
    assert_eq!(due(first, second.plus_seconds(-1)), []);
    assert_eq!(due(first, second), [seven]);
    assert_eq!(due(second, second.plus_days(100)), []);
    assert_eq!(
        due(first.plus_days(-100), second.plus_days(100)),
        [fourteen, seven],
        "caught up, earliest first"
    );
    assert_eq!((days_left(last, zone, first), days_left(last, zone, second)), (14, 7));
}

proptest::proptest! {
    /// However a year is cut into passes of the scheduler, each notice comes once.
    #[test]
    fn ice_10_every_notice_is_due_exactly_once(
        mut cuts in proptest::collection::vec(0..40_000_000_i64, 0..30),
        zone in 0..chrono_tz::TZ_VARIANTS.len(),
    ) {
        let (from, zone) = (at("2026-01-01T00:00:00Z"), chrono_tz::TZ_VARIANTS[zone]);
        cuts.extend([0, 40_000_000]);
        cuts.sort_unstable();
        let due: Vec<u32> = cuts
            .windows(2)
            .flat_map(|cut| {
                let (after, until) = (from.plus_seconds(cut[0]), from.plus_seconds(cut[1]));
                renewal_notices(day("2026-12-31"), zone, after, until)
            })
            .map(|notice| notice.days)
            .collect();
        proptest::prop_assert_eq!(due, [14, 7]);
    }
}
