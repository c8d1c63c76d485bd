use handcarry_format::{Id, Instant, LicenseKey};

use super::SqlTx;
use crate::sql::{Cells, Row, Unique, insert, many, one, refuse_taken, run, values};
use crate::{Page, StoreError, TenantId};

/// Somebody who signs in at the portal to claim licenses (LSP-03).
#[derive(Clone, PartialEq, Eq)]
pub struct Claimant {
    /// Its id, which licenses name.
    pub id: Id,
    /// A name or e-mail address; unique without regard to case.
    pub login: String,
    /// The name that people know.
    pub name: String,
    /// The password, hashed with Argon2id, as a PHC string.
    pub password: String,
    /// May not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Instant,
    /// Rises with every change.
    pub revision: u32,
}

impl std::fmt::Debug for Claimant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claimant").field("id", &self.id).finish_non_exhaustive()
    }
}

/// People who claim licenses.
pub trait Claimants {
    /// Adds somebody; refuses an id or login that is taken.
    fn insert_claimant(&mut self, tenant: TenantId, claimant: &Claimant) -> Result<(), StoreError>;
    /// Replaces everything but the id and the time of making, by a higher revision; else [`StoreError::Stale`].
    fn update_claimant(&mut self, tenant: TenantId, claimant: &Claimant) -> Result<(), StoreError>;
    /// One of them.
    fn claimant(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Claimant>, StoreError>;
    /// By login, without regard to case.
    fn claimant_by_login(&mut self, tenant: TenantId, login: &str) -> Result<Option<Claimant>, StoreError>;
    /// All of them, by id; the cursor is the last one's id.
    fn claimants(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Claimant>, StoreError>;
    /// Keys of the licenses in the pool that are somebody's own and of this product, by id, at most so many.
    fn licenses_of_claimant(
        &mut self,
        tenant: TenantId,
        claimant: &Id,
        product: &Id,
        limit: u32,
    ) -> Result<Vec<LicenseKey>, StoreError>;
}

/// What makes two logins the same.
fn folded(login: &str) -> String {
    login.trim().to_lowercase()
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, login, name, password, disabled, created_at, revision FROM claimant ", $rest)
    };
}

impl Claimants for SqlTx<'_> {
    fn insert_claimant(&mut self, tenant: TenantId, claimant: &Claimant) -> Result<(), StoreError> {
        let text =
            "INSERT INTO claimant (tenant, id, login, folded, name, password, disabled, revision, created_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
        let unique = [
            Unique { what: "the user's id", holder: "SELECT 1 FROM claimant WHERE tenant = ?1 AND id = ?2" },
            Unique { what: "the login", holder: "SELECT 1 FROM claimant WHERE tenant = ?1 AND folded = ?4" },
        ];
        let values = values![
            tenant,
            &claimant.id,
            &claimant.login,
            folded(&claimant.login),
            &claimant.name,
            &claimant.password,
            claimant.disabled,
            claimant.revision,
            claimant.created_at,
        ];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn update_claimant(&mut self, tenant: TenantId, claimant: &Claimant) -> Result<(), StoreError> {
        let text = "UPDATE claimant SET login = ?3, folded = ?4, name = ?5, password = ?6, disabled = ?7, revision = ?8
                    WHERE tenant = ?1 AND id = ?2 AND revision < ?8";
        let unique = [Unique {
            what: "the login",
            holder: "SELECT 1 FROM claimant WHERE tenant = ?1 AND folded = ?4 AND id <> ?2",
        }];
        let values = values![
            tenant,
            &claimant.id,
            &claimant.login,
            folded(&claimant.login),
            &claimant.name,
            &claimant.password,
            claimant.disabled,
            claimant.revision,
        ];
        refuse_taken(self.sql, values, &unique)?;
        if run(self.sql, text, values)? == 1 {
            return Ok(());
        }
        match self.claimant(tenant, &claimant.id)? {
            Some(_) => Err(StoreError::Stale("user")),
            None => Err(StoreError::Missing("the user")),
        }
    }

    fn claimant(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Claimant>, StoreError> {
        one(self.sql, select!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id], read)
    }

    fn claimant_by_login(&mut self, tenant: TenantId, login: &str) -> Result<Option<Claimant>, StoreError> {
        one(self.sql, select!("WHERE tenant = ?1 AND folded = ?2"), values![tenant, folded(login)], read)
    }

    fn claimants(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Claimant>, StoreError> {
        let after = page.after.as_deref().unwrap_or("");
        let text = select!("WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        many(self.sql, text, values![tenant, after, page.limit], read)
    }

    fn licenses_of_claimant(
        &mut self,
        tenant: TenantId,
        claimant: &Id,
        product: &Id,
        limit: u32,
    ) -> Result<Vec<LicenseKey>, StoreError> {
        let text = "SELECT key FROM license WHERE tenant = ?1 AND claimed_by = ?2 AND product_id = ?3
                    ORDER BY id LIMIT ?4";
        many(self.sql, text, values![tenant, claimant, product, limit], |row| {
            Cells::of(row, "license").parsed(|text| LicenseKey::parse(text).ok())
        })
    }
}

fn read(row: &dyn Row) -> Result<Claimant, StoreError> {
    let mut cells = Cells::of(row, "user");
    Ok(Claimant {
        id: cells.id()?,
        login: cells.get()?,
        name: cells.get()?,
        password: cells.get()?,
        disabled: cells.get()?,
        created_at: cells.instant()?,
        revision: cells.get()?,
    })
}
