use handcarry_format::{
    Counter, Feature, Fingerprint, FingerprintPart, Id, Instant, LicenseKey, Overage, Product, Reset,
    SecretKey, Source, Totals, Vendor,
};
use handcarry_rules::{Entitlement, SeatPolicy};

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
    let vendor = Vendor { id: id("acme"), name: "Acme".to_owned() };
    let product = Product { id: id("cad"), name: "Acme CAD Pro".to_owned(), version: None };
    let key = LicenseKey::from_random([7; 10]);
    Entitlement {
        features: vec![counter("renders", None, Overage::None, Reset::Never)],
        seats: SeatPolicy { total: 2, transfer_limit: None, transfers: 0, repair_limit: 3 },
        match_rate: 66,
        ..Entitlement::new(id("license-1"), key, vendor, product, chrono_tz::UTC)
    }
}
