mod entry;
mod list;
mod site;

use handcarry_format::{Digest, Id, Instant, KeyId};
use handcarry_rules::Entitlement;
use handcarry_rules::pool::{Bounds, Hold};

use super::SqlTx;
use super::licenses::by_id;
use crate::sql::{Sql, exists, run, values};
use crate::{PoolEntry, PoolQuery, PoolSite, Pooled, StoreError, TakenFile, TenantId};

/// The pool (ALT): what is known of a license beside its terms.
pub trait Pool {
    /// A license with what is known of it, deleted or not.
    fn pooled(&mut self, tenant: TenantId, license: &Id) -> Result<Option<Pooled>, StoreError>;
    /// Keeps what is known of a license.
    fn put_pool_entry(&mut self, tenant: TenantId, license: &Id, entry: &PoolEntry)
    -> Result<(), StoreError>;
    /// Licenses in the pool.
    fn pool(&mut self, tenant: TenantId, query: &PoolQuery) -> Result<Vec<Pooled>, StoreError>;

    /// When the clock next changes a status (ALT-08, ALT-12), be it in the past.
    fn next_pool_due(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError>;
    /// Licenses whose status the clock has changed until then, oldest first, at most so many.
    fn pool_due(&mut self, tenant: TenantId, until: Instant, limit: u32) -> Result<Vec<Pooled>, StoreError>;
    /// When the authority is to be asked next, be it in the past.
    fn next_pool_question(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError>;
    /// Licenses about which the authority is to be asked until then, oldest first, at most so many.
    fn pool_questions(
        &mut self,
        tenant: TenantId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Pooled>, StoreError>;
    /// When the next notice of a revalidation is due (ICE-19), be it in the past.
    fn next_pool_notice(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError>;
    /// Licenses with notices that are due until then, oldest first, at most so many.
    fn pool_notices(
        &mut self,
        tenant: TenantId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Pooled>, StoreError>;
    /// Licenses in the pool that renew this one (ALT-20), by id.
    fn renewals_of(&mut self, tenant: TenantId, license: &Id) -> Result<Vec<Pooled>, StoreError>;
    /// Licenses that failed verification (ALT-05), by id, at most so many.
    fn pool_failed(&mut self, tenant: TenantId, limit: u32) -> Result<Vec<Pooled>, StoreError>;

    /// Whether a site holds the license (ALT-09).
    fn is_held(&mut self, tenant: TenantId, license: &Id) -> Result<bool, StoreError>;
    /// Says which site holds a license; none = no one.
    fn set_hold(&mut self, tenant: TenantId, license: &Id, hold: Option<&Hold>) -> Result<(), StoreError>;
    /// Licenses that a site holds, by id, at most so many.
    fn held_by(&mut self, tenant: TenantId, site: KeyId, limit: u32) -> Result<Vec<Id>, StoreError>;
    /// Notes that a site asked, and gives the number of its next file.
    fn next_pool_number(
        &mut self,
        tenant: TenantId,
        site: KeyId,
        name: &str,
        portal: &str,
        at: Instant,
    ) -> Result<u32, StoreError>;
    /// Sites that have asked, by name.
    fn pool_sites(&mut self, tenant: TenantId) -> Result<Vec<PoolSite>, StoreError>;

    /// Notes that a pool file was taken in; again changes nothing.
    fn note_pool_file(&mut self, tenant: TenantId, file: &TakenFile) -> Result<(), StoreError>;
    /// The pool file with this digest, if it was taken in.
    fn pool_file(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<TakenFile>, StoreError>;
    /// The last pool file that was taken in for a site.
    fn last_pool_file(&mut self, tenant: TenantId, site: KeyId) -> Result<Option<TakenFile>, StoreError>;
}

impl Pool for SqlTx<'_> {
    fn pooled(&mut self, tenant: TenantId, license: &Id) -> Result<Option<Pooled>, StoreError> {
        let Some(found) = by_id(self.sql, tenant, license)? else { return Ok(None) };
        let (row, beside) = (found.row, found.beside);
        let entry = if beside.has_pool_entry() { entry::of(self.sql, row)? } else { None };
        let hold = if beside.is_held() { site::hold_of(self.sql, row)? } else { None };
        let company = list::company(self.sql, tenant, &found.entitlement)?;
        Ok(Some(Pooled { license: found.entitlement, entry, seats_used: found.seats_used, hold, company }))
    }

    fn put_pool_entry(
        &mut self,
        tenant: TenantId,
        license: &Id,
        entry: &PoolEntry,
    ) -> Result<(), StoreError> {
        let row = self.license_row(tenant, license)?;
        entry::put(self.sql, tenant, row, entry)
    }

    fn pool(&mut self, tenant: TenantId, query: &PoolQuery) -> Result<Vec<Pooled>, StoreError> {
        let ids = list::ids(self.sql, tenant, query)?;
        self.each(tenant, &ids)
    }

    fn next_pool_due(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
        entry::next_due(self.sql, tenant)
    }

    fn pool_due(&mut self, tenant: TenantId, until: Instant, limit: u32) -> Result<Vec<Pooled>, StoreError> {
        let unbounded = entry::unbounded(self.sql, tenant, limit)?;
        for license in self.each(tenant, &unbounded)? {
            keep_bounds(self.sql, tenant, &license.license)?;
        }
        let ids = entry::due(self.sql, tenant, until, limit)?;
        self.each(tenant, &ids)
    }

    fn next_pool_question(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
        entry::first(self.sql, "SELECT min(ask_at) FROM pool_entry WHERE tenant = ?1", values![tenant])
    }

    fn pool_questions(
        &mut self,
        tenant: TenantId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Pooled>, StoreError> {
        let text = "SELECT license.id FROM pool_entry JOIN license ON license.seq = pool_entry.license
                    WHERE pool_entry.tenant = ?1 AND ask_at <= ?2 ORDER BY ask_at, license.id LIMIT ?3";
        let ids = entry::ids(self.sql, text, values![tenant, until, limit])?;
        self.each(tenant, &ids)
    }

    fn next_pool_notice(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
        entry::first(self.sql, "SELECT min(notice_at) FROM pool_entry WHERE tenant = ?1", values![tenant])
    }

    fn pool_notices(
        &mut self,
        tenant: TenantId,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Pooled>, StoreError> {
        let text = "SELECT license.id FROM pool_entry JOIN license ON license.seq = pool_entry.license
                    WHERE pool_entry.tenant = ?1 AND notice_at <= ?2 ORDER BY notice_at, license.id LIMIT ?3";
        let ids = entry::ids(self.sql, text, values![tenant, until, limit])?;
        self.each(tenant, &ids)
    }

    fn renewals_of(&mut self, tenant: TenantId, license: &Id) -> Result<Vec<Pooled>, StoreError> {
        let text = "SELECT license.id FROM license LEFT JOIN pool_entry ON pool_entry.license = license.seq
                    WHERE license.tenant = ?1 AND replaces = ?2 AND (in_pool IS NULL OR in_pool = 1)
                    ORDER BY license.id";
        let ids = entry::ids(self.sql, text, values![tenant, license])?;
        self.each(tenant, &ids)
    }

    fn pool_failed(&mut self, tenant: TenantId, limit: u32) -> Result<Vec<Pooled>, StoreError> {
        let text = "SELECT id FROM license WHERE tenant = ?1 AND status = 'failed_verification'
                    ORDER BY id LIMIT ?2";
        let ids = entry::ids(self.sql, text, values![tenant, limit])?;
        self.each(tenant, &ids)
    }

    fn set_hold(&mut self, tenant: TenantId, license: &Id, hold: Option<&Hold>) -> Result<(), StoreError> {
        let row = self.license_row(tenant, license)?;
        self.forget_beside();
        site::set_hold(self.sql, tenant, row, hold)
    }

    fn is_held(&mut self, tenant: TenantId, license: &Id) -> Result<bool, StoreError> {
        if let Some(beside) = self.beside(tenant, license) {
            return Ok(beside.is_held());
        }
        let row = self.license_row(tenant, license)?;
        exists(self.sql, "SELECT 1 FROM pool_hold WHERE license = ?1", values![row])
    }

    fn held_by(&mut self, tenant: TenantId, site: KeyId, limit: u32) -> Result<Vec<Id>, StoreError> {
        let text = "SELECT license.id FROM pool_hold JOIN license ON license.seq = pool_hold.license
                    WHERE pool_hold.tenant = ?1 AND site = ?2 ORDER BY license.id LIMIT ?3";
        entry::ids(self.sql, text, values![tenant, site.to_string(), limit])
    }

    fn next_pool_number(
        &mut self,
        tenant: TenantId,
        site: KeyId,
        name: &str,
        portal: &str,
        at: Instant,
    ) -> Result<u32, StoreError> {
        site::next_number(self.sql, tenant, site, (name, portal), at)
    }

    fn pool_sites(&mut self, tenant: TenantId) -> Result<Vec<PoolSite>, StoreError> {
        site::all(self.sql, tenant)
    }

    fn note_pool_file(&mut self, tenant: TenantId, file: &TakenFile) -> Result<(), StoreError> {
        site::note_file(self.sql, tenant, file)
    }

    fn pool_file(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<TakenFile>, StoreError> {
        site::file(self.sql, "WHERE tenant = ?1 AND digest = ?2", values![tenant, digest])
    }

    fn last_pool_file(&mut self, tenant: TenantId, site: KeyId) -> Result<Option<TakenFile>, StoreError> {
        let rest = "WHERE tenant = ?1 AND site = ?2 ORDER BY number DESC LIMIT 1";
        site::file(self.sql, rest, values![tenant, site.to_string()])
    }
}

impl SqlTx<'_> {
    fn each(&mut self, tenant: TenantId, ids: &[Id]) -> Result<Vec<Pooled>, StoreError> {
        let found: Result<Vec<_>, _> = ids.iter().map(|id| self.pooled(tenant, id)).collect();
        Ok(found?.into_iter().flatten().collect())
    }
}

/// Keeps the instants that follow from a license's days: called wherever those are written.
pub(super) fn keep_bounds(
    sql: &mut dyn Sql,
    tenant: TenantId,
    license: &Entitlement,
) -> Result<(), StoreError> {
    let bounds = Bounds::of(license.start, license.end, license.zone);
    let text =
        "UPDATE license SET starts_at = ?3, ends_at = ?4, bounds_known = 1 WHERE tenant = ?1 AND id = ?2";
    run(sql, text, values![tenant, &license.id, bounds.starts, bounds.ends]).map(drop)
}
