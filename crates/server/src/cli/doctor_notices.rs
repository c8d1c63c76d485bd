//! What `handcarry doctor` says about what happens by itself.

use std::sync::Arc;

use handcarry_format::Instant;
use handcarry_store::{DeliveryState, Store, StoreError};

use super::doctor::Report;
use crate::schedule::{JOBS, due_jobs};
use crate::site::Site;

/// Work that has waited for so long waits for a server, in seconds.
const BEHIND: i64 = 600;

/// A clock that is set back by so much has stopped what is due, in seconds.
const AHEAD: i64 = 3_600;

pub(super) fn examine(report: &mut Report, store: &Store, site: &Arc<Site>, now: Instant) {
    let tenant = site.id();
    let progresses = match store.read_blocking(move |tx| tx.progresses(tenant)) {
        Ok(progresses) => progresses,
        Err(error) => return report.wrong(&format!("the schedule cannot be read: {error}")),
    };
    let wrong_before = report.found();
    for (job, progress) in &progresses {
        if let Some((at, error)) = &progress.failed {
            let times = progress.failures;
            report.wrong(&format!("the job {job} has failed {times} times, last at {at}: {error}"));
        }
        if progress.done_until.seconds_since(now) > AHEAD {
            report.wrong(&format!(
                "the job {job} waits until {}: the clock was ahead; see `handcarry schedule reset --help`",
                progress.done_until
            ));
        }
    }
    let waiting = Arc::clone(site);
    match store.read_blocking(move |tx| due_jobs(tx, JOBS, &waiting, now)) {
        Ok(due) => {
            for (job, at) in due.into_iter().filter(|(_, at)| now.seconds_since(*at) > BEHIND) {
                report.odd(&format!("the job {job} has been due since {at}: no server may have run since"));
            }
        }
        Err(error) => report.wrong(&format!("the schedule cannot be read: {error}")),
    }
    if report.found() == wrong_before {
        report.good(&format!("what happens by itself is up to date: {} jobs", progresses.len()));
    }
    let count = |state| store.read_blocking(move |tx| tx.count_deliveries(tenant, state));
    let counted =
        count(DeliveryState::Waiting).and_then(|waiting| Ok((waiting, count(DeliveryState::Dead)?)));
    told(report, counted);
}

fn told(report: &mut Report, counted: Result<(i64, i64), StoreError>) {
    match counted {
        Ok((_, dead)) if dead > 0 => {
            report.odd(&format!(
                "{dead} deliveries were given up; see `handcarry message deliveries --state dead`"
            ));
        }
        Ok((waiting, _)) => report.good(&format!("no delivery was given up, {waiting} are on their way")),
        Err(error) => report.wrong(&format!("the deliveries cannot be counted: {error}")),
    }
}
