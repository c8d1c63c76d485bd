//! A pool file that nobody asked for: for one site, or for every site (ALT-02).

use handcarry_api::code;
use handcarry_format::{Ask, Grant, Id, PoolAsk, SiteStatus};
use handcarry_rules::pool::{Site as Asking, Verdict};
use serde_json::json;

use super::answer::{Answer, Said, issued, sealed};
use super::grant::{grant, word};
use super::keeper::Keeper;
use super::question::Carried;
use super::upgrades::granted;
use crate::failure::Failure;

impl Keeper<'_> {
    /// Makes a pool file of licenses. One for a site answers as if that site had asked to hold them: it is carried there
    /// once, and no question comes before it. One for no site can be uploaded at any, which then asks. `id` is the
    /// document's; the site's address is for people.
    pub fn export(
        &mut self,
        licenses: &[Id],
        to: Option<(&Asking, &str)>,
        id: &Id,
    ) -> Result<Carried, Failure> {
        if self.is_site() {
            return Err(Failure::problem(422, code::POOL_NOT_AUTHORITY));
        }
        let (tenant, now, site) = (self.site.id(), self.now, self.site);
        let mut said = Said { number: 0, answers: None, licenses: Vec::new(), unknown: Vec::new() };
        for license in licenses {
            // Whoever names a license that is not there has mistyped it.
            let pooled = self.find(license)?;
            if to.is_some() {
                continue;
            }
            let issued = issued(site, &pooled, now);
            let verdict = if issued.status.is_assignable() {
                Verdict::Granted { since: now }
            } else {
                let reason = issued.reason.unwrap_or_else(|| issued.status.name().to_owned());
                Verdict::Refused { reason }
            };
            if let Some(word) = word(&verdict, None) {
                let upgrades = granted(&mut *self.tx, tenant, &pooled.license)?;
                said.licenses.push(Grant { upgrades, ..grant(&pooled.license, word) });
            }
        }
        if let Some((asking, portal)) = to {
            let mut answer = Answer::begin(&mut *self.tx, site, now);
            for license_id in licenses {
                let asked = PoolAsk {
                    license_id: license_id.clone(),
                    ask: Ask::Hold,
                    revision: 0,
                    seats_used: 0,
                    status: SiteStatus::Activating,
                };
                answer.one(asking, &asked)?;
            }
            (said.licenses, said.unknown) = answer.end();
            said.number = self.tx.next_pool_number(tenant, asking.key, &asking.name, portal, now)?;
        }
        let number = said.number;
        let sealed = sealed(site, id, to.map(|(asking, _)| asking), said, now)?;
        let facts = json!({
            "digest": sealed.digest.to_string(),
            "site": to.map(|(asking, _)| asking.key),
            "number": number,
            "licenses": licenses,
            "by": self.by,
        });
        self.log("pool.exported", &facts, now)?;
        Ok(Carried { text: sealed.text, licenses: licenses.len() })
    }

    /// At the authority: takes a license from the site that holds it, whose machine may be gone for good. False if no
    /// site holds it.
    pub fn take_back(&mut self, license: &Id) -> Result<bool, Failure> {
        let pooled = self.find(license)?;
        let Some(hold) = &pooled.hold else { return Ok(false) };
        self.tx.set_hold(self.site.id(), license, None)?;
        let facts = json!({
            "license": license,
            "site": hold.site.key,
            "name": hold.site.name,
            "since": hold.since,
            "by": self.by,
        });
        self.log("pool.taken_back", &facts, self.now)?;
        Ok(true)
    }

    /// At the authority: says whether only one site may hold a license at a time.
    pub fn bind_to_site(&mut self, license: &Id, bound: bool) -> Result<(), Failure> {
        let mut pooled = self.find(license)?;
        super::keeper::entry(&mut pooled, self.now).site_bound = bound;
        self.keep(&pooled)?;
        let facts = json!({"license": license, "site_bound": bound, "by": self.by});
        self.log("pool.site_bound", &facts, self.now)?;
        Ok(())
    }
}
