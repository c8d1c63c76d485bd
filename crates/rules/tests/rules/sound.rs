//! What terms a license can have: what is kept can be issued, and what could not be issued is not kept.

use handcarry_format::{
    Block, Counter, Customer, Feature, KeyId, LicenseKey, Model, Overage, Reset, SecretKey,
};
use handcarry_rules::{Entitlement, LeasePolicy, Revalidation, SeatPolicy, check_terms};
use proptest::prelude::*;
use rstest::rstest;

use crate::world::{Device, World, at, counter, day, entitlement, id};

type Change = fn(&mut Entitlement);

#[rstest]
#[case("seats", |it: &mut Entitlement| it.seats.total = 0)]
#[case("seats", |it: &mut Entitlement| it.seats.total = 2_147_483_648)]
#[case("model.seats", |it: &mut Entitlement| it.model = Model::Concurrent(0))]
#[case("model.seats", |it: &mut Entitlement| it.model = Model::Concurrent(2_147_483_648))]
#[case("match_rate", |it: &mut Entitlement| it.match_rate = 101)]
#[case("lease.days", |it: &mut Entitlement| it.lease = Some(LeasePolicy { days: 0, grace_days: 7 }))]
#[case("lease.days", |it: &mut Entitlement| it.lease = Some(LeasePolicy { days: 3_661, grace_days: 7 }))]
#[case("lease.grace_days", |it: &mut Entitlement| it.lease = Some(LeasePolicy { days: 30, grace_days: 367 }))]
#[case("revalidation.period_days", |it: &mut Entitlement| it.revalidation = Some(Revalidation { period_days: 0, grace_days: 7 }))]
#[case("revalidation.grace_days", |it: &mut Entitlement| it.revalidation = Some(Revalidation { period_days: 30, grace_days: 1 }))]
#[case("revalidation.grace_days", |it: &mut Entitlement| it.revalidation = Some(Revalidation { period_days: 30, grace_days: 8 }))]
#[case("end", |it: &mut Entitlement| (it.start, it.end) = (Some(day("2027-01-02")), Some(day("2027-01-01"))))]
#[case("end.year", |it: &mut Entitlement| it.end = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1))]
#[case("start.year", |it: &mut Entitlement| it.start = chrono::NaiveDate::from_ymd_opt(0, 1, 1))]
#[case("customer.name", |it: &mut Entitlement| it.customer = Some(Customer { name: "a\u{202e}b".to_owned(), order: None }))]
#[case("customer.order", |it: &mut Entitlement| it.customer = Some(Customer { name: "A".to_owned(), order: Some("x".repeat(401)) }))]
#[case("edition", |it: &mut Entitlement| it.edition = Some(" ".to_owned()))]
#[case("replaces", |it: &mut Entitlement| it.replaces = Some(it.id.clone()))]
#[case("previous_order", |it: &mut Entitlement| {
    it.customer = Some(Customer { name: "A".to_owned(), order: Some("O-1".to_owned()) });
    it.previous_order = Some("O-1".to_owned());
})]
#[case("features[1].id", |it: &mut Entitlement| it.features.push(it.features[0].clone()))]
#[case("features[0].name", |it: &mut Entitlement| it.features[0].name.clear())]
#[case("features[0].counter.maximum", |it: &mut Entitlement| it.features = vec![counter("a", Some(-1), Overage::None, Reset::Never)])]
#[case("features[0].counter.overage.up_to", |it: &mut Entitlement| {
    it.features = vec![counter("a", None, Overage::UpTo(1 << 53), Reset::Never)];
})]
#[case("features", |it: &mut Entitlement| it.features = vec![counter("a", None, Overage::None, Reset::Never); 1_001])]
#[case("blocked", |it: &mut Entitlement| it.blocked = vec![block(); 1_001])]
fn lsp_10_terms_that_no_file_can_hold_are_refused(#[case] field: &str, #[case] change: Change) {
    let mut license = entitlement();
    assert_eq!(check_terms(&license), Ok(()));
    change(&mut license);
    assert_eq!(check_terms(&license).unwrap_err().field, field);
}

