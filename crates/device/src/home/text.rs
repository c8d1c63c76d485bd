//! Reads back what the format's types write as text.

use std::collections::BTreeMap;

use handcarry_format::{Digest, Envelope, Id, Instant, json};
use serde::de::{Deserialize, Deserializer, Error as _};

pub(super) trait FromText: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

impl FromText for Id {
    fn from_text(text: &str) -> Option<Self> {
        Id::new(text)
    }
}

impl FromText for Instant {
    fn from_text(text: &str) -> Option<Self> {
        Instant::parse(text)
    }
}

impl FromText for Digest {
    fn from_text(text: &str) -> Option<Self> {
        Digest::parse(text)
    }
}

fn read<'de, T: FromText, D: Deserializer<'de>>(text: &str) -> Result<T, D::Error> {
    T::from_text(text).ok_or_else(|| D::Error::custom("malformed"))
}

pub(super) fn parsed<'de, T: FromText, D: Deserializer<'de>>(d: D) -> Result<T, D::Error> {
    read::<T, D>(&String::deserialize(d)?)
}

pub(super) fn maybe<'de, T: FromText, D: Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
    Option::<String>::deserialize(d)?.map(|text| read::<T, D>(&text)).transpose()
}

pub(super) fn list<'de, T: FromText, D: Deserializer<'de>>(d: D) -> Result<Vec<T>, D::Error> {
    Vec::<String>::deserialize(d)?.iter().map(|text| read::<T, D>(text)).collect()
}

pub(super) fn map<'de, K, V, M, D>(d: D) -> Result<M, D::Error>
where
    M: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
    K: FromText,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let map = BTreeMap::<String, V>::deserialize(d)?;
    map.into_iter().map(|(key, value)| Ok((read::<K, D>(&key)?, value))).collect()
}

pub(super) fn envelope<'de, D: Deserializer<'de>>(d: D) -> Result<Envelope, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    let wrong = || D::Error::custom("no envelope");
    let text = value.to_string();
    let json = json::parse(text.as_bytes(), 4).map_err(|_| wrong())?;
    Envelope::from_json(&json).map_err(|_| wrong())
}

pub(super) fn envelope_maybe<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Envelope>, D::Error> {
    struct Wrapped(Envelope);
    impl<'de> Deserialize<'de> for Wrapped {
        fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            envelope(d).map(Wrapped)
        }
    }
    Ok(Option::<Wrapped>::deserialize(d)?.map(|wrapped| wrapped.0))
}
