use handcarry_format::{Instant, Map};

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

/// What a device's report says of its machine. A time that cannot be read, or lies ahead of the portal's clock, counts as
/// `now`: that there is a mismatch is what matters.
pub fn reported_mismatch(variables: &Map<String, String>, now: Instant) -> Option<Mismatch> {
    let said = variables.get(MISMATCH_VARIABLE)?;
    Some(Mismatch { since: Instant::parse(said).map_or(now, |since| since.min(now)) })
}
