use handcarry_format::{
    Counter, Feature, Fingerprint, FingerprintPart, Id, Instant, LicenseKey, Model, Overage, Product, Reset,
    SecretKey, Source, Totals, Vendor,
};
use handcarry_rules::{Entitlement, Policy, SeatPolicy};

pub(crate) fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn totals(list: &[(&str, i64)]) -> Totals {
    list.iter().map(|(counter, amount)| (id(counter), *amount)).collect()
}

/// The secret key of this name.
pub(crate) fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(handcarry_format::Digest::of(name.as_bytes()).as_bytes())
}

pub(crate) fn counter(name: &str, maximum: Option<i64>, overage: Overage, reset: Reset) -> Feature {
    let counter = Some(Counter { maximum, overage, reset });
    Feature { id: id(name), name: name.to_owned(), counter }
}

/// Parts of a fingerprint: `hardware` or `system`, name, value, weight.
pub(crate) fn parts(list: &[(Source, &str, &str, u32)]) -> Fingerprint {
    let part = |&(source, name, value, weight): &(Source, &str, &str, u32)| {
        let hash = handcarry_format::Digest::of(value.as_bytes()).hex()[..32].to_owned();
        FingerprintPart { name: id(name), source, hash, weight }
    };
    Fingerprint { parts: list.iter().map(part).collect() }
}

/// Two seats, one counter without a maximum, perpetual, in UTC.
pub(crate) fn entitlement() -> Entitlement {
    Entitlement {
        id: id("license-1"),
        key: LicenseKey::from_random([7; 10]),
        vendor: Vendor { id: id("acme"), name: "Acme".to_owned() },
        product: Product { id: id("cad"), name: "Acme CAD Pro".to_owned(), version: None },
        customer: None,
        features: vec![counter("renders", None, Overage::None, Reset::Never)],
        model: Model::NodeLocked,
        seats: SeatPolicy { total: 2, transfer_limit: None, transfers: 0, repair_limit: 3 },
        start: None,
        end: None,
        zone: chrono_tz::UTC,
        evaluation: false,
        maintenance_end: None,
        match_rate: 66,
        lease: None,
        policy: Policy::default(),
        allow_offline: None,
        enabled: true,
        revision: 1,
        blocked: vec![],
    }
}
