use handcarry_format::{Digest, Id};

use super::SqlTx;
use crate::sql::{Cells, Row, Sql, Unique, insert, one, put, values};
use crate::{AnsweredFile, Filed, IssuedFile, NewDocument, StoreError, TenantId};

/// What came in, with its answer, and what the portal signed.
pub trait Documents {
    /// The document with this id, whatever its digest (D-14).
    fn filed_by_id(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Filed>, StoreError>;
    /// The document with this digest.
    fn filed(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<Filed>, StoreError>;
    /// Files a document with its answer; refuses an id that is taken ([`StoreError::Taken`]).
    fn file(&mut self, tenant: TenantId, document: &NewDocument) -> Result<(), StoreError>;

    /// Keeps a signed file that the portal issued. Keeping it again changes nothing.
    fn keep_issued(&mut self, tenant: TenantId, file: &IssuedFile) -> Result<(), StoreError>;
    /// Keeps a signed file that stands in the answer of a document that was filed. Keeping it again changes nothing.
    fn keep_answered(&mut self, tenant: TenantId, file: &AnsweredFile) -> Result<(), StoreError>;
    /// A signed file that the portal issued.
    fn issued(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<IssuedFile>, StoreError>;
}

impl Documents for SqlTx<'_> {
    fn filed_by_id(&mut self, tenant: TenantId, id: &Id) -> Result<Option<Filed>, StoreError> {
        let text = "SELECT id, digest, kind, at, answer FROM document WHERE tenant = ?1 AND id = ?2";
        one(self.sql, text, values![tenant, id], read)
    }

    fn filed(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<Filed>, StoreError> {
        let text = "SELECT id, digest, kind, at, answer FROM document WHERE tenant = ?1 AND digest = ?2";
        one(self.sql, text, values![tenant, digest], read)
    }

    fn file(&mut self, tenant: TenantId, document: &NewDocument) -> Result<(), StoreError> {
        let text = "INSERT INTO document (tenant, id, digest, kind, at, activation, report, answer, envelope)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
        let filed = &document.filed;
        let values = values![
            tenant,
            &filed.id,
            &filed.digest,
            filed.kind.name(),
            filed.at,
            &document.activation,
            document.report,
            &filed.answer,
            &document.envelope,
        ];
        let unique = [
            Unique {
                what: "the document's id",
                holder: "SELECT 1 FROM document WHERE tenant = ?1 AND id = ?2",
            },
            Unique {
                what: "the document's digest",
                holder: "SELECT 1 FROM document WHERE tenant = ?1 AND digest = ?3",
            },
        ];
        insert(self.sql, text, values, "the tenant", &unique)
    }

    fn keep_issued(&mut self, tenant: TenantId, file: &IssuedFile) -> Result<(), StoreError> {
        let text = "INSERT INTO issued (tenant, digest, kind, activation, at, text)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, digest) DO NOTHING";
        let values = values![tenant, &file.digest, file.kind.name(), &file.activation, file.at, &file.text];
        put(self.sql, text, values, "the tenant")
    }

    fn issued(&mut self, tenant: TenantId, digest: &Digest) -> Result<Option<IssuedFile>, StoreError> {
        let text = "SELECT i.digest, i.kind, i.activation, i.at, i.text, i.place, d.answer FROM issued i
                    LEFT JOIN document d ON d.tenant = i.tenant AND d.digest = i.document
                    WHERE i.tenant = ?1 AND i.digest = ?2";
        one(self.sql, text, values![tenant, digest], |row| {
            let mut cells = Cells::of(row, "issued file");
            Ok(IssuedFile {
                digest: cells.digest()?,
                kind: cells.kind()?,
                activation: cells.id()?,
                at: cells.instant()?,
                text: {
                    let (text, place, answer) = (cells.get()?, cells.get::<Option<String>>()?, cells.get()?);
                    match place {
                        None => text,
                        Some(place) => standing_in(answer, &place).ok_or_else(|| cells.unreadable())?,
                    }
                },
            })
        })
    }

    fn keep_answered(&mut self, tenant: TenantId, file: &AnsweredFile) -> Result<(), StoreError> {
        let text = "INSERT INTO issued (tenant, digest, kind, activation, at, text, document, place)
                    VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7) ON CONFLICT (tenant, digest) DO NOTHING";
        let values = values![
            tenant,
            &file.digest,
            file.kind.name(),
            &file.activation,
            file.at,
            &file.document,
            file.place,
        ];
        put(self.sql, text, values, "the tenant")
    }
}

/// The string at a place of an answer.
fn standing_in(answer: Option<Vec<u8>>, place: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_slice(&answer?).ok()?;
    Some(answer.pointer(place)?.as_str()?.to_owned())
}

fn read(row: &dyn Row) -> Result<Filed, StoreError> {
    let mut cells = Cells::of(row, "document");
    Ok(Filed {
        id: cells.id()?,
        digest: cells.digest()?,
        kind: cells.kind()?,
        at: cells.instant()?,
        answer: cells.get()?,
    })
}

/// The first document of this activation that has the number.
pub(super) fn same_number(
    sql: &mut dyn Sql,
    tenant: TenantId,
    activation: &Id,
    report: u32,
) -> Result<Option<Digest>, StoreError> {
    let text = "SELECT digest FROM document WHERE tenant = ?1 AND activation = ?2 AND report = ?3
                ORDER BY seq LIMIT 1";
    one(sql, text, values![tenant, activation, report], |row| Cells::of(row, "document").digest())
}
