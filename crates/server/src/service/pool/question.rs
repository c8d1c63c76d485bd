//! A site's signed question to its authority.

use handcarry_api::code;
use handcarry_format::{
    Ask, Id, PoolAsk, PoolRequest, SealError, Sealed, Site as SiteName, SiteStatus, seal,
};
use handcarry_rules::PoolStatus;
use handcarry_rules::timeline::RETRY_SECONDS;
use handcarry_store::{PoolColumn, PoolFilter, PoolQuery, Pooled};
use serde_json::json;

use super::keeper::{Keeper, entry, is_in_pool};
use crate::failure::Failure;
use crate::site::Site;

/// Licenses in one question.
pub(super) const MOST: u32 = 1_000;

/// Seconds after which a question that was begun and never ended is asked again: whoever began it is gone.
const CLAIM: i64 = 120;

/// A question on its way.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The signed request.
    pub(super) sealed: Sealed,
    /// The licenses that it asks about.
    pub(super) licenses: Vec<Id>,
}

/// A question to be carried by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The file.
    pub text: String,
    /// How many licenses it asks about.
    pub licenses: usize,
}

impl Site {
    /// What an authority calls this portal.
    pub(super) fn site_name(&self) -> SiteName {
        let portal = &self.tenant.portal;
        let name = self.tenant.rules.site.clone().unwrap_or_else(|| portal.chars().take(120).collect());
        SiteName { name, portal: portal.clone() }
    }
}

impl Keeper<'_> {
    /// The question that is due now, and claims it: another process does not ask it for a while. None if there is
    /// none. `id` is the document's.
    pub(super) fn question(&mut self, id: &Id) -> Result<Option<Question>, Failure> {
        let (tenant, now) = (self.site.id(), self.now);
        let mut asked = Vec::new();
        for mut pooled in self.tx.pool_questions(tenant, now, MOST)? {
            if is_in_pool(&pooled) {
                self.settle(&mut pooled)?;
            }
            let ask = ask(&pooled);
            let wait = if ask.is_some() { CLAIM } else { RETRY_SECONDS };
            let wanted = ask.is_some() || is_releasing(&pooled);
            entry(&mut pooled, now).ask_at = wanted.then(|| now.plus_seconds(wait));
            self.keep(&pooled)?;
            asked.extend(ask);
        }
        self.sealed(id, asked)
    }

    /// Everything that there is to ask, as a file to be carried. Nothing changes by it.
    pub fn carried(&mut self, id: &Id) -> Result<Option<Carried>, Failure> {
        if !self.is_site() {
            return Err(Failure::problem(409, code::POOL_NOT_ALLOWED));
        }
        let tenant = self.site.id();
        let mut query = PoolQuery {
            filter: PoolFilter::default(),
            sort: PoolColumn::Id,
            descending: false,
            after: None,
            limit: MOST,
            now: self.now,
        };
        let mut asked: Vec<PoolAsk> = Vec::new();
        // Deleted ones that are still to be given back are no part of the pool.
        let releasing = self.tx.pool_questions(tenant, handcarry_format::MAX_INSTANT, MOST)?;
        asked.extend(releasing.iter().filter(|pooled| is_releasing(pooled)).filter_map(ask));
        loop {
            let page = self.tx.pool(tenant, &query)?;
            let Some(last) = page.last() else { break };
            query.after = Some(last.license.id.clone());
            for pooled in &page {
                let new = !asked.iter().any(|known| known.license_id == pooled.license.id);
                asked.extend(ask(pooled).filter(|_| new));
            }
            if asked.len() >= MOST as usize {
                asked.truncate(MOST as usize);
                break;
            }
        }
        let Some(question) = self.sealed(id, asked)? else { return Ok(None) };
        let facts = json!({
            "request": question.sealed.digest.to_string(),
            "licenses": question.licenses.len(),
            "by": self.by,
        });
        self.log("pool.request", &facts, self.now)?;
        Ok(Some(Carried { text: question.sealed.text, licenses: question.licenses.len() }))
    }

    fn sealed(&mut self, id: &Id, licenses: Vec<PoolAsk>) -> Result<Option<Question>, Failure> {
        if licenses.is_empty() {
            return Ok(None);
        }
        let (keyring, key) = self
            .site
            .pool_key(self.now, false)
            .ok_or_else(|| Failure::problem(503, code::TENANT_NOT_READY))?;
        let ids = licenses.iter().map(|license| license.license_id.clone()).collect();
        let last = self.tx.last_pool_file(self.site.id(), key.public().id())?;
        let request = PoolRequest {
            id: id.clone(),
            vendor: self.site.vendor(),
            site: self.site.site_name(),
            licenses,
            applied: last.map(|file| file.digest),
            created_at: self.now,
            keyring: keyring.clone(),
        };
        let sealed = seal(&request, key, self.site.tenant.rules.authority.as_deref())
            .map_err(|error| broken(&error))?;
        Ok(Some(Question { sealed, licenses: ids }))
    }
}

/// A document that breaks its own limits: a fault of this program.
pub(super) fn broken(SealError(error): &SealError) -> Failure {
    tracing::error!(%error, "a document of the pool breaks its own limits");
    Failure::problem(500, code::SERVER_ERROR)
}

fn is_releasing(pooled: &Pooled) -> bool {
    pooled.entry.as_ref().is_some_and(|entry| entry.releasing)
}

/// What there is to ask about a license. A license is given back when no device here holds a seat of it any more.
fn ask(pooled: &Pooled) -> Option<PoolAsk> {
    let status = pooled.license.status;
    let ask = match status {
        _ if is_releasing(pooled) => (pooled.seats_used == 0).then_some(Ask::Release),
        _ if !is_in_pool(pooled) => None,
        PoolStatus::Activating | PoolStatus::FailedVerification => Some(Ask::Hold),
        PoolStatus::Active | PoolStatus::Pending => pooled.license.revalidation.map(|_| Ask::Check),
        PoolStatus::Inactive | PoolStatus::Blocked => None,
    };
    Some(PoolAsk {
        license_id: pooled.license.id.clone(),
        ask: ask?,
        revision: pooled.license.revision,
        seats_used: pooled.seats_used,
        status: SiteStatus::from_name(status.name())?,
    })
}
