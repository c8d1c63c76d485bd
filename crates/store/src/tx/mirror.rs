//! Nested values as JSON. They are written by the format's own serialization and read back here: what a
//! transfer file may hold and what a database may hold are two questions.

use handcarry_format::{
    Block, Counter, Feature, Fingerprint, FingerprintPart, Id, Instant, KeyId, Overage, Reset, Source, Totals,
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct StoredFeature {
    id: String,
    name: String,
    #[serde(default)]
    counter: Option<StoredCounter>,
}

#[derive(Deserialize)]
struct StoredCounter {
    #[serde(default)]
    maximum: Option<i64>,
    overage: StoredOverage,
    reset: StoredReset,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredOverage {
    None,
    Unlimited,
    UpTo(i64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredReset {
    Never,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

#[derive(Deserialize)]
struct StoredBlock {
    device: String,
    since: String,
}

#[derive(Deserialize)]
struct StoredFingerprint {
    parts: Vec<StoredPart>,
}

#[derive(Deserialize)]
struct StoredPart {
    name: String,
    source: StoredSource,
    hash: String,
    weight: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredSource {
    Hardware,
    System,
}

pub(super) fn features(text: &str) -> Option<Vec<Feature>> {
    let stored: Vec<StoredFeature> = serde_json::from_str(text).ok()?;
    let feature = |feature: StoredFeature| {
        Some(Feature {
            id: Id::new(&feature.id)?,
            name: feature.name,
            counter: feature.counter.map(|counter| Counter {
                maximum: counter.maximum,
                overage: match counter.overage {
                    StoredOverage::None => Overage::None,
                    StoredOverage::Unlimited => Overage::Unlimited,
                    StoredOverage::UpTo(more) => Overage::UpTo(more),
                },
                reset: match counter.reset {
                    StoredReset::Never => Reset::Never,
                    StoredReset::Daily => Reset::Daily,
                    StoredReset::Weekly => Reset::Weekly,
                    StoredReset::Monthly => Reset::Monthly,
                    StoredReset::Yearly => Reset::Yearly,
                },
            }),
        })
    };
    stored.into_iter().map(feature).collect()
}

pub(super) fn blocked(text: &str) -> Option<Vec<Block>> {
    let stored: Vec<StoredBlock> = serde_json::from_str(text).ok()?;
    let block = |block: StoredBlock| {
        Some(Block { device: KeyId::parse(&block.device)?, since: Instant::parse(&block.since)? })
    };
    stored.into_iter().map(block).collect()
}

pub(super) fn fingerprint(text: &str) -> Option<Fingerprint> {
    let stored: StoredFingerprint = serde_json::from_str(text).ok()?;
    let part = |part: StoredPart| {
        Some(FingerprintPart {
            name: Id::new(&part.name)?,
            source: match part.source {
                StoredSource::Hardware => Source::Hardware,
                StoredSource::System => Source::System,
            },
            hash: part.hash,
            weight: part.weight,
        })
    };
    let parts = stored.parts.into_iter().map(part).collect::<Option<_>>()?;
    Some(Fingerprint { parts })
}

pub(super) fn totals(text: &str) -> Option<Totals> {
    let stored: BTreeMap<String, i64> = serde_json::from_str(text).ok()?;
    stored.into_iter().map(|(counter, total)| Some((Id::new(&counter)?, total))).collect()
}

pub(super) fn instants(text: &str) -> Option<Vec<Instant>> {
    let stored: Vec<i64> = serde_json::from_str(text).ok()?;
    stored.into_iter().map(Instant::from_unix).collect()
}
