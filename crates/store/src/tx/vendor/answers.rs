use handcarry_format::{Digest, Id, Instant};

use crate::sql::{Cells, Unique, insert, one, run, values};
use crate::tx::SqlTx;
use crate::{StoreError, TenantId};

/// The answer to a change, kept for whoever asks again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Over everything that makes two requests the same.
    pub request: Digest,
    /// The HTTP status.
    pub status: u16,
    /// Headers, as JSON.
    pub headers: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// When it was given.
    pub at: Instant,
}

/// Answers by the caller's own key for a request.
pub trait Answers {
    /// The answer that this token got for this key.
    fn kept_answer(
        &mut self,
        tenant: TenantId,
        token: &Id,
        key: &str,
    ) -> Result<Option<KeptAnswer>, StoreError>;
    /// Keeps an answer in the transaction of its effect; refuses a key that has one ([`StoreError::Taken`]).
    fn keep_answer(
        &mut self,
        tenant: TenantId,
        token: &Id,
        key: &str,
        answer: &KeptAnswer,
    ) -> Result<(), StoreError>;
    /// Forgets answers from before an instant, the oldest first, `most` at a time; says how many.
    fn forget_answers(&mut self, tenant: TenantId, before: Instant, most: u32) -> Result<u64, StoreError>;
}

impl Answers for SqlTx<'_> {
    fn kept_answer(
        &mut self,
        tenant: TenantId,
        token: &Id,
        key: &str,
    ) -> Result<Option<KeptAnswer>, StoreError> {
        let text = "SELECT request, status, headers, body, at FROM kept_answer
                    WHERE tenant = ?1 AND token = ?2 AND key = ?3";
        one(self.sql, text, values![tenant, token, key], |row| {
            let mut cells = Cells::of(row, "kept answer");
            Ok(KeptAnswer {
                request: cells.digest()?,
                status: cells.get()?,
                headers: cells.get()?,
                body: cells.get()?,
                at: cells.instant()?,
            })
        })
    }

    fn keep_answer(
        &mut self,
        tenant: TenantId,
        token: &Id,
        key: &str,
        answer: &KeptAnswer,
    ) -> Result<(), StoreError> {
        let text = "INSERT INTO kept_answer (tenant, token, key, request, status, headers, body, at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let unique = [Unique {
            what: "the idempotency key",
            holder: "SELECT 1 FROM kept_answer WHERE tenant = ?1 AND token = ?2 AND key = ?3",
        }];
        let values = values![
            tenant,
            token,
            key,
            &answer.request,
            answer.status,
            &answer.headers,
            &answer.body,
            answer.at,
        ];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn forget_answers(&mut self, tenant: TenantId, before: Instant, most: u32) -> Result<u64, StoreError> {
        let text = "DELETE FROM kept_answer WHERE seq IN
                      (SELECT seq FROM kept_answer WHERE tenant = ?1 AND at < ?2 ORDER BY at LIMIT ?3)";
        run(self.sql, text, values![tenant, before, most])
    }
}
