//! Features on the wire: what may be used, and how it is counted.

use handcarry_format as format;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::service::vendor::refuse;
use crate::service::vendor::value::{Given, Key, Name, Units, given};

/// Something that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// As the application asks for it.
    pub id: Key,
    /// Its name for people.
    pub name: Name,
    /// If its use is counted: how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
}

/// How the use of a feature is counted (LSP-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Most units in a period; absent = unlimited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Units>,
    /// What happens above it.
    #[serde(default)]
    pub overage: Overage,
    /// When it starts anew (LSP-27).
    #[serde(default)]
    pub reset: Reset,
}

/// What happens when consumption reaches the maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Overage {
    /// The device refuses further use.
    #[default]
    None,
    /// Use goes on without bound.
    Unlimited,
    /// Use goes on for so many units above the maximum.
    UpTo(Units),
}

/// When a counter starts anew, at midnight of the tenant's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// Never.
    #[default]
    Never,
    /// Every day.
    Daily,
    /// On Monday.
    Weekly,
    /// On the 1st.
    Monthly,
    /// On 1 January.
    Yearly,
}

/// A feature of a license. What it does not say is as in the product's catalog.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LicensedFeature {
    /// As the application asks for it.
    pub id: Key,
    /// Its name for people.
    #[serde(default)]
    pub name: Option<Name>,
    /// How its use is counted; `null` = not at all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Counter>)]
    pub counter: Given<Counter>,
}

/// The features of a license that a caller wrote at `path`.
pub fn licensed(
    path: &str,
    written: &[LicensedFeature],
    catalog: &[format::Feature],
) -> Result<Vec<format::Feature>, Failure> {
    let mut all = Vec::with_capacity(written.len());
    for (place, feature) in written.iter().enumerate() {
        let known = catalog.iter().find(|known| known.id == feature.id.0);
        let name = feature.name.as_ref().map(|name| &name.0).or(known.map(|known| &known.name));
        let name = name.ok_or_else(|| {
            refuse::field(&format!("{path}[{place}].name"), "missing: the product has no such feature")
        })?;
        let counter = match feature.counter {
            Some(said) => said.map(format::Counter::from),
            None => known.and_then(|known| known.counter.clone()),
        };
        all.push(format::Feature { id: feature.id.0.clone(), name: name.clone(), counter });
    }
    Ok(all)
}

/// The features that a caller wrote at `path`: no id twice.
pub fn features(path: &str, written: Vec<Feature>, most: usize) -> Result<Vec<format::Feature>, Failure> {
    if written.len() > most {
        return Err(refuse::field(path, format!("at most {most}")));
    }
    let mut all: Vec<format::Feature> = Vec::with_capacity(written.len());
    let mut ids = std::collections::BTreeSet::new();
    for (place, feature) in written.into_iter().enumerate() {
        if !ids.insert(feature.id.0.clone()) {
            return Err(refuse::field(&format!("{path}[{place}].id"), "there twice"));
        }
        let counter = feature.counter.map(format::Counter::from);
        all.push(format::Feature { id: feature.id.0, name: feature.name.0, counter });
    }
    Ok(all)
}

impl From<Counter> for format::Counter {
    fn from(counter: Counter) -> format::Counter {
        format::Counter {
            maximum: counter.maximum.map(|units| units.0),
            overage: match counter.overage {
                Overage::None => format::Overage::None,
                Overage::Unlimited => format::Overage::Unlimited,
                Overage::UpTo(units) => format::Overage::UpTo(units.0),
            },
            reset: match counter.reset {
                Reset::Never => format::Reset::Never,
                Reset::Daily => format::Reset::Daily,
                Reset::Weekly => format::Reset::Weekly,
                Reset::Monthly => format::Reset::Monthly,
                Reset::Yearly => format::Reset::Yearly,
            },
        }
    }
}

impl From<&format::Feature> for Feature {
    fn from(feature: &format::Feature) -> Feature {
        let counter = feature.counter.as_ref().map(|counter| Counter {
            maximum: counter.maximum.map(Units),
            overage: match counter.overage {
                format::Overage::None => Overage::None,
                format::Overage::Unlimited => Overage::Unlimited,
                format::Overage::UpTo(units) => Overage::UpTo(Units(units)),
            },
            reset: match counter.reset {
                format::Reset::Never => Reset::Never,
                format::Reset::Daily => Reset::Daily,
                format::Reset::Weekly => Reset::Weekly,
                format::Reset::Monthly => Reset::Monthly,
                format::Reset::Yearly => Reset::Yearly,
            },
        });
        Feature { id: Key(feature.id.clone()), name: Name(feature.name.clone()), counter }
    }
}
