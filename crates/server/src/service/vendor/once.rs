//! Idempotency keys: a change that is asked for twice is made once, and both get the same answer.
//!
//! The answer is kept in the transaction of its effect, under the token and the key that the caller chose. A refusal
//! changes nothing and is not kept: the same request may be right in a moment.

use handcarry_api::{Problem, code};
use handcarry_format::{Digest, Instant};
use handcarry_store::{StoreError, TenantId, Tx};

use crate::failure::Failure;
use crate::schedule::{Job, JobError, Progress, Visit};
use crate::service::vendor::done::Done;
use crate::service::vendor::token::Caller;
use crate::service::vendor::unit::{By, Unit};

/// Seconds for which an answer is kept at least.
pub const KEPT: i64 = 48 * 3600;

/// Answers that are forgotten in one unit of work at most: others wait for the writer too.
const AT_A_TIME: u32 = 1_000;

/// Longest key.
pub const LONGEST: usize = 128;

/// What a caller asks for, as far as it must be told apart from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The caller's key for it; none = every request is a new one.
    pub key: Option<String>,
    /// Over method, address, and body.
    pub digest: Digest,
}

impl Asked {
    /// What a request asks for. The parts are told apart by their lengths.
    pub fn of(key: Option<String>, method: &str, address: &str, body: &[u8]) -> Asked {
        let parts = [method.as_bytes(), address.as_bytes(), body];
        let mut bytes = Vec::with_capacity(body.len() + 256);
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Asked { key, digest: Digest::of(&bytes) }
    }
}

/// What a caller's change came to.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The answer.
    pub done: Done,
    /// It was given before.
    pub again: bool,
}

/// A caller's change, with everything that must be drawn before it begins.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Who asks.
    pub caller: Caller,
    /// For what.
    pub asked: Asked,
    /// The portal's clock.
    pub now: Instant,
    /// A fresh one.
    pub nonce: String,
}

impl Request {
    /// Does the work once for its key: the answer from before, or the work and its answer.
    pub fn run(
        &self,
        tx: &mut dyn Tx,
        work: &mut impl FnMut(&mut Unit<'_>) -> Result<Done, Failure>,
    ) -> Result<Answered, Failure> {
        let Request { tenant, caller, asked, now, nonce } = self;
        if let Some(key) = &asked.key
            && let Some(known) = tx.kept_answer(*tenant, &caller.token, key)?
        {
            if known.request != asked.digest {
                return Err(Problem::new(409, code::KEY_REUSED).with("at", known.at).into());
            }
            return Ok(Answered { done: Done::kept(known, &caller.veil), again: true });
        }
        let by = By::Token(caller.token.clone());
        let done = work(&mut Unit { tx, tenant: *tenant, now: *now, by: &by })?;
        if let Some(key) = &asked.key {
            let kept = done.keep(asked.digest, *now, &caller.veil, nonce);
            tx.keep_answer(*tenant, &caller.token, key, &kept)?;
        }
        Ok(Answered { done, again: false })
    }
}

/// Forgets answers every midnight.
pub struct Forgetting;

impl Job for Forgetting {
    fn name(&self) -> &'static str {
        "answers"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        match forget(tx, visit.site.id(), visit.at)? {
            true => Ok(Progress::Done),
            false => Ok(Progress::More("older".to_owned())),
        }
    }
}

/// Forgets answers that are older than [`KEPT`]; `false` if there may be more.
pub fn forget(tx: &mut dyn Tx, tenant: TenantId, now: Instant) -> Result<bool, StoreError> {
    Ok(tx.forget_answers(tenant, now.plus_seconds(-KEPT), AT_A_TIME)? < u64::from(AT_A_TIME))
}
