use handcarry_format::Instant;
use serde::{Deserialize, Serialize};

/// The variable of an activation request that says why a license must move once more (ICE-25).
pub const JUSTIFICATION_VARIABLE: &str = "handcarry.justification";

/// How many transfers to another device there may be without a word (ICE-25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferPeriod {
    /// Transfers of one license in the period.
    pub most: u32,
    /// Days of the period, which ends now.
    pub days: u32,
}

/// On what terms a transfer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferTerms {
    /// Within the limit.
    Free,
    /// Beyond it, with a justification that is kept.
    Justified,
}

/// A transfer beyond the limit, with nothing said for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferRefused {
    /// The limit.
    pub period: TransferPeriod,
    /// When the next one is free; none if none ever is.
    pub free_from: Option<Instant>,
}

/// ICE-25: whether a license may move to another device now. `past` are its transfers so far, in any order.
pub fn transfer(
    period: Option<TransferPeriod>,
    past: &[Instant],
    justification: Option<&str>,
    now: Instant,
) -> Result<TransferTerms, TransferRefused> {
    let Some(period) = period else { return Ok(TransferTerms::Free) };
    let days = i64::from(period.days);
    let since = now.plus_days(-days);
    let mut counted: Vec<Instant> = past.iter().copied().filter(|at| *at > since).collect();
    let most = period.most as usize;
    if counted.len() < most {
        return Ok(TransferTerms::Free);
    }
    if justification.is_some_and(|said| !said.trim().is_empty()) {
        return Ok(TransferTerms::Justified);
    }
    counted.sort();
    // Free again when only `most - 1` of them are left in the period.
    let free_from = most.checked_sub(1).map(|keep| counted[counted.len() - 1 - keep].plus_days(days));
    Err(TransferRefused { period, free_from })
}
