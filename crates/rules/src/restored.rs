//! A portal that was restored from a backup meets files that it signed and has forgotten. They are proven by
//! the vendor's keys, so it goes on above them, and a person learns of it.

use handcarry_format::{License, Verified};

use crate::account::Activation;

/// More forgotten files of one activation than this are no backup's age (threat: fast-forwarded generation).
pub const MOST_FORGOTTEN: u32 = 1_000;

/// What a license file shows to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forgotten {
    /// Files up to its generation: the next one is numbered after it.
    Files,
    /// So many that the generation is not taken over.
    TooMany,
}

/// Takes over the generation of a genuine license file that is not known here.
pub(crate) fn catch_up(activation: &mut Activation, held: &Verified<License>) -> Option<Forgotten> {
    // The same generation with other bytes: one was forgotten, and its number given out again.
    let twice = held.generation == activation.generation
        && activation.newest.is_some_and(|newest| newest != held.digest());
    if held.generation <= activation.generation && !twice {
        return None;
    }
    if held.generation - activation.generation > MOST_FORGOTTEN {
        return Some(Forgotten::TooMany);
    }
    activation.generation = held.generation;
    // What is newest here is not what the device has; the next answer is made anew.
    activation.newest = None;
    Some(Forgotten::Files)
}
