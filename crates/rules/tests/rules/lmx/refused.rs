use handcarry_format::Model;
use handcarry_rules::upgrade::{
    AskedUpgrade, Count, HostId, KeyType, MOST, UPGRADE_CODES, UpgradeRefusal, Upgrades,
};
use handcarry_rules::{Entitlement, Pooling};
use rstest::rstest;

use super::{add, asked, base, vector};
use crate::world::{day, id};

type Asked = AskedUpgrade;
type Change = fn(&mut Asked);

#[rstest]
#[case::lmx_03_a_base_by_its_key_type(|it: &mut Asked| it.key_type = Some(KeyType::Exclusive), "upgrade.keytype")]
#[case::lmx_03_no_key_type(|it: &mut Asked| it.key_type = None, "upgrade.keytype")]
#[case::lmx_03_no_feature(|it: &mut Asked| it.feature = None, "upgrade.no_feature")]
#[case::lmx_03_no_count(|it: &mut Asked| it.count = None, "upgrade.no_count")]
#[case::lmx_04_borrow(|it: &mut Asked| it.others.push("BORROW".to_owned()), "upgrade.setting")]
#[case::lmx_05_share_host(|it: &mut Asked| it.share.push("HOST".to_owned()), "upgrade.share")]
#[case::lmx_05_share_virtual_and_user(|it: &mut Asked| it.share = vec!["VIRTUAL".to_owned(), "USER".to_owned()], "upgrade.share")]
#[case::lmx_06_client_host(|it: &mut Asked| it.clients.extend(HostId::new("HOSTNAME", "a")), "upgrade.client_host")]
#[case::lmx_08_nothing(|it: &mut Asked| it.count = Some(Count::Of(0)), "upgrade.count")]
#[case::lmx_08_less_than_nothing(|it: &mut Asked| it.count = Some(Count::Of(-1)), "upgrade.count")]
#[case::lmx_08_beyond_all_counts(|it: &mut Asked| it.count = Some(Count::Of(2_147_483_648)), "upgrade.count")]
#[case::lmx_08_the_sum(|it: &mut Asked| it.count = Some(Count::Of(2_147_483_640)), "upgrade.sum")]
#[case::lmx_09_after_the_base(|it: &mut Asked| it.end = Some(day("2031-01-01")), "upgrade.outside")]
#[case::lmx_09_begins_after_the_base(|it: &mut Asked| (it.start, it.end) = (Some(day("2031-01-01")), Some(day("2031-01-02"))), "upgrade.outside")]
#[case::lmx_09_reversed(|it: &mut Asked| it.start = Some(day("2030-12-31")), "upgrade.reversed")]
#[case::lmx_10_perpetual(|it: &mut Asked| it.end = None, "upgrade.perpetual")]
#[case::lmx_11_unlimited(|it: &mut Asked| it.count = Some(Count::Unlimited), "upgrade.unlimited")]
#[case::lmx_25_rate(|it: &mut Asked| it.match_rate = Some(101), "upgrade.match_rate")]
#[case::lmx_02_no_such_feature(|it: &mut Asked| it.feature = Some(id("f2")), "upgrade.no_exclusive")]
fn lmx_03_04_05_06_08_09_10_11_an_upgrade_that_is_not_right_is_refused(
    #[case] change: Change,
    #[case] code: &str,
) {
    let mut asked = asked("u", 5, "2029-01-01…2029-06-30");
    let mut upgrades = Upgrades::default();
    change(&mut asked);
    assert_eq!(add(&mut upgrades, &asked, &base()), Err(code));
    assert!(UPGRADE_CODES.contains(&code));
    assert_eq!(upgrades, Upgrades::default());
}

