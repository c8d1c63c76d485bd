//! The question goes out, and the answer, or that there was none, is written down.

use std::sync::Arc;
use std::time::Duration;

use handcarry_format::{Instant, PoolFile, Verified};
use handcarry_rules::pool::Event;
use handcarry_store::{Store, StoreError, Tx};
use serde_json::json;

use super::client::ask;
use super::keeper::{Keeper, is_in_pool};
use super::question::Question;
use crate::app::App;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::random;
use crate::schedule::{Errand, JobError};
use crate::site::Site;

/// Asks authorities what is due: verifications, revalidations, licenses that are given back (ICE-18).
pub const VERIFY: &dyn Errand = &Verify;

/// Licenses that are looked at when a portal starts.
const MOST: u32 = 100_000;

/// Who it is that asks, in the log.
const BY: &str = "scheduler";

struct Verify;

impl Errand for Verify {
    fn name(&self) -> &'static str {
        "pool.verify"
    }

    fn round(&self, app: &App) -> Result<usize, JobError> {
        let now = app.clock.now();
        let due = app.store.read_blocking(move |tx: &mut dyn Tx| {
            let mut due = Vec::new();
            for tenant in tx.tenants()?.into_iter().filter(|tenant| tenant.rules.authority.is_some()) {
                if tx.next_pool_question(tenant.id)?.is_some_and(|at| at <= now) {
                    due.push(tenant);
                }
            }
            Ok::<_, StoreError>(due)
        })?;
        let mut asked = 0;
        for tenant in due {
            let site = Arc::new(app.tenants.site(tenant));
            asked += usize::from(ask_now(&app.store, app.clock.as_ref(), &site, BY, app.settings.authority)?);
        }
        Ok(asked)
    }
}

/// Asks a site's authority what is due, and writes down what came of it; false if nothing was due. Blocks, for as long as
/// `patience` at most.
pub fn ask_now(
    store: &Store,
    clock: &dyn Clock,
    site: &Arc<Site>,
    by: &'static str,
    patience: Duration,
) -> Result<bool, Failure> {
    let Some(authority) = site.tenant.rules.authority.clone() else { return Ok(false) };
    let (here, now, id) = (Arc::clone(site), clock.now(), random::id());
    let question = store.write_blocking(move |tx| Keeper { tx, site: &here, now, by }.question(&id))?;
    let Some(question) = question else { return Ok(false) };
    let answer = ask(&authority, &question.sealed.text, question.sealed.digest, &site.trust, patience);
    let slug = site.tenant.slug.as_str();
    let (here, now) = (Arc::clone(site), clock.now());
    let problem = match answer {
        Ok(file) => {
            let (file, asked) = (Arc::new(file), question.clone());
            let taken = store.write_blocking(move |tx| take(tx, &here, &file, &asked, (now, by)));
            match taken {
                Ok(()) => {
                    tracing::info!(
                        tenant = slug,
                        licenses = question.licenses.len(),
                        "the authority answered"
                    );
                    return Ok(true);
                }
                Err(Failure::Problem(problem)) => problem.code,
                Err(error) => return Err(error),
            }
        }
        Err(error) => error.to_string(),
    };
    tracing::warn!(tenant = slug, authority, error = problem, "the authority could not be asked");
    let here = Arc::clone(site);
    store.write_blocking(move |tx| none(tx, &here, &question, &problem, (now, by)))?;
    Ok(true)
}

type When = (Instant, &'static str);

/// Takes an answer in. A license that it does not mention was not answered.
fn take(
    tx: &mut dyn Tx,
    site: &Site,
    file: &Verified<PoolFile>,
    question: &Question,
    (now, by): When,
) -> Result<(), Failure> {
    let mut keeper = Keeper { tx, site, now, by };
    let loaded = keeper.load(file)?;
    for license in &question.licenses {
        let told = loaded.licenses.iter().any(|one| one.id == *license) || file.unknown.contains(license);
        if !told && let Some(mut pooled) = keeper.tx.pooled(site.id(), license)? {
            keeper.unreachable(&mut pooled)?;
        }
    }
    Ok(())
}

/// There was no answer.
fn none(
    tx: &mut dyn Tx,
    site: &Site,
    question: &Question,
    problem: &str,
    (now, by): When,
) -> Result<(), Failure> {
    let mut keeper = Keeper { tx, site, now, by };
    for license in &question.licenses {
        if let Some(mut pooled) = keeper.tx.pooled(site.id(), license)? {
            keeper.unreachable(&mut pooled)?;
        }
    }
    let facts = json!({"licenses": question.licenses.len(), "error": problem, "by": by});
    keeper.log("pool.unreachable", &facts, now)?;
    Ok(())
}

/// ALT-05: a start of the service begins a new verification of every license that failed one.
pub async fn start_up(app: &App) -> Result<(), StoreError> {
    let now = app.clock.now();
    for site in app.tenants.all(&app.store).await? {
        if site.tenant.rules.authority.is_none() {
            continue;
        }
        let work = move |tx: &mut dyn Tx| {
            let mut keeper = Keeper { tx, site: &site, now, by: "start" };
            for mut pooled in keeper.tx.pool_failed(site.id(), MOST)?.into_iter().filter(is_in_pool) {
                // The table allows it.
                let _ = keeper.apply(&mut pooled, &Event::Activate, now)?;
            }
            Ok::<_, StoreError>(())
        };
        app.store.write(work).await?;
    }
    Ok(())
}
