//! LM-X license templates: XML that becomes licenses and upgrades (LMX-22).
//!
//! [`read`] takes a file apart and says everything that is wrong with it, each with its line and column; only a file with
//! no fault becomes a [`Template`]. [`plan`] makes licenses and upgrades of it; what each setting becomes is in
//! `docs/lmx.md`. Nothing here touches the store.

mod fault;
mod feature;
mod place;
mod plan;
mod setting;
mod values;
mod xml;

pub use fault::{Fault, FaultKind, LMX_CODES};
pub use feature::{Feature, Noted};
pub use place::Place;
pub use plan::{Choices, Plan, PlannedLicense, PlannedUpgrade, plan};

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// Most FEATURE elements in a file.
pub const MAX_FEATURES: usize = 1_000;
/// Most settings and host ids of one feature.
pub const MAX_SETTINGS: usize = 200;
/// Longest value, in bytes, as LM-X has it.
pub const MAX_VALUE: usize = 8_192;

/// A template that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its features, in order.
    pub features: Vec<Feature>,
}

/// Reads a template. `ignored` names settings that have no equal here and are left out knowingly, `OPTIONS` for instance.
///
/// On failure: everything that is wrong, by its place. XML that cannot be read ends the search.
pub fn read(bytes: &[u8], ignored: &[String]) -> Result<Template, Vec<Fault>> {
    let (text, blocks) = xml::blocks(bytes).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let features: Vec<Feature> =
        blocks.into_iter().filter_map(|block| feature::feature(block, ignored, &mut faults)).collect();
    if features.is_empty() && faults.is_empty() {
        faults.push(Fault { at: Place::of(text, text.len()), kind: FaultKind::Empty });
    }
    if faults.is_empty() {
        return Ok(Template { features });
    }
    faults.sort_by_key(|fault| fault.at);
    Err(faults)
}

#[cfg(test)]
mod tests;