#[rstest]
#[case::lmx_02_additive(|it: &mut Entitlement| it.pooling = Pooling::Additive, "upgrade.no_exclusive")]
#[case::lmx_09_starts_before_the_base(|it: &mut Entitlement| it.start = Some(day("2029-01-02")), "upgrade.outside")]
#[case::lmx_09_ends_before_the_base_starts(|it: &mut Entitlement| it.start = Some(day("2029-07-01")), "upgrade.outside")]
#[case::lmx_09_ends_after_the_base(|it: &mut Entitlement| it.end = Some(day("2029-06-29")), "upgrade.outside")]
#[case::lmx_11_unlimited(|it: &mut Entitlement| it.model = Model::Concurrent(MOST), "upgrade.base_unlimited")]
fn lmx_02_09_11_a_base_that_cannot_be_raised_refuses(
    #[case] change: fn(&mut Entitlement),
    #[case] code: &str,
) {
    let mut base = base();
    change(&mut base);
    let asked = asked("u", 5, "2029-01-01…2029-06-30");
    assert_eq!(add(&mut Upgrades::default(), &asked, &base), Err(code));
    // The same holds for a change of a license that has upgrades.
    let (of, refusal) = vector(&super::base()).still_fit(&base).unwrap_err();
    assert_eq!((of, refusal.code()), (id("u1"), code));
}

#[rstest]
#[case::share_virtual(|it: &mut Asked| it.share = vec!["Virtual".to_owned()])]
#[case::match_rate(|it: &mut Asked| it.match_rate = Some(50))]
#[case::hal_servers(|it: &mut Asked| it.hal_servers = Some(3))]
#[case::no_start(|it: &mut Asked| it.start = None)]
#[case::the_last_day(|it: &mut Asked| it.end = Some(day("2030-12-31")))]
#[case::one_day(|it: &mut Asked| it.start = Some(day("2029-06-30")))]
#[case::other_case(|it: &mut Asked| it.feature = Some(id("F1")))]
fn lmx_04_what_an_upgrade_may_have_is_accepted(#[case] change: Change) {
    let mut asked = asked("u", 5, "2029-01-01…2029-06-30");
    change(&mut asked);
    let mut upgrades = Upgrades::default();
    assert_eq!(add(&mut upgrades, &asked, &base()), Ok(()));
    assert_eq!(upgrades.all[0].feature, id("f1"), "as the license writes it");
    assert_eq!(upgrades.all[0].on_virtual, !asked.share.is_empty());
    assert_eq!(upgrades.still_fit(&base()), Ok(()));
}

#[test]
fn lmx_09_equal_dates_are_within() {
    let mut base = base();
    base.start = Some(day("2029-01-01"));
    let asked = asked("u", 5, "2029-01-01…2030-12-31");
    assert_eq!(add(&mut Upgrades::default(), &asked, &base), Ok(()));
}

#[test]
fn lmx_08_the_sum_is_taken_where_it_is_greatest() {
    let base = base();
    let mut upgrades = Upgrades::default();
    let half = i64::from(MOST / 2);
    for (name, days) in [("a", "…2029-06-30"), ("b", "2029-07-01…2029-12-31"), ("c", "2030-01-01…2030-12-31")]
    {
        add(&mut upgrades, &asked(name, half, days), &base).unwrap();
    }
    let room = i64::from(MOST) - half - 10;
    assert_eq!(add(&mut upgrades.clone(), &asked("d", room, "2029-06-01…2030-12-31"), &base), Ok(()));
    assert_eq!(
        add(&mut upgrades, &asked("d", room + 1, "2029-06-01…2029-12-31"), &base),
        Err("upgrade.sum"),
        "for one day would be enough"
    );
    let mut larger = base;
    larger.model = Model::Concurrent(MOST - 1);
    let (of, refusal) = upgrades.still_fit(&larger).unwrap_err();
    assert_eq!(of, id("c"));
    assert_eq!(refusal, UpgradeRefusal::Sum { sum: u64::from(MOST - 1) + u64::from(MOST / 2) });
}

#[test]
fn lmx_12_another_upgrade_with_a_known_id_is_refused() {
    let base = base();
    let mut upgrades = vector(&base);
    assert_eq!(add(&mut upgrades, &asked("u1", 6, "2029-01-01…2029-06-30"), &base), Err("upgrade.altered"));
    assert_eq!(upgrades, vector(&base));
}

#[test]
fn lmx_10_a_base_that_gets_an_end_refuses_its_perpetual_upgrades() {
    let mut base = base();
    base.end = None;
    let mut upgrades = Upgrades::default();
    add(&mut upgrades, &asked("u", 5, "…"), &base).unwrap();
    let (_, refusal) = upgrades.still_fit(&super::base()).unwrap_err();
    assert_eq!(refusal, UpgradeRefusal::Perpetual { end: day("2030-12-31") });
    assert!(refusal.to_string().contains("2030-12-31"));
}
