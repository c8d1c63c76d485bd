//! What the clock does to the pool.

use handcarry_api::Problem;
use handcarry_format::{Id, Instant};
use handcarry_rules::timeline::{Notice, Validation, notices};
use handcarry_store::{Pooled, StoreError, Tx};
use serde_json::json;

use super::keeper::{Keeper, entry};
use super::verification::validation;
use crate::failure::Failure;
use crate::notice;
use crate::schedule::{Job, JobError, Progress, Visit};
use crate::site::Site;

/// Licenses in one visit: nobody has to wait for a large tenant's midnight.
const MOST: u32 = 200;

/// ALT-08, ALT-12: licenses begin and end at their midnights.
pub const CLOCK: &dyn Job = &Clock;
/// ICE-19, ICE-21, ICE-22: the notices of the revalidation timeline.
pub const NOTICES: &dyn Job = &Notices;

struct Clock;

impl Job for Clock {
    fn name(&self) -> &'static str {
        "pool.clock"
    }

    fn next(&self, tx: &mut dyn Tx, site: &Site, _: Instant) -> Result<Option<Instant>, StoreError> {
        tx.next_pool_due(site.id())
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let due = tx.pool_due(visit.site.id(), visit.at, MOST)?;
        // As of the instant that is visited: what falls due later has a visit of its own.
        let mut keeper = Keeper { tx, site: visit.site, now: visit.at, by: "scheduler" };
        for mut pooled in due {
            keeper.settle(&mut pooled)?;
        }
        Ok(Progress::Done)
    }
}

struct Notices;

impl Job for Notices {
    fn name(&self) -> &'static str {
        "pool.notices"
    }

    fn next(&self, tx: &mut dyn Tx, site: &Site, _: Instant) -> Result<Option<Instant>, StoreError> {
        tx.next_pool_notice(site.id())
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let due = tx.pool_notices(visit.site.id(), visit.at, MOST)?;
        let mut keeper = Keeper { tx, site: visit.site, now: visit.at, by: "scheduler" };
        for mut pooled in due {
            keeper.tell(&mut pooled)?;
        }
        Ok(Progress::Done)
    }
}

impl Keeper<'_> {
    /// Posts the notices of a license's revalidation that are due, each once.
    fn tell(&mut self, pooled: &mut Pooled) -> Result<(), StoreError> {
        let (now, zone) = (self.now, self.site.zone());
        if let Some(validation) = validation(pooled)
            && let Some(failure) = validation.failure
        {
            let told = entry(pooled, now).told_until.unwrap_or(failure.first);
            for (at, what) in notices(&validation, zone, told, now) {
                self.tell_one(pooled, &validation, (at, what))?;
            }
            entry(pooled, now).told_until = Some(now.max(told));
        }
        self.schedule(pooled);
        // Whatever is not due again by the timeline is due no more.
        let entry = entry(pooled, now);
        entry.notice_at = entry.notice_at.filter(|at| *at > now);
        self.keep(pooled)
    }

    fn tell_one(
        &mut self,
        pooled: &Pooled,
        validation: &Validation,
        (at, what): (Instant, Notice),
    ) -> Result<(), StoreError> {
        let (license, zone) = (&pooled.license, self.site.zone());
        let Some(failure) = validation.failure else { return Ok(()) };
        let first = failure.first;
        let message = match what {
            Notice::Failing { hours } => notice::revalidation_failing(license, first, hours.into(), at),
            Notice::Emergency => {
                let until = validation.ended_at().unwrap_or(at);
                notice::emergency_begun(license, first, until, at)
            }
            Notice::Ended => {
                let stops = validation.stops_at(zone).unwrap_or(at);
                let tenant = self.site.tenant.slug.as_str();
                tracing::error!(tenant, license = %license.id, %first, %stops, "emergency mode is over");
                notice::emergency_ended(license, first, stops, at)
            }
            Notice::Stopped => notice::services_stopped(license, first, at),
        };
        self.tx.post_message(self.site.id(), &message)?;
        let facts = json!({"license": license.id, "notice": what.name(), "since": first});
        self.log("pool.revalidation", &facts, at)
    }

    /// ICE-22: services that have stopped are started by hand, until the next midnight.
    pub fn start(&mut self, license: &Id) -> Result<Pooled, Failure> {
        let mut pooled = self.find(license)?;
        let now = self.now;
        // What is due by the stop before this start is told first: afterwards nobody knows of it.
        self.tell(&mut pooled)?;
        if self.state(&pooled).is_none_or(|state| state.serves()) {
            let problem = Problem::new(409, handcarry_api::code::POOL_NOT_ALLOWED);
            let status = pooled.license.status.name();
            return Err(problem.with("status", status).with("action", "start").into());
        }
        entry(&mut pooled, now).started_at = Some(now);
        self.schedule(&mut pooled);
        self.keep(&pooled)?;
        let facts = json!({"license": pooled.license.id, "by": self.by});
        self.log("pool.started", &facts, now)?;
        Ok(pooled)
    }
}
