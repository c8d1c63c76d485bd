use handcarry_format::Instant;
use handcarry_store::{StoreError, Tx};

use super::due;
use crate::schedule::{Job, JobError, Progress, Visit};
use crate::service::vendor::unit::{By, Unit};
use crate::site::Site;

/// D-11: losses whose waiting period is over take effect.
#[derive(Debug)]
pub struct Losses;

/// What is decided in one visit.
const AT_ONCE: u32 = 50;

impl Job for Losses {
    fn name(&self) -> &'static str {
        "losses"
    }

    fn next(&self, tx: &mut dyn Tx, site: &Site, _: Instant) -> Result<Option<Instant>, StoreError> {
        tx.next_staff_due(site.id())
    }

    /// Each that is decided is due no more: what is left is for the next visit.
    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let tenant = visit.site.id();
        for record in tx.due_staff_records(tenant, visit.at, AT_ONCE)? {
            let mut unit = Unit { tx, tenant, now: visit.now, by: &By::Schedule };
            due(&mut unit, record)?;
        }
        Ok(Progress::Done)
    }
}
