//! What the clock does to counts and sessions.

use handcarry_format::Instant;
use handcarry_store::{NewLogEntry, Page, StoreError, Tx};
use serde_json::json;

use crate::schedule::{Job, JobError, Progress, Visit, next_hour};
use crate::site::Site;

/// LMX-14: upgrades start and end at their midnights; the files of devices are due for a refresh then (LMX-16).
pub const UPGRADES: &dyn Job = &Upgrades;
/// Sessions that are over are cleared away.
pub const SESSIONS: &dyn Job = &Sessions;

/// Licenses in one visit: nobody has to wait for a large tenant's midnight.
const MOST: u32 = 200;

/// Sessions in one visit.
const SESSIONS_AT_A_TIME: u32 = 1_000;

/// A session that is over stays for so many seconds, so that whoever renews it late is told since when.
const KEPT: i64 = 3_600;

struct Upgrades;

impl Job for Upgrades {
    fn name(&self) -> &'static str {
        "upgrades"
    }

    fn next(&self, tx: &mut dyn Tx, site: &Site, after: Instant) -> Result<Option<Instant>, StoreError> {
        tx.next_upgrade_change(site.id(), after)
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let (tenant, at) = (visit.site.id(), visit.at);
        let page = Page { after: visit.cursor.map(str::to_owned), limit: MOST };
        let ids = tx.licenses_changing_at(tenant, at, &page)?;
        for id in &ids {
            let upgrades = tx.upgrades_of(tenant, id)?;
            let Some(mut license) = tx.license(tenant, id)? else { continue };
            // What is locked to another server changes nothing here (LMX-13).
            let changes = upgrades.changes(&license, at.plus_seconds(-1), at);
            if changes.is_empty() {
                continue;
            }
            license.revision = license.revision.saturating_add(1);
            tx.update_license(tenant, &license)?;
            for change in changes {
                let facts = json!({
                    "upgrade": change.upgrade,
                    "license": id,
                    "count": upgrades.count_at(&license, at),
                    "by": "scheduler",
                });
                let event = ["upgrade.", change.kind.name()].concat();
                tx.append_log(tenant, &NewLogEntry { at, event, data: facts.to_string() })?;
            }
        }
        Ok(match ids.last() {
            Some(last) if ids.len() == MOST as usize => Progress::More(last.to_string()),
            _ => Progress::Done,
        })
    }
}

struct Sessions;

impl Job for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn next(&self, tx: &mut dyn Tx, site: &Site, _: Instant) -> Result<Option<Instant>, StoreError> {
        // Once an hour at most, and not with every session that ends.
        Ok(tx.first_session_end(site.id())?.map(|end| next_hour(end.plus_seconds(KEPT))))
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        tx.delete_sessions_over(visit.site.id(), visit.at.plus_seconds(-KEPT), SESSIONS_AT_A_TIME)?;
        Ok(Progress::Done)
    }
}
