use handcarry_format::Instant;
use handcarry_rules::holder::{TransferPeriod, TransferRefused, TransferTerms, transfer};
use rstest::rstest;

use crate::world::at;

const PERIOD: TransferPeriod = TransferPeriod { most: 2, days: 30 };

fn now() -> Instant {
    at("2026-03-31T12:00:00Z")
}

#[rstest]
#[case::first(&[], None, Ok(TransferTerms::Free))]
#[case::second(&[-5], None, Ok(TransferTerms::Free))]
#[case::old_ones_do_not_count(&[-5, -30, -31, -400], None, Ok(TransferTerms::Free))]
#[case::with_a_needless_word(&[-5], Some("new machine"), Ok(TransferTerms::Free))]
#[case::third(&[-29, -5], None, Err(Some(1)))]
#[case::third_in_any_order(&[-5, -29], None, Err(Some(1)))]
#[case::fourth(&[-29, -5, -3], None, Err(Some(25)))]
#[case::justified(&[-29, -5], Some("the machine burned"), Ok(TransferTerms::Justified))]
#[case::nothing_said(&[-29, -5], Some("  "), Err(Some(1)))]
fn ice_25_transfers_in_a_period_are_limited_and_beyond_need_a_justification(
    #[case] past: &[i64],
    #[case] said: Option<&str>,
    #[case] expected: Result<TransferTerms, Option<i64>>,
) {
    let past: Vec<Instant> = past.iter().map(|days| now().plus_days(*days)).collect();
    let expected = expected.map_err(|days| TransferRefused {
        period: PERIOD,
        free_from: days.map(|days| now().plus_days(days)),
    });
    assert_eq!(transfer(Some(PERIOD), &past, said, now()), expected);
    if let Err(TransferRefused { free_from: Some(free), .. }) = expected {
        assert!(transfer(Some(PERIOD), &past, said, free.plus_seconds(-1)).is_err());
        assert_eq!(transfer(Some(PERIOD), &past, said, free), Ok(TransferTerms::Free), "free from then on");
    }
}

#[test]
fn ice_25_a_limit_of_none_is_always_justified_and_no_limit_never() {
    let none = TransferPeriod { most: 0, days: 30 };
    let refused = TransferRefused { period: none, free_from: None };
    assert_eq!(transfer(Some(none), &[], None, now()), Err(refused));
    assert_eq!(transfer(Some(none), &[], Some("x"), now()), Ok(TransferTerms::Justified));
    let often = [now(); 50];
    assert_eq!(transfer(None, &often, None, now()), Ok(TransferTerms::Free));
}
