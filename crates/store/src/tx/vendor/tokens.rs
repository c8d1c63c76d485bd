use handcarry_format::{Digest, Id, Instant};

use crate::sql::{Cells, Row, Unique, insert, many, one, run, values};
use crate::tx::SqlTx;
use crate::tx::json::to_json;
use crate::{Page, StoreError, TenantId};

/// A token for the vendor's own systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id, which is no secret.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: Digest,
    /// Names of what it allows.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it is taken; none = until it is revoked.
    pub expires_at: Option<Instant>,
    /// When it was used last, to the hour.
    pub used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// Who may use the vendor API.
pub trait Tokens {
    /// Adds a token; refuses an id or hash that is taken.
    fn insert_token(&mut self, tenant: TenantId, token: &ApiToken) -> Result<(), StoreError>;
    /// A token by its id.
    fn token(&mut self, tenant: TenantId, id: &Id) -> Result<Option<ApiToken>, StoreError>;
    /// A token by the hash of its text.
    fn token_by_hash(&mut self, tenant: TenantId, hash: &Digest) -> Result<Option<ApiToken>, StoreError>;
    /// Tokens by id, ended ones too; the cursor is the last one's id.
    fn tokens(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<ApiToken>, StoreError>;
    /// Notes that a token was used; one that is not there is nothing to note.
    fn use_token(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<(), StoreError>;
    /// Ends a token; the first time counts.
    fn revoke_token(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<(), StoreError>;
}

/// What reads a token begins with these, in the order of [`read`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, hash, scopes, created_at, expires_at, used_at, revoked_at FROM api_token ",
            $rest
        )
    };
}

impl Tokens for SqlTx<'_> {
    fn insert_token(&mut self, tenant: TenantId, token: &ApiToken) -> Result<(), StoreError> {
        let text = "INSERT INTO api_token
                      (tenant, id, name, hash, scopes, created_at, expires_at, used_at, revoked_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
        let unique = [
            Unique {
                what: "the token's id",
                holder: "SELECT 1 FROM api_token WHERE tenant = ?1 AND id = ?2",
            },
            Unique { what: "the token", holder: "SELECT 1 FROM api_token WHERE tenant = ?1 AND hash = ?4" },
        ];
        let values = values![
            tenant,
            &token.id,
            &token.name,
            &token.hash,
            to_json(&token.scopes, "token")?,
            token.created_at,
            token.expires_at,
            token.used_at,
            token.revoked_at,
        ];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn token(&mut self, tenant: TenantId, id: &Id) -> Result<Option<ApiToken>, StoreError> {
        one(self.sql, select!("WHERE tenant = ?1 AND id = ?2"), values![tenant, id], read)
    }

    fn token_by_hash(&mut self, tenant: TenantId, hash: &Digest) -> Result<Option<ApiToken>, StoreError> {
        one(self.sql, select!("WHERE tenant = ?1 AND hash = ?2"), values![tenant, hash], read)
    }

    fn tokens(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<ApiToken>, StoreError> {
        let text = select!("WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        let after = page.after.as_deref().unwrap_or("");
        many(self.sql, text, values![tenant, after, page.limit], read)
    }

    fn use_token(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<(), StoreError> {
        let text = "UPDATE api_token SET used_at = ?3 WHERE tenant = ?1 AND id = ?2";
        run(self.sql, text, values![tenant, id, at]).map(drop)
    }

    fn revoke_token(&mut self, tenant: TenantId, id: &Id, at: Instant) -> Result<(), StoreError> {
        let text = "UPDATE api_token SET revoked_at = coalesce(revoked_at, ?3) WHERE tenant = ?1 AND id = ?2";
        match run(self.sql, text, values![tenant, id, at])? {
            0 => Err(StoreError::Missing("the token")),
            _ => Ok(()),
        }
    }
}

fn read(row: &dyn Row) -> Result<ApiToken, StoreError> {
    let mut cells = Cells::of(row, "token");
    Ok(ApiToken {
        id: cells.id()?,
        name: cells.get()?,
        hash: cells.digest()?,
        scopes: cells.parsed(|text| serde_json::from_str(text).ok())?,
        created_at: cells.instant()?,
        expires_at: cells.instant_maybe()?,
        used_at: cells.instant_maybe()?,
        revoked_at: cells.instant_maybe()?,
    })
}
