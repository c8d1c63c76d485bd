//! One pass: everything that is due, in the order in which it fell due.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use handcarry_format::Instant;
use handcarry_store::tx::Progress as Stored;
use handcarry_store::{StoreError, Tx};

use crate::app::App;
use crate::schedule::{Job, JobError, Progress, Visit};
use crate::site::Site;

/// Visits to one tenant before the next one gets its turn.
const TURN: usize = 100;

/// A job that comes to a tenant for the first time begins so far back: a server that is started just after a
/// tenant's first midnight has not missed it. More would tell old news.
const FIRST: i64 = 86_400;

/// What was missed longer ago is not caught up.
const CATCH_UP_DAYS: i64 = 366;

/// Longest pause after a failure, in seconds.
const LONGEST_PAUSE: i64 = 300;

/// A list of jobs that lives as long as the program.
pub type Jobs = &'static [&'static dyn Job];

/// How a pass went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Visits that were made.
    pub visits: usize,
    /// Visits that failed.
    pub failures: usize,
    /// There is more to do at once.
    pub more: bool,
}

/// Does what is due at `now` or was due before.
pub async fn pass(app: &App, jobs: Jobs, now: Instant) -> Result<Passed, StoreError> {
    let mut passed = Passed::default();
    let mut failing = 0;
    for site in app.tenants.all(&app.store).await? {
        begin(app, jobs, &site, now).await?;
        for turn in 1.. {
            let next = next(app, jobs, &site, now).await?;
            let Some(job) = next.job else {
                failing += next.failing;
                break;
            };
            match visit(app, job, &site, now).await {
                Ok(true) => {
                    passed.visits += 1;
                    app.metrics.visited(job.name(), "done");
                }
                // Another process was here first.
                Ok(false) => {}
                // No fault of the job's, and nothing could be noted.
                Err(JobError::Store(
                    error @ (StoreError::Busy | StoreError::Full(_) | StoreError::Closed),
                )) => {
                    return Err(error);
                }
                Err(error) => {
                    passed.failures += 1;
                    app.metrics.visited(job.name(), "failed");
                    let (name, tenant) = (job.name(), site.tenant.slug.as_str());
                    tracing::error!(job = name, tenant, %error, "a scheduled job failed");
                    note_failure(app, job, &site, now, error.to_string()).await?;
                }
            }
            if turn == TURN {
                passed.more = true;
                break;
            }
        }
    }
    app.metrics.failing_jobs(failing);
    Ok(passed)
}

/// Notes where jobs begin that come to a tenant for the first time: what falls due from now on is not missed.
async fn begin(app: &App, jobs: Jobs, site: &Arc<Site>, now: Instant) -> Result<(), StoreError> {
    let tenant = site.id();
    let known = app.store.read(move |tx| tx.progresses(tenant)).await?;
    let is_new = |job: &&&dyn Job| !known.iter().any(|(name, _)| name == job.name());
    let new: Vec<&'static dyn Job> = jobs.iter().filter(is_new).copied().collect();
    if new.is_empty() {
        return Ok(());
    }
    let site = Arc::clone(site);
    let work = move |tx: &mut dyn Tx| {
        for job in &new {
            // Another process may have come first.
            let begun = progress(tx, *job, &site, now)?;
            tx.note_progress(tenant, job.name(), &begun)?;
        }
        Ok(())
    };
    app.store.write(work).await
}

struct Next {
    job: Option<&'static dyn Job>,
    /// Jobs that failed last.
    failing: i64,
}

