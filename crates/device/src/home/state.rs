use std::collections::BTreeMap;

use handcarry_format::{Digest, Envelope, Id, Instant, Totals};
use serde::{Deserialize, Serialize};

use super::text;

/// Everything that changes together: one file, replaced in one step, so that no crash can part it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Counts how often a newer license has set the clock floor anew.
    pub(crate) epoch: u64,
    /// Latest time that was seen when this was written.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) floor: Instant,
    /// The ledger's last record when this was written: an older ledger does not go with it.
    pub(crate) seq: u64,
    /// The newest keyring of the vendor.
    #[serde(deserialize_with = "text::envelope_maybe")]
    pub(crate) keyring: Option<Envelope>,
    /// The license in use.
    #[serde(deserialize_with = "text::envelope_maybe")]
    pub(crate) license: Option<Envelope>,
    /// The last receipt of the license's activation.
    #[serde(deserialize_with = "text::envelope_maybe")]
    pub(crate) receipt: Option<Envelope>,
    /// Activation requests that were made since the last return; only these can bring a returned activation back.
    #[serde(deserialize_with = "text::list")]
    pub(crate) requests: Vec<Digest>,
    /// What is known of each activation that was here.
    #[serde(deserialize_with = "text::map")]
    pub(crate) activations: BTreeMap<Id, Activation>,
    /// Reports of the present activation that are not booked as far as this device knows, oldest first.
    pub(crate) reports: Vec<Report>,
    /// Ledger records up to this one are booked or in a tombstone.
    pub(crate) settled: u64,
    /// Settled use of counters that start anew now and then, in the period that was current then.
    #[serde(deserialize_with = "text::map")]
    pub(crate) periods: BTreeMap<Id, PeriodUse>,
    /// Licenses that were given back, oldest first.
    pub(crate) tombstones: Vec<Tombstone>,
    /// Values of the application.
    pub(crate) variables: BTreeMap<String, String>,
    /// Since when the vendor trusts this device no more, as a later file of the same license says (re-host).
    #[serde(default, deserialize_with = "text::maybe")]
    pub(crate) blocked: Option<Instant>,
    /// When what had stopped was started by hand the last time (ICE-22).
    #[serde(default, deserialize_with = "text::maybe")]
    pub(crate) started: Option<Instant>,
}

/// One activation's place in its two chains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Activation {
    /// The highest generation that was loaded.
    pub(crate) generation: u32,
    /// Digest of that license.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) license: Digest,
    /// Number of the last report or deactivation that was made.
    pub(crate) number: u32,
    /// Its digest.
    #[serde(deserialize_with = "text::maybe")]
    pub(crate) previous: Option<Digest>,
    /// It was given back: only a new request brings it back.
    pub(crate) returned: bool,
}

/// A usage report that was made. Its file is kept beside the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    pub(crate) number: u32,
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) digest: Digest,
    /// The last ledger record in it.
    pub(crate) through: u64,
    /// It asked for a refresh.
    pub(crate) refresh: bool,
    /// Digest of the variables that were in it.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) variables: Digest,
    /// The portal has answered it.
    pub(crate) answered: bool,
}

/// Use of a counter in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeriodUse {
    /// When the period began.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) start: Instant,
    /// Units.
    pub(crate) used: i64,
}

/// A license that was destroyed, and everything that its deactivation file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tombstone {
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) id: Id,
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) activation_id: Id,
    #[serde(deserialize_with = "text::envelope")]
    pub(crate) license: Envelope,
    pub(crate) vendor_name: String,
    pub(crate) product_name: String,
    #[serde(deserialize_with = "text::envelope_maybe")]
    pub(crate) receipt: Option<Envelope>,
    pub(crate) number: u32,
    #[serde(deserialize_with = "text::maybe")]
    pub(crate) previous: Option<Digest>,
    #[serde(deserialize_with = "text::map")]
    pub(crate) opening: Totals,
    pub(crate) entries: Vec<Entry>,
    #[serde(deserialize_with = "text::map")]
    pub(crate) closing: Totals,
    pub(crate) variables: BTreeMap<String, String>,
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) destroyed_at: Instant,
    /// Digest of the deactivation, which the receipt names.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) digest: Digest,
    /// The receipt that closed the circle.
    #[serde(deserialize_with = "text::envelope_maybe")]
    pub(crate) confirmed: Option<Envelope>,
}

/// One use, as documents carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) at: Instant,
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) feature: Id,
    pub(crate) amount: i64,
}

impl State {
    /// The state of a device that has done nothing yet.
    pub(crate) fn new(now: Instant) -> State {
        State {
            epoch: 0,
            floor: now,
            seq: 0,
            keyring: None,
            license: None,
            receipt: None,
            requests: Vec::new(),
            activations: BTreeMap::new(),
            reports: Vec::new(),
            settled: 0,
            periods: BTreeMap::new(),
            tombstones: Vec::new(),
            variables: BTreeMap::new(),
            blocked: None,
            started: None,
        }
    }
}

/// What changes with every use and check: small, so that writing it is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// The state's epoch when this was written; the floor counts in that epoch only.
    pub(crate) epoch: u64,
    /// Latest time that was seen.
    #[serde(deserialize_with = "text::parsed")]
    pub(crate) floor: Instant,
    /// The last ledger record that was confirmed to the application.
    pub(crate) seq: u64,
    /// Its code.
    pub(crate) link: String,
    /// Since when the machine's fingerprint has been another one (ICE-03).
    #[serde(deserialize_with = "text::maybe")]
    pub(crate) mismatch_since: Option<Instant>,
}
