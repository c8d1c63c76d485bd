//! ICE-10: renewal notices, 14 and 7 days ahead.

use chrono::{DateTime, Days};
use handcarry_rules::holder::{RENEWAL_NOTICES, renewal_notices};
use handcarry_store::{Page, Tx};

use crate::notice;
use crate::schedule::{Job, JobError, Progress, Visit};

/// Tells that maintenance ends, at the midnights on which that many days are left.
pub const RENEWALS: &dyn Job = &Renewals;

/// Licenses in one visit.
const LICENSES: u32 = 200;

struct Renewals;

impl Job for Renewals {
    fn name(&self) -> &'static str {
        "renewals"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let tenant = visit.site.id();
        let day = DateTime::from_timestamp(visit.at.unix(), 0)
            .map(|at| at.with_timezone(&visit.site.zone()).date_naive())
            .unwrap_or_default();
        // A license's zone may differ from the tenant's by a day in both directions.
        let ahead =
            |days: u32, more: u64| day.checked_add_days(Days::new(u64::from(days) + more)).unwrap_or(day);
        let (first, last) = (ahead(RENEWAL_NOTICES[1], 0), ahead(RENEWAL_NOTICES[0], 1));
        let first = first.checked_sub_days(Days::new(3)).unwrap_or(first);
        let page = Page { after: visit.cursor.map(str::to_owned), limit: LICENSES };
        let found = tx.licenses_by_maintenance(tenant, first, last, &page)?;
        for id in &found {
            let Some(license) = tx.license(tenant, id)? else { continue };
            let Some(last) = license.maintenance_end else { continue };
            for due in renewal_notices(last, license.zone, visit.after, visit.at) {
                tx.post_message(tenant, &notice::renewal_due(&license, due.days, due.at))?;
            }
        }
        Ok(match found.last() {
            Some(last) if found.len() == LICENSES as usize => Progress::More(last.to_string()),
            _ => Progress::Done,
        })
    }
}