/// The job that is due first; of several, the one that is listed first.
async fn next(app: &App, jobs: Jobs, site: &Arc<Site>, now: Instant) -> Result<Next, StoreError> {
    let site = Arc::clone(site);
    let work = move |tx: &mut dyn Tx| {
        let (mut first, mut failing): (Option<(Instant, &'static dyn Job)>, _) = (None, 0);
        for job in jobs {
            let progress = progress(tx, *job, &site, now)?;
            failing += i64::from(progress.failures > 0);
            let at = match due(tx, *job, &site, &progress, now) {
                Ok(Some(at)) => at,
                Ok(None) => continue,
                Err(error @ (StoreError::Busy | StoreError::Closed)) => return Err(error),
                // The visit fails likewise, and is noted as a failure of this job.
                Err(_) => return Ok(Next { job: Some(*job), failing }),
            };
            if first.is_none_or(|(earliest, _)| at < earliest) {
                first = Some((at, *job));
            }
        }
        Ok(Next { job: first.map(|(_, job)| job), failing })
    };
    app.store.read(work).await
}

/// The jobs that a tenant waits for, each with the instant whose turn it is, also where they pause after a failure.
pub fn due_jobs(
    tx: &mut dyn Tx,
    jobs: Jobs,
    site: &Site,
    now: Instant,
) -> Result<Vec<(&'static str, Instant)>, StoreError> {
    let mut all = Vec::new();
    for job in jobs {
        let stored = Stored { failed: None, ..progress(tx, *job, site, now)? };
        all.extend(due(tx, *job, site, &stored, now)?.map(|at| (job.name(), at)));
    }
    Ok(all)
}

/// Visits a tenant, if the job is still due: another process may have come first.
async fn visit(app: &App, job: &'static dyn Job, site: &Arc<Site>, now: Instant) -> Result<bool, JobError> {
    let site = Arc::clone(site);
    let work = move |tx: &mut dyn Tx| {
        let stored = progress(tx, job, &site, now)?;
        let Some(at) = due(tx, job, &site, &stored, now)? else { return Ok(false) };
        let cursor = stored.part.as_ref().map(|(_, cursor)| cursor.as_str());
        let visit = Visit { site: &site, at, after: stored.done_until, now, cursor, job: job.name() };
        let came = job.run(tx, &visit)?;
        let next = match came {
            Progress::Done => {
                Stored { done_until: stored.done_until.max(at), part: None, failures: 0, failed: None }
            }
            Progress::More(cursor) => {
                Stored { done_until: stored.done_until, part: Some((at, cursor)), failures: 0, failed: None }
            }
        };
        tx.note_progress(site.id(), job.name(), &next)?;
        Ok(true)
    };
    app.store.write(work).await
}

async fn note_failure(
    app: &App,
    job: &'static dyn Job,
    site: &Arc<Site>,
    now: Instant,
    error: String,
) -> Result<(), StoreError> {
    let site = Arc::clone(site);
    let work = move |tx: &mut dyn Tx| {
        let stored = progress(tx, job, &site, now)?;
        let failures = stored.failures.saturating_add(1);
        let failed = Some((now, error.clone()));
        tx.note_progress(site.id(), job.name(), &Stored { failures, failed, ..stored })
    };
    app.store.write(work).await
}

fn progress(tx: &mut dyn Tx, job: &dyn Job, site: &Site, now: Instant) -> Result<Stored, StoreError> {
    let Some(mut stored) = tx.progress(site.id(), job.name())? else {
        let done_until = site.tenant.created_at.max(now.plus_seconds(-FIRST)).min(now);
        return Ok(Stored { done_until, part: None, failures: 0, failed: None });
    };
    stored.done_until = stored.done_until.max(now.plus_days(-CATCH_UP_DAYS));
    Ok(stored)
}

/// The instant whose turn it is; none = nothing is due, or the job pauses after a failure.
fn due(
    tx: &mut dyn Tx,
    job: &dyn Job,
    site: &Site,
    stored: &Stored,
    now: Instant,
) -> Result<Option<Instant>, StoreError> {
    let pause = 1_i64.checked_shl(stored.failures).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
    if stored.failed.as_ref().is_some_and(|(at, _)| *at <= now && now < at.plus_seconds(pause)) {
        return Ok(None);
    }
    let at = match &stored.part {
        Some((at, _)) => Some(*at),
        None => {
            let next = AssertUnwindSafe(|| job.next(tx, site, stored.done_until));
            catch_unwind(next).unwrap_or(Err(StoreError::Panicked))?
        }
    };
    Ok(at.filter(|at| *at <= now))
}
