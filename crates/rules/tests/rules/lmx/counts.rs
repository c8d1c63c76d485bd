use handcarry_format::Model;
use handcarry_rules::Pooling;
use handcarry_rules::upgrade::{ChangeKind, HostId, HostLock, Upgrades, base_count, base_of};
use rstest::rstest;

use super::{add, asked, base, vector};
use crate::world::{at, day, entitlement, id};

#[rstest]
#[case("2028-12-31T23:59:59Z", 13)]
#[case("2029-01-01T00:00:00Z", 18)]
#[case("2029-06-30T00:00:00Z", 18)]
#[case("2029-06-30T23:59:59Z", 18)]
#[case("2029-07-01T00:00:00Z", 13)]
#[case("2030-12-31T23:59:59Z", 13)]
#[case("2031-01-01T00:00:00Z", 10)]
fn lmx_07_the_count_is_the_base_and_the_upgrades_that_are_active(#[case] when: &str, #[case] count: u32) {
    let upgrades = vector(&base());
    assert_eq!(upgrades.count_at(&base(), at(when)), count);
    assert_eq!(upgrades.added_at(&base(), at(when)), count - 10);
}

#[test]
fn lmx_07_the_count_of_a_license_that_is_not_concurrent_is_its_seats() {
    let mut base = base();
    (base.model, base.seats.total) = (Model::NodeLocked, 10);
    let upgrades = vector(&base);
    assert_eq!(upgrades.count_at(&base, at("2029-02-01T00:00:00Z")), 18);
    assert_eq!(upgrades.raised(&base, at("2029-02-01T00:00:00Z")), (Model::NodeLocked, 18));
}

#[test]
fn lmx_16_the_base_reports_its_upgraded_count_and_keeps_its_own_seats() {
    let base = base();
    let raised = vector(&base).raised(&base, at("2029-02-01T00:00:00Z"));
    assert_eq!(raised, (Model::Concurrent(18), base.seats.total));
    assert_eq!(base_count(&base), 10, "the base itself stays as it was sold");
}

#[rstest]
#[case::utc("UTC", "2028-12-31T23:59:59Z", "2029-01-01T00:00:00Z")]
#[case::east("Asia/Tokyo", "2028-12-31T14:59:59Z", "2028-12-31T15:00:00Z")]
#[case::west("America/New_York", "2029-01-01T04:59:59Z", "2029-01-01T05:00:00Z")]
fn lmx_14_an_upgrade_starts_at_midnight_of_the_license_s_zone(
    #[case] zone: &str,
    #[case] before: &str,
    #[case] after: &str,
) {
    let mut base = base();
    base.zone = zone.parse().unwrap();
    let upgrades = vector(&base);
    assert_eq!((upgrades.count_at(&base, at(before)), upgrades.count_at(&base, at(after))), (13, 18));
}

#[test]
fn lmx_14_an_upgrade_stops_at_the_midnight_after_its_last_day_on_a_night_of_25_hours() {
    let mut base = base();
    base.zone = "Europe/Berlin".parse().unwrap();
    let mut upgrades = Upgrades::default();
    add(&mut upgrades, &asked("u", 5, "2029-10-28…2029-10-28"), &base).unwrap();
    let counts =
        ["2029-10-27T21:59:59Z", "2029-10-27T22:00:00Z", "2029-10-28T22:59:59Z", "2029-10-28T23:00:00Z"]
            .map(|when| upgrades.count_at(&base, at(when)));
    assert_eq!(counts, [10, 15, 15, 10]);
}

#[test]
fn lmx_14_changes_are_told_once_and_at_their_midnights() {
    let (base, upgrades) = (base(), vector(&base()));
    let of = |after: &str, until: &str| -> Vec<_> {
        let changes = upgrades.changes(&base, at(after), at(until)).into_iter();
        changes.map(|it| (it.at.to_string(), it.upgrade.to_string(), it.kind.name())).collect()
    };
    let told =
        |when: &str, upgrade: &str, kind: ChangeKind| (when.to_owned(), upgrade.to_owned(), kind.name());
    let started = told("2029-01-01T00:00:00Z", "u1", ChangeKind::Started);
    let ended = told("2029-07-01T00:00:00Z", "u1", ChangeKind::Ended);
    assert_eq!(of("2028-01-01T00:00:00Z", "2029-12-31T00:00:00Z"), [started.clone(), ended]);
    assert_eq!(of("2028-12-31T23:59:59Z", "2029-01-01T00:00:00Z"), [started]);
    assert_eq!(of("2029-01-01T00:00:00Z", "2029-06-30T23:59:59Z"), []);
    assert_eq!(
        of("2030-12-31T00:00:00Z", "2031-01-01T00:00:00Z"),
        [told("2031-01-01T00:00:00Z", "u2", ChangeKind::Ended)]
    );
}

#[test]
fn lmx_12_the_same_document_counts_once_and_two_that_look_alike_both_count() {
    let base = base();
    let mut upgrades = Upgrades::default();
    for name in ["a", "b", "a"] {
        add(&mut upgrades, &asked(name, 2, "…2030-12-31"), &base).unwrap();
    }
    assert_eq!(upgrades.all.len(), 2);
    assert_eq!(upgrades.count_at(&base, at("2026-01-01T00:00:00Z")), 14);
    // Even where one was kept twice it counts once.
    upgrades.all.extend(upgrades.all.clone());
    assert_eq!(upgrades.count_at(&base, at("2026-01-01T00:00:00Z")), 14);
}

