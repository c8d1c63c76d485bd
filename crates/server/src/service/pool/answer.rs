//! The authority's answer to a site's question (ALT-03, ALT-09, ALT-13).

use handcarry_api::{DocumentFacts, Outcome, PoolFileOffer, Problem, code};
use handcarry_format::{
    Ask, Digest, Grant, Id, Instant, Kind, PoolAsk, PoolFile, PoolRequest, Sealed, Verified, seal,
};
use handcarry_rules::pool::{Hold, Issued, Site as Asking, Verdict, effective, release};
use handcarry_store::{Filed, IssuedFile, NewDocument, NewLogEntry, Pooled, StoreError, Tx};
use serde_json::json;

use super::grant::{grant, word};
use super::keeper::{bounds, is_in_pool};
use super::question::broken;
use super::upgrades::granted;
use crate::failure::Failure;
use crate::service::names::file_name;
use crate::site::Site;

/// The reason by which a site hears that it has given a license back.
const RELEASED: &str = "released";

/// Answers a question, files it with its answer and logs it. A portal that has an authority is none itself.
pub(in crate::service) fn answer(
    tx: &mut dyn Tx,
    site: &Site,
    request: &Verified<PoolRequest>,
    id: &Id,
    now: Instant,
) -> Result<Result<Vec<u8>, Problem>, Failure> {
    // Nor is it one for a question of its own: the keyring does not say which keys are sites'.
    if site.tenant.rules.authority.is_some() || site.holds_key(request.signer()) {
        return Ok(Err(Problem::new(422, code::POOL_NOT_AUTHORITY)));
    }
    let asking = Asking { key: request.signer(), name: request.site.name.clone() };
    let mut file = Answer::begin(tx, site, now);
    for asked in &request.licenses {
        file.one(&asking, asked)?;
    }
    let Answer { licenses, unknown, told, .. } = file;
    let number = tx.next_pool_number(site.id(), asking.key, &asking.name, &request.site.portal, now)?;
    let said = Said { number, answers: Some(request.digest()), licenses, unknown };
    let sealed = sealed(site, id, Some(&asking), said, now)?;
    let facts = json!({
        "id": request.id,
        "digest": request.digest().to_string(),
        "site": asking.key,
        "name": asking.name,
        "number": number,
        "licenses": told,
    });
    let entry = NewLogEntry { at: now, event: "pool.answered".to_owned(), data: facts.to_string() };
    tx.append_log(site.id(), &entry)?;
    file_answer(tx, site, request, &sealed, number, now).map(Ok)
}

/// The holds and words of one answer, as they come about.
pub(super) struct Answer<'a> {
    tx: &'a mut dyn Tx,
    site: &'a Site,
    now: Instant,
    licenses: Vec<Grant>,
    unknown: Vec<Id>,
    /// For the log: license, question, word.
    told: Vec<[String; 3]>,
}

impl<'a> Answer<'a> {
    pub(super) fn begin(tx: &'a mut dyn Tx, site: &'a Site, now: Instant) -> Answer<'a> {
        Answer { tx, site, now, licenses: Vec::new(), unknown: Vec::new(), told: Vec::new() }
    }

    pub(super) fn end(self) -> (Vec<Grant>, Vec<Id>) {
        (self.licenses, self.unknown)
    }

    pub(super) fn one(&mut self, asking: &Asking, asked: &PoolAsk) -> Result<(), StoreError> {
        let tenant = self.site.id();
        let pooled = self.tx.pooled(tenant, &asked.license_id)?.filter(is_in_pool);
        let issued = pooled.as_ref().map(|pooled| issued(self.site, pooled, self.now));
        let holder = pooled.as_ref().and_then(|pooled| pooled.hold.as_ref());
        let verdict = match asked.ask {
            Ask::Release => {
                if release(holder, asking) {
                    self.tx.set_hold(tenant, &asked.license_id, None)?;
                }
                match &issued {
                    Some(_) => Verdict::Refused { reason: RELEASED.to_owned() },
                    None => Verdict::Unknown,
                }
            }
            Ask::Hold | Ask::Check => {
                let (verdict, hold) =
                    handcarry_rules::pool::answer(issued.as_ref(), holder, asking, self.now);
                if hold.is_some() {
                    self.tx.set_hold(tenant, &asked.license_id, hold.as_ref())?;
                }
                verdict
            }
        };
        self.told.push([
            asked.license_id.to_string(),
            asked.ask.name().to_owned(),
            name(&verdict).to_owned(),
        ]);
        let since = pooled.as_ref().and_then(|pooled| Some(pooled.entry.as_ref()?.since));
        match (pooled, word(&verdict, since)) {
            (Some(pooled), Some(word)) => {
                let upgrades = granted(self.tx, tenant, &pooled.license)?;
                self.licenses.push(Grant { upgrades, ..grant(&pooled.license, word) });
            }
            _ => self.unknown.push(asked.license_id.clone()),
        }
        Ok(())
    }
}

fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Granted { .. } => "granted",
        Verdict::HeldElsewhere { .. } => "held_elsewhere",
        Verdict::Refused { .. } => "refused",
        Verdict::Unknown => "unknown",
    }
}

/// A license as its authority has it now.
pub(super) fn issued(site: &Site, pooled: &Pooled, now: Instant) -> Issued {
    let entry = pooled.entry.as_ref();
    let status = effective(pooled.license.status, &bounds(pooled), now);
    let reason = entry.and_then(|entry| entry.reason.as_ref()).map(|reason| reason.name().to_owned());
    // What the clock alone has changed is not written down yet: only an end does that.
    let reason = if status == pooled.license.status { reason } else { Some("ended".to_owned()) };
    let used_here = (pooled.seats_used > 0).then(|| {
        let key = site.pool_key(now, false).map(|(_, key)| key.public().id());
        key.map(|key| Hold {
            site: Asking { key, name: site.site_name().name },
            since: entry.map_or(now, |entry| entry.since),
        })
    });
    Issued {
        status,
        reason,
        site_bound: entry.is_none_or(|entry| entry.site_bound),
        used_here: used_here.flatten(),
    }
}

/// What a pool file says.
pub(super) struct Said {
    pub(super) number: u32,
    pub(super) answers: Option<Digest>,
    pub(super) licenses: Vec<Grant>,
    pub(super) unknown: Vec<Id>,
}

/// Signs a pool file for a site, or for every site.
pub(super) fn sealed(
    site: &Site,
    id: &Id,
    to: Option<&Asking>,
    said: Said,
    now: Instant,
) -> Result<Sealed, Failure> {
    let (keyring, key) =
        site.pool_key(now, true).ok_or_else(|| Failure::problem(503, code::TENANT_NOT_READY))?;
    let file = PoolFile {
        id: id.clone(),
        vendor: site.vendor(),
        number: said.number,
        answers: said.answers,
        site: to.map(|to| to.key),
        licenses: said.licenses,
        unknown: said.unknown,
        issued_at: now,
        keyring: keyring.clone(),
    };
    seal(&file, key, None).map_err(|error| broken(&error))
}

/// The same question gets the same bytes for ever (D-12, D-14).
fn file_answer(
    tx: &mut dyn Tx,
    site: &Site,
    request: &Verified<PoolRequest>,
    sealed: &Sealed,
    number: u32,
    now: Instant,
) -> Result<Vec<u8>, Failure> {
    let tenant = site.id();
    let outcome = Outcome {
        outcome: "answered".to_owned(),
        document: DocumentFacts {
            kind: Kind::PoolRequest.name().to_owned(),
            id: request.id.to_string(),
            digest: request.digest().to_string(),
        },
        at: now.to_string(),
        product: None,
        device: request.site.name.clone(),
        activation: None,
        license_key: None,
        license_status: None,
        seat: None,
        usage: Vec::new(),
        held: false,
        notes: Vec::new(),
        license_facts: None,
        receipt: None,
        license: None,
        pool: Some(PoolFileOffer {
            name: file_name(site.tenant.slug.as_str(), Kind::Pool, &request.site.name),
            text: sealed.text.clone(),
            number,
        }),
    };
    let body = serde_json::to_vec(&outcome).map_err(|_| Failure::problem(500, code::SERVER_ERROR))?;
    // What it is about is not an activation but a site: it stands in that column.
    let about = Id::new(&request.signer().to_string()).ok_or(StoreError::Missing("the site"))?;
    let filed = Filed {
        id: request.id.clone(),
        digest: request.digest(),
        kind: Kind::PoolRequest,
        at: now,
        answer: body.clone(),
    };
    let envelope = request.envelope().to_json();
    tx.file(tenant, &NewDocument { filed, activation: about.clone(), report: None, envelope })?;
    let (digest, text) = (sealed.digest, sealed.text.clone());
    tx.keep_issued(tenant, &IssuedFile { digest, kind: Kind::Pool, activation: about, at: now, text })?;
    Ok(body)
}
