use handcarry_format::{Id, Instant};
use handcarry_rules::Entitlement;
use handcarry_rules::session::{Session, SessionTerms, Shared};
use handcarry_rules::upgrade::Upgrades;

use super::host::{locks_from_json, locks_to_json};
use super::upgrades::{of_row, rules_of};
use crate::sql::{Cells, Row, Unique, insert, many, one, put, run, values};
use crate::tx::SqlTx;
use crate::tx::licenses::{self, Found};
use crate::{Page, StoreError, TenantId};

/// Which sessions are listed.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SessionFilter {
    /// Of this license.
    pub license: Option<Id>,
    /// Of this feature.
    pub feature: Option<Id>,
}

/// Who uses concurrent licenses now (LMX-15).
pub trait Sessions {
    /// What a license says about its sessions.
    fn session_terms(&mut self, tenant: TenantId, license: &Id) -> Result<SessionTerms, StoreError>;
    /// Sets what a license says about its sessions.
    fn set_session_terms(
        &mut self,
        tenant: TenantId,
        license: &Id,
        terms: &SessionTerms,
    ) -> Result<(), StoreError>;
    /// The upgrades of a license, and what this server is, whatever they are locked to.
    fn upgrades_here(&mut self, tenant: TenantId, license: &Id) -> Result<Upgrades, StoreError>;
    /// Places of a license that open sessions take, and whether this one is among them.
    fn places(
        &mut self,
        tenant: TenantId,
        license: &Id,
        place: &str,
        now: Instant,
    ) -> Result<(u32, bool), StoreError>;
    /// Concurrent licenses of a product in the order in which they were added, at most so many.
    fn concurrent_licenses(
        &mut self,
        tenant: TenantId,
        product: &Id,
        limit: u32,
    ) -> Result<Vec<Entitlement>, StoreError>;
    /// Adds a session; refuses an id that is taken.
    fn insert_session(&mut self, tenant: TenantId, session: &Session) -> Result<(), StoreError>;
    /// Replaces the instants of a session.
    fn update_session(&mut self, tenant: TenantId, session: &Session) -> Result<(), StoreError>;
    /// A session, open or over.
    fn session(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Session>, StoreError>;
    /// Takes a session away; false if there is none.
    fn delete_session(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError>;
    /// Open sessions by id; the cursor is the last one's id.
    fn sessions(
        &mut self,
        tenant: TenantId,
        filter: &SessionFilter,
        now: Instant,
        page: &Page,
    ) -> Result<Vec<Session>, StoreError>;
    /// When the first session that was over is over; none = there are none.
    fn first_session_end(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError>;
    /// Takes away sessions that were over at an instant, at most so many, and says how many.
    fn delete_sessions_over(&mut self, tenant: TenantId, at: Instant, limit: u32) -> Result<u64, StoreError>;
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.feature, s.user_name, s.host, s.place, s.since, s.renewed_at, s.expires_at, s.borrowed, l.id
             FROM session s JOIN license l ON l.seq = s.license ",
            $rest
        )
    };
}

impl Sessions for SqlTx<'_> {
    fn session_terms(&mut self, tenant: TenantId, license: &Id) -> Result<SessionTerms, StoreError> {
        let text = "SELECT borrow_hours, share_host, share_user, share_custom, match_rate, servers
                    FROM session_terms WHERE license = ?1";
        let row = licenses::need_row(self.sql, tenant, license)?;
        Ok(one(self.sql, text, values![row], read_terms)?.unwrap_or_default())
    }

    fn set_session_terms(
        &mut self,
        tenant: TenantId,
        license: &Id,
        terms: &SessionTerms,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO session_terms (license, borrow_hours, share_host, share_user, share_custom, match_rate,
                      servers)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                    ON CONFLICT (license) DO UPDATE SET borrow_hours = excluded.borrow_hours,
                      share_host = excluded.share_host, share_user = excluded.share_user,
                      share_custom = excluded.share_custom, match_rate = excluded.match_rate,
                      servers = excluded.servers";
        let row = licenses::need_row(self.sql, tenant, license)?;
        let Shared { host, user, custom } = terms.shared;
        let servers = locks_to_json(&terms.servers)?;
        let values = values![row, terms.borrow_hours, host, user, custom, terms.match_rate, &servers];
        put(self.sql, text, values, "the license")
    }

    fn upgrades_here(&mut self, tenant: TenantId, license: &Id) -> Result<Upgrades, StoreError> {
        let row = licenses::need_row(self.sql, tenant, license)?;
        let server = rules_of(self.sql, row)?.server();
        Ok(Upgrades { server, ..of_row(self.sql, row)? })
    }

    fn places(
        &mut self,
        tenant: TenantId,
        license: &Id,
        place: &str,
        now: Instant,
    ) -> Result<(u32, bool), StoreError> {
        let text = "SELECT count(DISTINCT place), count(CASE WHEN place = ?3 THEN 1 END)
                    FROM session WHERE license = ?1 AND expires_at > ?2";
        let row = licenses::need_row(self.sql, tenant, license)?;
        let counts = one(self.sql, text, values![row, now, place], |row| {
            let mut cells = Cells::of(row, WHAT);
            Ok((cells.get()?, cells.get::<i64>()? > 0))
        })?;
        Ok(counts.unwrap_or_default())
    }

