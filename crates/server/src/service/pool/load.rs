//! A pool file is taken in: licenses to upload, and the authority's word on them.

use handcarry_api::{Problem, code};
use handcarry_format::{Grant, Id, PoolFile, Verified};
use handcarry_rules::PoolStatus;
use handcarry_rules::pool::{Upload, Verdict, upload};
use handcarry_store::{PoolEntry, Pooled, StoreError, TakenFile};
use serde_json::json;

use super::grant::{license, verdict};
use super::keeper::{Keeper, entry, is_in_pool};
use crate::failure::Failure;

/// What became of a pool file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The same file was taken in before: nothing changed.
    pub again: bool,
    /// Each license of the file, in its order.
    pub licenses: Vec<LoadedLicense>,
}

/// What became of a license of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedLicense {
    /// Which.
    pub id: Id,
    /// What the upload did with it.
    pub upload: Upload,
    /// What it is now.
    pub status: PoolStatus,
}

impl Keeper<'_> {
    /// Takes in a pool file. Its licenses that are new to the pool begin a verification (ALT-01, ALT-02, ALT-15); the
    /// authority's word on a license, in a file that is for this site, ends it. A bare file changes nothing of a license
    /// that is in the pool. Loading a file again changes nothing.
    pub fn load(&mut self, file: &Verified<PoolFile>) -> Result<Loaded, Failure> {
        let tenant = self.site.id();
        let digest = file.digest();
        let for_us = file.site.is_some();
        // A site's key can sign whatever it likes; that makes it no authority.
        if self.is_site() && self.site.holds_key(file.signer()) {
            return Err(Failure::problem(422, code::POOL_NOT_AUTHORITY));
        }
        if let Some(site) = file.site {
            if !self.is_site() || !self.site.holds_key(site) {
                return Err(Problem::new(422, code::POOL_OTHER_SITE).with("site", site).into());
            }
            let last = self.tx.last_pool_file(tenant, site)?;
            if let Some(last) = last.filter(|last| last.number >= file.number && last.digest != digest) {
                let problem = Problem::new(409, code::POOL_OUTDATED);
                return Err(problem.with("number", file.number).with("newer", last.number).into());
            }
        }
        let again = self.tx.pool_file(tenant, &digest)?.is_some();
        let taken = TakenFile { digest, site: file.site, number: file.number, at: self.now };
        self.tx.note_pool_file(tenant, &taken)?;
        let uploads = self.uploads(file)?;
        let mut licenses = Vec::new();
        for (grant, what) in file.licenses.iter().zip(uploads) {
            let mut pooled = match what {
                Upload::New => self.add(file, grant)?,
                Upload::Revived => self.revive(file, grant)?,
                Upload::Kept => self.known(&grant.license_id)?,
            };
            if for_us && !again {
                if what == Upload::Kept {
                    self.renew_terms(&mut pooled, file, grant)?;
                }
                self.heard(&mut pooled, &verdict(&grant.verdict, file.issued_at), file.issued_at)?;
            } else if what != Upload::Kept {
                self.begin(&mut pooled)?;
            }
            if what != Upload::Kept || (for_us && !again) {
                self.take_upgrades(&mut pooled, grant)?;
            }
            licenses.push(LoadedLicense {
                id: grant.license_id.clone(),
                upload: what,
                status: pooled.license.status,
            });
        }
        for id in file.unknown.iter().filter(|_| for_us && !again) {
            if let Some(mut pooled) = self.tx.pooled(tenant, id)? {
                self.heard(&mut pooled, &Verdict::Unknown, file.issued_at)?;
            }
        }
        let told: Vec<_> =
            licenses.iter().map(|one| [one.id.as_str(), one.upload.name(), one.status.name()]).collect();
        let facts = json!({
            "digest": digest.to_string(),
            "number": file.number,
            "answers": file.answers.map(|answers| answers.to_string()),
            "licenses": told,
            "unknown": file.unknown,
            "by": self.by,
        });
        self.log("pool.loaded", &facts, self.now)?;
        Ok(Loaded { again, licenses })
    }

    fn uploads(&mut self, file: &PoolFile) -> Result<Vec<Upload>, StoreError> {
        let tenant = self.site.id();
        let ids: Vec<&Id> = file.licenses.iter().map(|grant| &grant.license_id).collect();
        let known: Result<Vec<_>, StoreError> =
            ids.iter().map(|id| Ok((*id, self.tx.pooled(tenant, id)?.as_ref().map(is_in_pool)))).collect();
        let known = known?;
        let of = |id: &Id| known.iter().find(|(one, _)| *one == id).and_then(|(_, known)| *known);
        Ok(upload(ids, of).into_iter().map(|(_, what)| what).collect())
    }

    fn known(&mut self, id: &Id) -> Result<Pooled, Failure> {
        let found = self.tx.pooled(self.site.id(), id)?;
        found.ok_or_else(|| StoreError::Missing("the license").into())
    }

    /// A license that the pool never had.
    fn add(&mut self, file: &PoolFile, grant: &Grant) -> Result<Pooled, Failure> {
        let tenant = self.site.id();
        let fresh = license(grant, &file.vendor, None).map_err(malformed)?;
        let fresh = fresh.ok_or(StoreError::Missing("the license"))?;
        self.tx.put_product(tenant, &fresh.product)?;
        match self.tx.insert_license(tenant, &fresh) {
            Err(StoreError::Taken(what)) => {
                let problem = Problem::new(409, code::RESOURCE_EXISTS);
                return Err(problem.with("what", what).with("license", &grant.license_id).into());
            }
            inserted => inserted?,
        }
        let mut pooled = self.known(&grant.license_id)?;
        let new = PoolEntry { ask_at: self.is_site().then_some(self.now), ..PoolEntry::new(self.now) };
        pooled.entry = Some(new);
        self.keep(&pooled)?;
        Ok(pooled)
    }

    /// A license that was deleted, uploaded again (ALT-18).
    fn revive(&mut self, file: &PoolFile, grant: &Grant) -> Result<Pooled, Failure> {
        let mut pooled = self.known(&grant.license_id)?;
        if let Some(next) = license(grant, &file.vendor, Some(&pooled.license)).map_err(malformed)? {
            pooled.license = next;
        }
        pooled.license.status = PoolStatus::Activating;
        let entry = entry(&mut pooled, self.now);
        *entry = PoolEntry { site_bound: entry.site_bound, held: entry.held, ..PoolEntry::new(self.now) };
        self.enter(&mut pooled, None, self.now)?;
        Ok(pooled)
    }

    /// LSP-10: what the authority has changed since.
    fn renew_terms(&mut self, pooled: &mut Pooled, file: &PoolFile, grant: &Grant) -> Result<(), Failure> {
        let Some(next) = license(grant, &file.vendor, Some(&pooled.license)).map_err(malformed)? else {
            return Ok(());
        };
        self.tx.put_product(self.site.id(), &next.product)?;
        self.tx.update_license(self.site.id(), &next)?;
        let facts = json!({"license": next.id, "revision": next.revision, "by": self.by});
        pooled.license = next;
        self.log("pool.terms", &facts, self.now)?;
        Ok(())
    }
}

fn malformed(member: &'static str) -> Failure {
    Problem::new(422, code::FIELD).with("field", member).into()
}
