use handcarry_format::{Fingerprint, Instant, Map};

use crate::fingerprint::match_percent;

/// Days that a license runs on a machine that is no longer the one it was issued for (ICE-03).
pub const MISMATCH_DAYS: i64 = 7;

/// The variable by which a device tells, in its reports and requests, since when its machine has been another one.
pub const MISMATCH_VARIABLE: &str = "handcarry.mismatch_since";

/// *Reference ID mismatch* (ICE-03): less of the fingerprint is left than the license asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Since when.
    pub since: Instant,
}

impl Mismatch {
    /// The license runs until then, unless it is re-hosted or repaired.
    pub fn until(self) -> Instant {
        self.since.plus_days(MISMATCH_DAYS)
    }

    /// The seven days are over.
    pub fn has_stopped(self, now: Instant) -> bool {
        now >= self.until()
    }
}

/// Percent of a fingerprint below which a machine is another one, not a changed one.
pub const SAME_MACHINE_PERCENT: u32 = 25;

/// How a machine stands to the one that a license was issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// Enough of the fingerprint matches (LMX-25).
    Same,
    /// Less than the match rate, but too much for another machine: the license runs seven more days (ICE-03).
    Changed,
    /// Another machine, such as one on which a backup was restored: refused at once (ICE-16). Machines of one model share
    /// their model, processor and system, which is far less than a quarter of what a fingerprint weighs.
    Another,
}

/// Compares machines by their fingerprints; a match rate of 0 compares nothing.
pub fn machine(known: &Fingerprint, present: &Fingerprint, match_rate: u32) -> Machine {
    match match_percent(known, present) {
        percent if percent >= match_rate => Machine::Same,
        percent if percent >= SAME_MACHINE_PERCENT => Machine::Changed,
        _ => Machine::Another,
    }
}

/// What a device's report says of its machine. A time that cannot be read, or lies ahead of the portal's clock, counts as
/// `now`: that there is a mismatch is what matters.
pub fn reported_mismatch(variables: &Map<String, String>, now: Instant) -> Option<Mismatch> {
    let said = variables.get(MISMATCH_VARIABLE)?;
    Some(Mismatch { since: Instant::parse(said).map_or(now, |since| since.min(now)) })
}
