use handcarry_format::Id;
use handcarry_rules::PolicyRecord;

use super::SqlTx;
use super::json::to_json;
use crate::sql::{Cells, Row, Unique, insert, many, one, run, values};
use crate::{Page, StoreError, TenantId};

/// What licenses are made under (LSP-17). A license follows its policy's flag as it is now.
pub trait Policies {
    /// Adds a policy; refuses an id that is taken.
    fn insert_policy(&mut self, tenant: TenantId, policy: &PolicyRecord) -> Result<(), StoreError>;
    /// Replaces a policy by one of a higher revision; else [`StoreError::Stale`].
    fn update_policy(&mut self, tenant: TenantId, policy: &PolicyRecord) -> Result<(), StoreError>;
    /// One policy.
    fn policy(&mut self, tenant: TenantId, id: &Id) -> Result<Option<PolicyRecord>, StoreError>;
    /// Policies by id; the cursor is the last one's id.
    fn policies(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<PolicyRecord>, StoreError>;
}

impl Policies for SqlTx<'_> {
    fn insert_policy(&mut self, tenant: TenantId, policy: &PolicyRecord) -> Result<(), StoreError> {
        let text = "INSERT INTO policy (tenant, id, name, allow_offline, terms, revision)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
        let unique = [Unique {
            what: "the policy's id",
            holder: "SELECT 1 FROM policy WHERE tenant = ?1 AND id = ?2",
        }];
        let terms = to_json(&policy.terms, "policy")?;
        let values = values![tenant, &policy.id, &policy.name, policy.allow_offline, &terms, policy.revision];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn update_policy(&mut self, tenant: TenantId, policy: &PolicyRecord) -> Result<(), StoreError> {
        let text = "UPDATE policy SET name = ?3, allow_offline = ?4, terms = ?5, revision = ?6
                    WHERE tenant = ?1 AND id = ?2 AND revision < ?6";
        let terms = to_json(&policy.terms, "policy")?;
        let values = values![tenant, &policy.id, &policy.name, policy.allow_offline, &terms, policy.revision];
        if run(self.sql, text, values)? == 1 {
            return Ok(());
        }
        match self.policy(tenant, &policy.id)? {
            Some(_) => Err(StoreError::Stale("policy")),
            None => Err(StoreError::Missing("the policy")),
        }
    }

    fn policy(&mut self, tenant: TenantId, id: &Id) -> Result<Option<PolicyRecord>, StoreError> {
        let text =
            "SELECT id, name, allow_offline, terms, revision FROM policy WHERE tenant = ?1 AND id = ?2";
        one(self.sql, text, values![tenant, id], read)
    }

    fn policies(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<PolicyRecord>, StoreError> {
        let text = "SELECT id, name, allow_offline, terms, revision FROM policy
                    WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
        let after = page.after.as_deref().unwrap_or("");
        many(self.sql, text, values![tenant, after, page.limit], read)
    }
}

fn read(row: &dyn Row) -> Result<PolicyRecord, StoreError> {
    let mut cells = Cells::of(row, "policy");
    Ok(PolicyRecord {
        id: cells.id()?,
        name: cells.get()?,
        allow_offline: cells.get()?,
        terms: cells.parsed(|text| serde_json::from_str(text).ok())?,
        revision: cells.get()?,
    })
}