fn block() -> Block {
    let device: KeyId = SecretKey::from_seed(&[1; 32]).public().id();
    Block { device, since: at("2026-01-01T00:00:00Z") }
}

/// Numbers at the edges of what is allowed, and just outside.
fn edges(most: u32) -> impl Strategy<Value = u32> {
    prop_oneof![
        20 => 1..=most,
        2 => prop_oneof![Just(1), Just(most)],
        1 => prop_oneof![Just(0), Just(most.saturating_add(1)), Just(u32::MAX)],
    ]
}

fn days() -> impl Strategy<Value = Option<chrono::NaiveDate>> {
    let year = prop_oneof![20 => 2000..2040, 2 => prop_oneof![Just(1), Just(9_999)], 1 => prop_oneof![Just(0), Just(10_000)]];
    proptest::option::of(
        (year, 1..=366_u32)
            .prop_map(|(year, day)| chrono::NaiveDate::from_yo_opt(year, day.min(365)).unwrap()),
    )
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        10 => Just("Acme".to_owned()),
        4 => "[a-zA-Z0-9äß工 ]{1,8}x",
        2 => Just("x".repeat(120)),
        1 => prop_oneof![Just("x".repeat(121)), ".{0,8}", Just("\u{2066}a".to_owned())],
    ]
}

prop_compose! {
    fn features()(all in proptest::collection::vec((0..12_u8, texts(), proptest::option::of(prop_oneof![20 => 0..(1_i64 << 53), 1 => -1..(1_i64 << 54)])), 0..4)) -> Vec<Feature> {
        all.into_iter().enumerate().map(|(place, (name, text, maximum))| {
            let counter = maximum.map(|maximum| Counter { maximum: Some(maximum), overage: Overage::UpTo(maximum), reset: Reset::Daily });
            Feature { id: id(&if name == 0 { "f".to_owned() } else { format!("f{place}") }), name: text, counter }
        }).collect()
    }
}

prop_compose! {
    fn licenses()(
        seats in edges(2_147_483_647),
        sessions in proptest::option::of(edges(2_147_483_647)),
        match_rate in edges(100),
        lease in proptest::option::of((edges(3_660), edges(366))),
        (start, end, maintenance_end) in (days(), days(), days()),
        (name, order) in (texts(), proptest::option::of(texts())),
        version in proptest::option::of(texts()),
        features in features(),
        blocked in prop_oneof![10 => Just(0_usize), 5 => Just(1), 2 => Just(1_000), 1 => Just(1_001)],
    ) -> Entitlement {
        let base = entitlement();
        let sorted = order.is_some() && start.zip(end).is_some_and(|(start, end)| end < start);
        let (start, end) = if sorted { (end, start) } else { (start, end) };
        Entitlement {
            key: LicenseKey::from_random([3; 10]),
            product: handcarry_format::Product { version, ..base.product.clone() },
            customer: Some(Customer { name, order }),
            features,
            model: sessions.map_or(Model::NodeLocked, Model::Concurrent),
            seats: SeatPolicy { total: seats, ..base.seats.clone() },
            match_rate,
            lease: lease.map(|(days, grace_days)| LeasePolicy { days, grace_days }),
            start,
            end,
            maintenance_end,
            blocked: vec![block(); blocked],
            ..base
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is kept can be issued: the file is sealed, carried and opened again by the world.
    #[test]
    fn lsp_10_what_is_kept_can_be_issued(mut license in licenses()) {
        prop_assume!(check_terms(&license).is_ok());
        // Whether it may be issued now is another question.
        license.start = license.start.map(|day| day.min(crate::world::day("2026-01-01")));
        license.end = license.end.map(|_| crate::world::day("9999-12-31"));
        let mut world = World::new(license);
        let mut device = Device::new(&world, "WS-17");
        let request = device.request(world.now);
        let done = world.send(&request);
        prop_assert!(done.is_ok_and(|done| done.license.is_some()));
    }
}
