//! ICE-14: every midnight, trial seats are compared with licensed seats.

use handcarry_rules::holder::{UserSeat, UserSeats, compare};
use handcarry_store::{Page, StoreError, Tx};

use crate::notice;
use crate::schedule::{Job, JobError, Progress, Visit};

/// Compares users with seats at midnight.
pub const COMPARE: &dyn Job = &Compare;

/// Licenses in one visit.
const LICENSES: u32 = 50;
/// Users that are read at a time.
const USERS: u32 = 1_000;
/// Accounts that a notice names at most; it says how many there are in all.
const NAMED: usize = 1_000;

struct Compare;

impl Job for Compare {
    fn name(&self) -> &'static str {
        "seats.compare"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        let tenant = visit.site.id();
        let found = tx.licenses_to_compare(tenant, visit.cursor.unwrap_or_default(), LICENSES)?;
        for id in &found {
            let Some(license) = tx.license(tenant, id)? else { continue };
            let users = users(tx, visit, id)?;
            let raised = tx.upgrades_of(tenant, id)?.raised(&license, visit.at);
            let terms = UserSeats::of(&license, raised);
            let Some(over) = compare(terms, &users, visit.at) else { continue };
            let accounts: Vec<String> =
                over.over.into_iter().map(|account| account.user).take(NAMED).collect();
            let (used, seats) = (over.accounts.into(), over.seats.into());
            let message = notice::seats_over(&license, used, seats, &accounts, visit.at);
            tx.post_message(tenant, &message)?;
        }
        Ok(match found.last() {
            Some(last) if found.len() == LICENSES as usize => Progress::More(last.to_string()),
            _ => Progress::Done,
        })
    }
}

fn users(
    tx: &mut dyn Tx,
    visit: &Visit<'_>,
    license: &handcarry_format::Id,
) -> Result<Vec<UserSeat>, StoreError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = tx.seat_users(visit.site.id(), license, &Page { after, limit: USERS })?;
        let (read, last) = (page.len(), page.last().map(|user| user.seat.user.clone()));
        // Who came after that midnight was not over the limit at it.
        all.extend(page.into_iter().map(|user| user.seat).filter(|seat| seat.first_access <= visit.at));
        if read < USERS as usize {
            return Ok(all);
        }
        after = last;
    }
}
