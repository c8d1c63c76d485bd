use handcarry_format::{Id, Instant};
use handcarry_rules::TenantRules;
use handcarry_rules::upgrade::{self, Upgrade, span};

use super::host::{locks_from_json, locks_to_json};
use crate::sql::{Cells, Row, Sql, Unique, insert, many, one, run, values};
use crate::tx::json::day;
use crate::tx::{SqlTx, licenses};
use crate::{Page, StoreError, TenantId};

/// An upgrade with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUpgrade {
    /// The license that it raises.
    pub license: Id,
    /// The upgrade.
    pub upgrade: Upgrade,
    /// When it was added.
    pub added_at: Instant,
    /// When it was withdrawn: from then on it adds nothing.
    pub withdrawn_at: Option<Instant>,
}

/// What raises the counts of licenses.
pub trait Upgrades {
    /// Adds an upgrade that the rules have accepted; refuses an id that is taken, by a withdrawn one too (LMX-12).
    fn insert_upgrade(
        &mut self,
        tenant: TenantId,
        license: &Id,
        upgrade: &Upgrade,
        at: Instant,
    ) -> Result<(), StoreError>;
    /// One upgrade, withdrawn or not.
    fn upgrade(&mut self, tenant: TenantId, id: &Id) -> Result<Option<StoredUpgrade>, StoreError>;
    /// The upgrades of a license that count, and what this server is.
    fn upgrades_of(&mut self, tenant: TenantId, license: &Id) -> Result<upgrade::Upgrades, StoreError>;
    /// Upgrades of a license by id, withdrawn ones too; the cursor is the last one's id.
    fn upgrades(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<StoredUpgrade>, StoreError>;
    /// Sets all upgrades of a license: at a site, where its authority's word replaces what was known.
    fn replace_upgrades(
        &mut self,
        tenant: TenantId,
        license: &Id,
        upgrades: &[Upgrade],
        at: Instant,
    ) -> Result<(), StoreError>;
    /// Withdraws an upgrade; false if it was withdrawn before.
    fn withdraw_upgrade(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<bool, StoreError>;
    /// The first midnight later than an instant at which an upgrade starts or ends (LMX-14).
    fn next_upgrade_change(
        &mut self,
        tenant: TenantId,
        after: Instant,
    ) -> Result<Option<Instant>, StoreError>;
    /// Licenses with an upgrade that starts or ends at this very instant, by id; the cursor is the last one's id.
    fn licenses_changing_at(
        &mut self,
        tenant: TenantId,
        at: Instant,
        page: &Page,
    ) -> Result<Vec<Id>, StoreError>;
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.feature, u.amount, u.start_day, u.end_day, u.on_virtual, u.match_rate, u.hal_servers,
                    u.servers, u.added_at, u.withdrawn_at, l.id
             FROM upgrade u JOIN license l ON l.seq = u.license ",
            $rest
        )
    };
}