    fn concurrent_licenses(
        &mut self,
        tenant: TenantId,
        product: &Id,
        limit: u32,
    ) -> Result<Vec<Entitlement>, StoreError> {
        let text = "SELECT seq FROM license WHERE tenant = ?1 AND product_id = ?2 AND concurrent IS NOT NULL
                    ORDER BY seq LIMIT ?3";
        let rows: Vec<i64> =
            many(self.sql, text, values![tenant, product, limit], |row| Cells::of(row, "license").get())?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.extend(licenses::by_row(self.sql, row)?.map(|Found { entitlement, .. }| entitlement));
        }
        Ok(all)
    }

    fn insert_session(&mut self, tenant: TenantId, session: &Session) -> Result<(), StoreError> {
        let text =
            "INSERT INTO session (tenant, license, id, feature, user_name, host, place, since, renewed_at,
                      expires_at, borrowed)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING";
        let unique = [Unique {
            what: "the session's id",
            holder: "SELECT 1 FROM session WHERE tenant = ?1 AND id = ?3",
        }];
        let row = licenses::need_row(self.sql, tenant, &session.license)?;
        let values = values![
            tenant,
            row,
            &session.id,
            &session.feature,
            &session.user,
            &session.host,
            &session.place,
            session.since,
            session.renewed_at,
            session.expires_at,
            session.borrowed,
        ];
        insert(self.sql, text, values, "the license", &unique)
    }

    fn update_session(&mut self, tenant: TenantId, session: &Session) -> Result<(), StoreError> {
        let text = "UPDATE session SET renewed_at = ?3, expires_at = ?4, borrowed = ?5 WHERE tenant = ?1 AND id = ?2";
        let values = values![tenant, &session.id, session.renewed_at, session.expires_at, session.borrowed];
        match run(self.sql, text, values)? {
            0 => Err(StoreError::Missing("the session")),
            _ => Ok(()),
        }
    }

    fn session(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Session>, StoreError> {
        one(self.sql, select!("WHERE s.tenant = ?1 AND s.id = ?2"), values![tenant, id], read)
    }

    fn delete_session(&mut self, tenant: TenantId, id: &Id) -> Result<bool, StoreError> {
        let text = "DELETE FROM session WHERE tenant = ?1 AND id = ?2";
        Ok(run(self.sql, text, values![tenant, id])? > 0)
    }

    fn sessions(
        &mut self,
        tenant: TenantId,
        filter: &SessionFilter,
        now: Instant,
        page: &Page,
    ) -> Result<Vec<Session>, StoreError> {
        let text = select!(
            "WHERE s.tenant = ?1 AND s.expires_at > ?2 AND s.id > ?3
             AND (l.id = ?4 OR ?4 = '') AND (s.feature = ?5 OR ?5 = '') ORDER BY s.id LIMIT ?6"
        );
        let after = page.after.as_deref().unwrap_or("");
        // An id is never empty.
        let (license, feature) = (filter.license.as_ref(), filter.feature.as_ref());
        let license = license.map_or("", Id::as_str);
        let feature = feature.map_or("", Id::as_str);
        many(self.sql, text, values![tenant, now, after, license, feature, page.limit], read)
    }

    fn first_session_end(&mut self, tenant: TenantId) -> Result<Option<Instant>, StoreError> {
        let text = "SELECT expires_at FROM session WHERE tenant = ?1 ORDER BY expires_at LIMIT 1";
        one(self.sql, text, values![tenant], |row| Cells::of(row, WHAT).instant())
    }

    fn delete_sessions_over(&mut self, tenant: TenantId, at: Instant, limit: u32) -> Result<u64, StoreError> {
        let text = "DELETE FROM session WHERE seq IN (
                      SELECT seq FROM session WHERE tenant = ?1 AND expires_at <= ?2 ORDER BY expires_at LIMIT ?3)";
        run(self.sql, text, values![tenant, at, limit])
    }
}

const WHAT: &str = "session";

fn read(row: &dyn Row) -> Result<Session, StoreError> {
    let mut cells = Cells::of(row, WHAT);
    Ok(Session {
        id: cells.id()?,
        feature: cells.id()?,
        user: cells.get()?,
        host: cells.get()?,
        place: cells.get()?,
        since: cells.instant()?,
        renewed_at: cells.instant()?,
        expires_at: cells.instant()?,
        borrowed: cells.get()?,
        license: cells.id()?,
    })
}

fn read_terms(row: &dyn Row) -> Result<SessionTerms, StoreError> {
    let mut cells = Cells::of(row, "license's session terms");
    let borrow_hours = cells.get()?;
    let shared = Shared { host: cells.get()?, user: cells.get()?, custom: cells.get()? };
    let match_rate = cells.get()?;
    Ok(SessionTerms { borrow_hours, shared, match_rate, servers: cells.parsed(locks_from_json)? })
}
