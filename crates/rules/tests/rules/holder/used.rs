use handcarry_format::Map;
use handcarry_rules::holder::{Recommendation, SEATS_VARIABLE, UsedLine, recommend, reported_seats};
use rstest::rstest;

fn line(used: u64, seats: u64) -> UsedLine {
    UsedLine { name: "users".into(), used, seats }
}

#[rstest]
#[case::none(0, 10, false)]
#[case::below(9, 10, false)]
#[case::equal_is_not_over(10, 10, false)]
#[case::over(11, 10, true)]
#[case::without_seats(1, 0, true)]
#[case::nothing_of_nothing(0, 0, false)]
#[case::most(u64::MAX, u64::MAX, false)]
fn ice_08_a_line_is_marked_when_more_is_used_than_licensed(
    #[case] used: u64,
    #[case] seats: u64,
    #[case] over: bool,
) {
    assert_eq!(line(used, seats).is_over(), over);
}

const ADD: Recommendation = Recommendation::AddUsers;
const RENEW: Recommendation = Recommendation::RenewLicense;

#[rstest]
#[case::nothing(89, 100, Some(31), &[])]
#[case::ninety_percent(90, 100, Some(31), &[ADD])]
#[case::all(100, 100, Some(31), &[ADD])]
#[case::over(101, 100, Some(31), &[ADD])]
#[case::thirty_days(89, 100, Some(30), &[RENEW])]
#[case::one_day(0, 100, Some(1), &[RENEW])]
#[case::expired(0, 100, Some(0), &[RENEW])]
#[case::both(90, 100, Some(30), &[ADD, RENEW])]
#[case::never_to_be_renewed(0, 100, None, &[])]
#[case::nine_of_ten(9, 10, None, &[ADD])]
#[case::eight_of_nine(8, 9, None, &[])]
#[case::one_of_one(1, 1, None, &[ADD])]
#[case::none_of_none(0, 0, None, &[])]
#[case::one_of_none(1, 0, None, &[ADD])]
#[case::most(u64::MAX, u64::MAX, None, &[ADD])]
fn ice_09_add_users_and_renew_license_are_recommended(
    #[case] used: u64,
    #[case] seats: u64,
    #[case] days: Option<i64>,
    #[case] expected: &[Recommendation],
) {
    assert_eq!(recommend(&[line(used, seats)], days), expected);
    assert_eq!(
        recommend(&[line(0, 5), line(used, seats), line(used, seats)], days),
        expected,
        "of any line, once"
    );
}

#[test]
fn ice_09_a_recommendation_has_its_name() {
    assert_eq!([ADD, RENEW].map(Recommendation::name), ["add_users", "renew_license"]);
}

#[rstest]
#[case(Some("0"), Some(0))]
#[case(Some("240"), Some(240))]
#[case(Some("4294967295"), Some(4_294_967_295))]
#[case(Some("4294967296"), None)]
#[case(Some("-1"), None)]
#[case(Some("many"), None)]
#[case(None, None)]
fn ice_05_a_device_says_how_many_users_it_counts(#[case] said: Option<&str>, #[case] count: Option<u64>) {
    let said = said.map(|said| (SEATS_VARIABLE.to_owned(), said.to_owned()));
    let variables: Map<String, String> = said.into_iter().collect();
    assert_eq!(reported_seats(&variables), count);
}
