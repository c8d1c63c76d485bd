use super::SqlTx;
use super::log::number;
use crate::sql::{Cells, add, exists, many, values};
use crate::{Case, NewCase, Page, StoreError, TenantId};

/// What waits for the desk.
pub trait Cases {
    /// Opens a case for the desk. The same document opens a case of one kind once: again changes nothing, and
    /// is false.
    fn open_case(&mut self, tenant: TenantId, case: &NewCase) -> Result<bool, StoreError>;
    /// Open cases, oldest first; the cursor is the last one's `seq`.
    fn cases(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Case>, StoreError>;
}

impl Cases for SqlTx<'_> {
    fn open_case(&mut self, tenant: TenantId, case: &NewCase) -> Result<bool, StoreError> {
        let text = "INSERT INTO desk_case (tenant, id, kind, activation, digest, at, findings, envelope)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let again = "SELECT 1 FROM desk_case WHERE tenant = ?1 AND digest = ?5 AND kind = ?3";
        let values = values![
            tenant,
            &case.id,
            &case.kind,
            &case.activation,
            &case.digest,
            case.at,
            &case.findings,
            &case.envelope,
        ];
        if add(self.sql, text, values, "the tenant")? {
            return Ok(true);
        }
        if exists(self.sql, again, values)? {
            return Ok(false);
        }
        Err(StoreError::Taken("the case's id"))
    }

    fn cases(&mut self, tenant: TenantId, page: &Page) -> Result<Vec<Case>, StoreError> {
        let text = "SELECT seq, id, kind, activation, envelope, digest, findings, at FROM desk_case
                    WHERE tenant = ?1 AND closed_at IS NULL AND seq > ?2 ORDER BY seq LIMIT ?3";
        many(self.sql, text, values![tenant, number(page)?, page.limit], |row| {
            let mut cells = Cells::of(row, "case");
            Ok(Case {
                seq: cells.get()?,
                case: NewCase {
                    id: cells.id()?,
                    kind: cells.get()?,
                    activation: cells.id()?,
                    envelope: cells.get()?,
                    digest: cells.digest()?,
                    findings: cells.get()?,
                    at: cells.instant()?,
                },
            })
        })
    }
}