#[rstest]
#[case::all_that_is_asked(100, &["HOSTNAME=Alpha1", "ETHERNET=00:11:22:aa:bb:cc"], 15)]
#[case::a_further_one(100, &["HOSTNAME=alpha1", "ETHERNET=001122AABBCC", "BIOS=7"], 15)]
#[case::one_of_two(100, &["HOSTNAME=alpha1"], 10)]
#[case::half(50, &["HOSTNAME=alpha1"], 15)]
#[case::above_half(51, &["HOSTNAME=alpha1"], 10)]
#[case::another_server(100, &["HOSTNAME=beta1", "ETHERNET=001122aabbcd"], 10)]
#[case::no_id_at_all(100, &[], 10)]
#[case::rate_of_0_is_off(0, &[], 15)]
fn lmx_13_an_upgrade_that_is_locked_to_a_server_counts_there_only(
    #[case] rate: u32,
    #[case] server: &[&str],
    #[case] count: u32,
) {
    let ids = |list: &[&str]| list.iter().map(|text| HostId::parse(text).unwrap()).collect::<Vec<_>>();
    let lock = |list: &[&str]| HostLock::new(ids(list)).unwrap();
    let mut asked = asked("u", 5, "…2030-12-31");
    asked.match_rate = Some(rate);
    asked.servers = vec![lock(&["HOSTNAME=other"]), lock(&["HOSTNAME=alpha1", "ETHERNET=00-11-22-AA-BB-CC"])];
    let mut upgrades = Upgrades { server: ids(server), ..Upgrades::default() };
    add(&mut upgrades, &asked, &base()).unwrap();
    assert_eq!(upgrades.count_at(&base(), at("2026-01-01T00:00:00Z")), count);
}

#[rstest]
#[case::two_of_three(2, 66, true)]
#[case::two_of_three_at_67(2, 67, false)]
#[case::one_of_three(1, 33, true)]
#[case::none_at_1(0, 1, false)]
#[case::none_at_0(0, 0, true)]
#[case::all(3, 100, true)]
fn lmx_25_the_rate_of_a_server_lock_is_rounded_down(
    #[case] has: usize,
    #[case] rate: u32,
    #[case] opens: bool,
) {
    let ids: Vec<HostId> = (0..3).map(|n| HostId::new("CUSTOM", &n.to_string()).unwrap()).collect();
    let lock = HostLock::new([ids.clone(), ids.clone()].concat()).unwrap();
    assert_eq!(lock.ids().len(), 3, "the same id twice counts once");
    assert_eq!(lock.opens_for(&ids[..has], rate), opens);
}

#[rstest]
#[case("ETHERNET=")]
#[case("ETHERNET=::")]
#[case("=x")]
#[case("no equals sign")]
#[case("IPADDRESS=10.0.0.*")]
#[case("HOST NAME=x")]
#[case("HOSTNAME=a\u{7}")]
fn lmx_13_what_locks_nothing_is_no_host_id(#[case] text: &str) {
    assert_eq!(HostId::parse(text), None);
    assert_eq!(HostId::new("CUSTOM", &"x".repeat(257)), None);
    assert!(HostId::new("CUSTOM", &"x".repeat(256)).is_some());
    assert_eq!(HostLock::new(Vec::new()), None);
}

#[test]
fn lmx_02_an_upgrade_raises_the_exclusive_license_of_its_feature() {
    let mut additive = base();
    (additive.id, additive.pooling) = (id("additive"), Pooling::Additive);
    let mut other = base();
    (other.id, other.features[0].id) = (id("other"), id("f2"));
    let licenses = [additive.clone(), other, base()];
    assert_eq!(base_of(licenses.iter(), &id("f1")).unwrap().id, base().id);
    assert_eq!(base_of(licenses.iter(), &id("F2")).unwrap().id, id("other"), "the case means nothing");
    assert_eq!(base_of(licenses[..1].iter(), &id("f1")), None);
    // An additive one is a pool of its own, whatever is kept beside it.
    assert_eq!(vector(&base()).count_at(&additive, at("2029-02-01T00:00:00Z")), 10);
    assert_eq!(
        vector(&base()).changes(&additive, at("2020-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z")),
        []
    );
}

#[test]
fn lmx_09_with_no_start_an_upgrade_starts_with_its_license() {
    let mut base = base();
    base.start = Some(day("2028-01-01"));
    let upgrades = vector(&base);
    let counts =
        ["2027-12-31T23:59:59Z", "2028-01-01T00:00:00Z"].map(|when| upgrades.count_at(&base, at(when)));
    assert_eq!(counts, [10, 13]);
}

#[test]
fn lmx_10_a_perpetual_upgrade_never_ends() {
    let mut base = entitlement();
    (base.features, base.model) = (super::base().features, Model::Concurrent(10));
    let mut upgrades = Upgrades::default();
    add(&mut upgrades, &asked("u", 5, "2029-01-01…"), &base).unwrap();
    assert_eq!(upgrades.count_at(&base, at("2028-12-31T23:59:59Z")), 10);
    assert_eq!(upgrades.count_at(&base, at("9999-12-31T23:59:59Z")), 15);
}
