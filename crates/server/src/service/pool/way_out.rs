//! ICE-23: the manual way out of a revalidation that fails: a pool file (`load`), or the order id.

use handcarry_api::code;
use handcarry_format::Id;
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::{EventKind, in_order};
use handcarry_store::{PoolColumn, PoolFilter, PoolQuery};
use serde_json::json;

use super::keeper::{Keeper, entry};
use crate::failure::Failure;

/// Licenses of one order.
const MOST: u32 = 1_000;

impl Keeper<'_> {
    /// Has every license of an order verified now: one in use is confirmed, any other begins a verification. The ids of
    /// the licenses.
    pub fn by_order(&mut self, order: &str) -> Result<Vec<Id>, Failure> {
        let query = PoolQuery {
            filter: PoolFilter { order: Some(order.trim().to_owned()), ..PoolFilter::default() },
            sort: PoolColumn::Id,
            descending: false,
            after: None,
            limit: MOST,
            now: self.now,
        };
        let found = self.tx.pool(self.site.id(), &query)?;
        let orders = found.iter().map(|pooled| {
            let order = pooled.license.customer.as_ref().and_then(|customer| customer.order.as_deref());
            (order.unwrap_or_default(), pooled.license.id.clone())
        });
        let ids = in_order(order, orders);
        if ids.is_empty() {
            return Err(Failure::problem(404, code::RESOURCE_UNKNOWN));
        }
        for id in &ids {
            self.verify(id)?;
        }
        self.log("pool.order", &json!({"order": order.trim(), "licenses": ids, "by": self.by}), self.now)?;
        Ok(ids)
    }

    /// Has a license verified now, whatever it is.
    pub fn verify(&mut self, license: &Id) -> Result<(), Failure> {
        let mut pooled = self.find(license)?;
        match pooled.license.status {
            PoolStatus::Blocked => self.act(license, EventKind::Recheck).map(drop),
            PoolStatus::Inactive | PoolStatus::FailedVerification => {
                self.act(license, EventKind::Activate).map(drop)
            }
            PoolStatus::Activating | PoolStatus::Active | PoolStatus::Pending => {
                if self.is_site() {
                    entry(&mut pooled, self.now).ask_at = Some(self.now);
                    self.keep(&pooled)?;
                }
                Ok(())
            }
        }
    }
}
