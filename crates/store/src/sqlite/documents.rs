use handcarry_format::{Digest, Id};
use rusqlite::{Connection, Row, params};

use super::convert::{Cells, many, one, run};
use super::errors::constraint;
use crate::{Case, Filed, IssuedFile, NewCase, NewDocument, Page, StoreError, TenantId};

pub(super) fn by_id(connection: &Connection, tenant: TenantId, id: &Id) -> Result<Option<Filed>, StoreError> {
    let sql = "SELECT id, digest, kind, at, answer FROM document WHERE tenant = ?1 AND id = ?2";
    one(connection, sql, params![tenant.0, id.as_str()], read)
}

pub(super) fn by_digest(
    connection: &Connection,
    tenant: TenantId,
    digest: &Digest,
) -> Result<Option<Filed>, StoreError> {
    let sql = "SELECT id, digest, kind, at, answer FROM document WHERE tenant = ?1 AND digest = ?2";
    one(connection, sql, params![tenant.0, digest.as_bytes()], read)
}

fn read(row: &Row<'_>) -> Result<Filed, StoreError> {
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
    connection: &Connection,
    tenant: TenantId,
    activation: &Id,
    report: u32,
) -> Result<Option<Digest>, StoreError> {
    let sql = "SELECT digest FROM document WHERE tenant = ?1 AND activation = ?2 AND report = ?3
               ORDER BY seq LIMIT 1";
    let read = |row: &Row<'_>| Cells::of(row, "document").digest();
    one(connection, sql, params![tenant.0, activation.as_str(), report], read)
}

pub(super) fn file(
    connection: &Connection,
    tenant: TenantId,
    document: &NewDocument,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO document (tenant, id, digest, kind, at, activation, report, answer, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let filed = &document.filed;
    let values = params![
        tenant.0,
        filed.id.as_str(),
        filed.digest.as_bytes(),
        filed.kind.name(),
        filed.at.unix(),
        document.activation.as_str(),
        document.report,
        filed.answer,
        document.envelope,
    ];
    let unique = &[("document.id", "the document's id"), ("document.digest", "the document's digest")];
    run(connection, sql, values).map(drop).map_err(|error| constraint(error, unique, "the tenant"))
}

pub(super) fn keep_issued(
    connection: &Connection,
    tenant: TenantId,
    file: &IssuedFile,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO issued (tenant, digest, kind, activation, at, text)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, digest) DO NOTHING";
    let values = params![
        tenant.0,
        file.digest.as_bytes(),
        file.kind.name(),
        file.activation.as_str(),
        file.at.unix(),
        file.text,
    ];
    run(connection, sql, values).map(drop).map_err(|error| constraint(error, &[], "the tenant"))
}

pub(super) fn issued(
    connection: &Connection,
    tenant: TenantId,
    digest: &Digest,
) -> Result<Option<IssuedFile>, StoreError> {
    let sql = "SELECT digest, kind, activation, at, text FROM issued WHERE tenant = ?1 AND digest = ?2";
    one(connection, sql, params![tenant.0, digest.as_bytes()], |row| {
        let mut cells = Cells::of(row, "issued file");
        Ok(IssuedFile {
            digest: cells.digest()?,
            kind: cells.kind()?,
            activation: cells.id()?,
            at: cells.instant()?,
            text: cells.get()?,
        })
    })
}

pub(super) fn open_case(connection: &Connection, tenant: TenantId, case: &NewCase) -> Result<(), StoreError> {
    let sql = "INSERT INTO desk_case (tenant, id, kind, activation, digest, at, findings, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (tenant, digest, kind) DO NOTHING";
    let values = params![
        tenant.0,
        case.id.as_str(),
        case.kind,
        case.activation.as_str(),
        case.digest.as_bytes(),
        case.at.unix(),
        case.findings,
        case.envelope,
    ];
    let unique = &[("desk_case.id", "the case's id")];
    run(connection, sql, values).map(drop).map_err(|error| constraint(error, unique, "the tenant"))
}

pub(super) fn cases(connection: &Connection, tenant: TenantId, page: &Page) -> Result<Vec<Case>, StoreError> {
    let sql = "SELECT seq, id, kind, activation, envelope, digest, findings, at FROM desk_case
               WHERE tenant = ?1 AND closed_at IS NULL AND seq > ?2 ORDER BY seq LIMIT ?3";
    many(connection, sql, params![tenant.0, number(page)?, page.limit], |row| {
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

/// A cursor that is a number; the beginning is before all numbers.
pub(super) fn number(page: &Page) -> Result<i64, StoreError> {
    page.after.as_deref().map_or(Ok(0), |after| after.parse().map_err(|_| StoreError::Cursor))
}
