//! What happens by itself: at midnight, every hour, when something falls due.
//!
//! A [`Job`] changes nothing but the store. It is visited once at every instant that it names, in the order of
//! the instants, each in a unit of work that also notes how far the job has come: exactly once, after a stop of
//! days too, and with any number of servers on one store.
//!
//! An [`Errand`] waits for somebody else, such as a mail server. It works on a thread of its own, outside of any unit
//! of work, and claims in the store what it is about to do.
//!
//! A new one is a line in [`JOBS`] or [`ERRANDS`].

mod pass;
mod run;
mod times;

use handcarry_format::{Digest, Id, Instant};
use handcarry_store::{Channel, StoreError, Tx};

use crate::app::App;
use crate::failure::Failure;
use crate::notice::address::Addressing;
use crate::notice::deliver::Delivering;
use crate::service::vendor::counts;
use crate::service::vendor::once::Forgetting;
use crate::service::vendor::returns::Losses;
use crate::service::{holder, pool};
use crate::site::Site;
pub use handcarry_rules::next_midnight;
pub use pass::{Jobs, Passed, due_jobs, pass};
pub use run::Running;
pub use times::{hours, midnights, next_hour};

/// Every job, in the order in which those that are due at one instant are visited.
pub const JOBS: &[&dyn Job] = &[
    pool::CLOCK,
    pool::NOTICES,
    counts::UPGRADES,
    counts::SESSIONS,
    holder::COMPARE,
    holder::RENEWALS,
    &Losses,
    &Forgetting,
];

/// Every errand.
pub const ERRANDS: &[&dyn Errand] = &[
    pool::VERIFY,
    holder::READ_SOURCES,
    &Addressing,
    &Delivering(Channel::Webhook),
    &Delivering(Channel::Mail),
];

/// Something that the store is due for at certain instants.
pub trait Job: Send + Sync {
    /// A stable name: how far the job has come is kept under it.
    fn name(&self) -> &'static str;

    /// The first instant later than `after` at which there is something to do, whether it has come or not. Reads only.
    ///
    /// As it stands here: the next midnight of the tenant's zone. A job that keeps a due time in the store gives the
    /// earliest one, even if that is not later than `after`; its visit must then move that time on.
    fn next(&self, tx: &mut dyn Tx, site: &Site, after: Instant) -> Result<Option<Instant>, StoreError> {
        let _ = tx;
        Ok(Some(next_midnight(after, site.zone())))
    }

    /// Does what is due at [`Visit::at`], as of that instant. May run more than once until it is committed, like every
    /// unit of work: no effects but through `tx`, no clock, no randomness.
    ///
    /// An error undoes the visit. It is tried again after a pause, and keeps no other job from running.
    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError>;
}

/// One visit of a job to a tenant.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The tenant.
    pub site: &'a Site,
    /// The instant whose work is done: a midnight that may have been missed long ago.
    pub at: Instant,
    /// How far the job had come before.
    pub after: Instant,
    /// The time of the visit itself; never before `at`.
    pub now: Instant,
    /// Where the visit before this one ended, if that one was [`Progress::More`].
    pub cursor: Option<&'a str>,
    /// The job's name.
    pub job: &'a str,
}

impl Visit<'_> {
    /// An id for something that this visit makes. The same visit gets the same id for the same name, however often it
    /// runs.
    pub fn id(&self, name: &str) -> Id {
        let tenant = self.site.tenant.slug.as_str();
        let text = [self.job, tenant, &self.at.to_string(), name].join("\n");
        let mut bits = [0; 16];
        bits.copy_from_slice(&Digest::of(text.as_bytes()).as_bytes()[..16]);
        Id::from_random(bits)
    }
}

/// How far a visit came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All that was due at this instant is done.
    Done,
    /// A part is done, up to this cursor: the rest is for the next visit, in a unit of work of its own, so that
    /// nobody has to wait for a large tenant's midnight.
    More(String),
}

/// Why a visit or an errand failed.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else, in words for whoever runs the server.
    #[error("{0}")]
    Other(String),
}

impl From<Failure> for JobError {
    fn from(failure: Failure) -> JobError {
        match failure {
            Failure::Store(error) => JobError::Store(error),
            Failure::Problem(problem) => JobError::Other(problem.code.clone()),
        }
    }
}

/// Something that has effects outside of the store, and may have to wait for them.
pub trait Errand: Send + Sync {
    /// A stable name.
    fn name(&self) -> &'static str;

    /// How many threads go on it.
    fn threads(&self) -> usize {
        1
    }

    /// Does some of what waits, and says how many things that were; at 0 the next round is one tick later. Blocks. Two
    /// processes may be here at once, and one may be killed: what is done is claimed in the store first.
    fn round(&self, app: &App) -> Result<usize, JobError>;
}
