//! An activation as a caller sees it.

use std::collections::BTreeMap;

use handcarry_rules::ActivationState;
use handcarry_store::ListedActivation;
use serde::Serialize;
use utoipa::ToSchema;

/// One seat of a license and the device that holds or held it.
#[derive(Serialize, ToSchema)]
#[schema(as = Activation)]
pub(in crate::http) struct Shown {
    /// Its id, which outlives a return (HEX-03).
    id: String,
    /// Id of its license.
    license: String,
    /// The device that holds it, or held it last.
    device: Device,
    /// `taken`, `returned` or `retired`.
    state: &'static str,
    /// When it was given or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// How staff took it back: `returned`, `rehosted` or `lost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retired: Option<&'static str>,
    /// The device may still have its license: staff took it back and no proof has come (HEX-07).
    orphan_on_device: bool,
    /// A second device seems to use it (D-36).
    clone_suspected: bool,
    /// When the device was activated.
    #[schema(format = DateTime)]
    activated_at: String,
    /// When its newest license file was issued.
    #[schema(format = DateTime)]
    issued_at: String,
    /// Generation of the newest license file.
    generation: u32,
    /// Digest of the newest license file.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<String>,
    /// The license's revision in that file; the license's own is higher where a refresh is due (LSP-10).
    license_revision: u32,
    /// Number of the last usage report that is booked.
    booked_report: u32,
    /// Lifetime usage by counter, as far as it is booked.
    #[schema(value_type = BTreeMap<String, i64>)]
    totals: BTreeMap<String, i64>,
    /// When it was repaired.
    #[schema(value_type = Vec<String>)]
    repairs: Vec<String>,
}

/// A device.
#[derive(Serialize, ToSchema)]
struct Device {
    /// The name that the customer gave it.
    name: String,
    /// Its key's id.
    key: String,
}

impl From<ListedActivation> for Shown {
    fn from(ListedActivation { license, activation, .. }: ListedActivation) -> Shown {
        let retirement = activation.retirement();
        let (state, ended_at) = match activation.state {
            ActivationState::Taken => ("taken", None),
            ActivationState::Returned { at } => ("returned", Some(at)),
            ActivationState::Retired(retirement) => ("retired", Some(retirement.at)),
        };
        Shown {
            id: activation.id.to_string(),
            license: license.to_string(),
            state,
            ended_at: ended_at.map(|at| at.to_string()),
            retired: retirement.map(|it| it.how.name()),
            orphan_on_device: retirement.is_some_and(|it| it.proven.is_none()),
            clone_suspected: activation.clone_suspected,
            activated_at: activation.activated_at.to_string(),
            issued_at: activation.issued_at.to_string(),
            generation: activation.generation,
            newest: activation.newest.map(|digest| digest.to_string()),
            license_revision: activation.revision,
            booked_report: activation.usage.booked,
            totals: activation.usage.totals.iter().map(|(id, total)| (id.to_string(), *total)).collect(),
            repairs: activation.repairs.iter().map(ToString::to_string).collect(),
            device: Device { key: activation.device.key.id().to_string(), name: activation.device.name },
        }
    }
}