impl Upgrades for SqlTx<'_> {
    fn insert_upgrade(
        &mut self,
        tenant: TenantId,
        license: &Id,
        upgrade: &Upgrade,
        at: Instant,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO upgrade (tenant, license, id, feature, amount, start_day, end_day, on_virtual,
                      match_rate, hal_servers, servers, starts_at, ends_at, added_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING";
        let unique = [Unique {
            what: "the upgrade's id",
            holder: "SELECT 1 FROM upgrade WHERE tenant = ?1 AND id = ?3",
        }];
        let found = licenses::by_id(self.sql, tenant, license)?.ok_or(StoreError::Missing("the license"))?;
        let (starts_at, ends_at) = span(upgrade, &found.entitlement);
        let values = values![
            tenant,
            found.row,
            &upgrade.id,
            &upgrade.feature,
            upgrade.count,
            day(upgrade.start),
            day(upgrade.end),
            upgrade.on_virtual,
            upgrade.match_rate,
            upgrade.hal_servers,
            locks_to_json(&upgrade.servers)?,
            starts_at,
            ends_at,
            at,
        ];
        insert(self.sql, text, values, "the license", &unique)
    }

    fn upgrade(&mut self, tenant: TenantId, id: &Id) -> Result<Option<StoredUpgrade>, StoreError> {
        one(self.sql, select!("WHERE u.tenant = ?1 AND u.id = ?2"), values![tenant, id], read)
    }

    fn upgrades_of(&mut self, tenant: TenantId, license: &Id) -> Result<upgrade::Upgrades, StoreError> {
        let row = licenses::need_row(self.sql, tenant, license)?;
        of_row(self.sql, row)
    }

    fn upgrades(
        &mut self,
        tenant: TenantId,
        license: &Id,
        page: &Page,
    ) -> Result<Vec<StoredUpgrade>, StoreError> {
        let text = select!("WHERE u.tenant = ?1 AND l.id = ?2 AND u.id > ?3 ORDER BY u.id LIMIT ?4");
        let after = page.after.as_deref().unwrap_or("");
        many(self.sql, text, values![tenant, license, after, page.limit], read)
    }

    fn replace_upgrades(
        &mut self,
        tenant: TenantId,
        license: &Id,
        upgrades: &[Upgrade],
        at: Instant,
    ) -> Result<(), StoreError> {
        let row = licenses::need_row(self.sql, tenant, license)?;
        run(self.sql, "DELETE FROM upgrade WHERE license = ?1", values![row])?;
        upgrades.iter().try_for_each(|upgrade| self.insert_upgrade(tenant, license, upgrade, at))
    }

    fn withdraw_upgrade(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<bool, StoreError> {
        let text = "UPDATE upgrade SET withdrawn_at = ?3
                    WHERE tenant = ?1 AND id = ?2 AND withdrawn_at IS NULL";
        if run(self.sql, text, values![tenant, id, at])? == 1 {
            return Ok(true);
        }
        match self.upgrade(tenant, id)? {
            Some(_) => Ok(false),
            None => Err(StoreError::Missing("the upgrade")),
        }
    }

    fn next_upgrade_change(
        &mut self,
        tenant: TenantId,
        after: Instant,
    ) -> Result<Option<Instant>, StoreError> {
        let mut first: Option<Instant> = None;
        for text in [
            "SELECT starts_at FROM upgrade WHERE tenant = ?1 AND starts_at > ?2 AND withdrawn_at IS NULL
             AND starts_at IS NOT NULL ORDER BY starts_at LIMIT 1",
            "SELECT ends_at FROM upgrade WHERE tenant = ?1 AND ends_at > ?2 AND withdrawn_at IS NULL
             AND ends_at IS NOT NULL ORDER BY ends_at LIMIT 1",
        ] {
            let at = one(self.sql, text, values![tenant, after], |row| Cells::of(row, "upgrade").instant())?;
            first = first.into_iter().chain(at).min();
        }
        Ok(first)
    }

    fn licenses_changing_at(
        &mut self,
        tenant: TenantId,
        at: Instant,
        page: &Page,
    ) -> Result<Vec<Id>, StoreError> {
        let text = "SELECT l.id FROM license l WHERE l.tenant = ?1 AND l.id > ?3 AND l.seq IN (
                      SELECT license FROM upgrade WHERE tenant = ?1 AND starts_at = ?2 AND withdrawn_at IS NULL
                      UNION
                      SELECT license FROM upgrade WHERE tenant = ?1 AND ends_at = ?2 AND withdrawn_at IS NULL)
                    ORDER BY l.id LIMIT ?4";
        let after = page.after.as_deref().unwrap_or("");
        many(self.sql, text, values![tenant, at, after, page.limit], |row| Cells::of(row, "license").id())
    }
}

/// The upgrades of the license in a row that count, and what this server is.
pub(in crate::tx) fn of_row(sql: &mut dyn Sql, license: i64) -> Result<upgrade::Upgrades, StoreError> {
    let text = select!("WHERE u.license = ?1 AND u.withdrawn_at IS NULL ORDER BY u.seq");
    let all: Vec<Upgrade> = many(sql, text, values![license], |row| read(row).map(|it| it.upgrade))?;
    // What this server is matters only where something is locked to a server.
    let locked = all.iter().any(|upgrade| !upgrade.servers.is_empty());
    let server = if locked { rules_of(sql, license)?.server() } else { Vec::new() };
    Ok(upgrade::Upgrades { all, server })
}

/// The rules of the tenant of a license.
pub(super) fn rules_of(sql: &mut dyn Sql, license: i64) -> Result<TenantRules, StoreError> {
    let text = "SELECT t.rules FROM license l JOIN tenant t ON t.id = l.tenant WHERE l.seq = ?1";
    let rules = one(sql, text, values![license], |row| {
        Cells::of(row, "tenant").parsed(|text| serde_json::from_str(text).ok())
    })?;
    Ok(rules.unwrap_or_default())
}

fn read(row: &dyn Row) -> Result<StoredUpgrade, StoreError> {
    let mut cells = Cells::of(row, "upgrade");
    let upgrade = Upgrade {
        id: cells.id()?,
        feature: cells.id()?,
        count: cells.get()?,
        start: cells.day_maybe()?,
        end: cells.day_maybe()?,
        on_virtual: cells.get()?,
        match_rate: cells.get()?,
        hal_servers: cells.get()?,
        servers: cells.parsed(locks_from_json)?,
    };
    Ok(StoredUpgrade {
        upgrade,
        added_at: cells.instant()?,
        withdrawn_at: cells.instant_maybe()?,
        license: cells.id()?,
    })
}
