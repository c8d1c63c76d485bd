//! Features on the wire: what may be used, and how it is counted.

use handcarry_format as format;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::failure::Failure;
use crate::service::vendor::refuse;
use crate::service::vendor::value::{Key, Name, Units};

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
