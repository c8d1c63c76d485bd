use handcarry_format::Instant;

use super::SqlTx;
use crate::sql::{Cells, Row, add, many, one, values};
use crate::{StoreError, TenantId};

/// How far a job has come with a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Everything that was due at this instant or before is done.
    pub done_until: Instant,
    /// An instant that is done in part, and how far.
    pub part: Option<(Instant, String)>,
    /// Failures since the last success.
    pub failures: u32,
    /// The last of them.
    pub failed: Option<(Instant, String)>,
}

/// What is done by itself.
pub trait Schedule {
    /// How far a job has come; none = it has never been here.
    fn progress(&mut self, tenant: TenantId, job: &str) -> Result<Option<Progress>, StoreError>;
    /// How far each job has come with a tenant, by name.
    fn progresses(&mut self, tenant: TenantId) -> Result<Vec<(String, Progress)>, StoreError>;
    /// Notes how far a job has come.
    fn note_progress(&mut self, tenant: TenantId, job: &str, progress: &Progress) -> Result<(), StoreError>;
}

impl Schedule for SqlTx<'_> {
    fn progress(&mut self, tenant: TenantId, job: &str) -> Result<Option<Progress>, StoreError> {
        let text = "SELECT done_until, part_at, part, failures, failed_at, error FROM schedule
                    WHERE tenant = ?1 AND job = ?2";
        one(self.sql, text, values![tenant, job], |row| read(&mut Cells::of(row, WHAT)))
    }

    fn progresses(&mut self, tenant: TenantId) -> Result<Vec<(String, Progress)>, StoreError> {
        let text = "SELECT job, done_until, part_at, part, failures, failed_at, error FROM schedule
                    WHERE tenant = ?1 ORDER BY job";
        many(self.sql, text, values![tenant], |row: &dyn Row| {
            let mut cells = Cells::of(row, WHAT);
            Ok((cells.get()?, read(&mut cells)?))
        })
    }

    fn note_progress(&mut self, tenant: TenantId, job: &str, progress: &Progress) -> Result<(), StoreError> {
        let text = "INSERT INTO schedule (tenant, job, done_until, part_at, part, failures, failed_at, error)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                    ON CONFLICT (tenant, job) DO UPDATE SET done_until = excluded.done_until,
                    part_at = excluded.part_at, part = excluded.part, failures = excluded.failures,
                    failed_at = excluded.failed_at, error = excluded.error";
        let (part, failed) = (progress.part.as_ref(), progress.failed.as_ref());
        let values = values![
            tenant,
            job,
            progress.done_until,
            part.map(|part| part.0),
            part.map(|part| &part.1),
            progress.failures,
            failed.map(|failed| failed.0),
            failed.map(|failed| &failed.1),
        ];
        add(self.sql, text, values, "the tenant").map(drop)
    }
}

const WHAT: &str = "job's progress";

fn read(cells: &mut Cells<'_>) -> Result<Progress, StoreError> {
    let done_until = cells.instant()?;
    let (part_at, part): (_, Option<String>) = (cells.instant_maybe()?, cells.get()?);
    let failures = cells.get()?;
    let (failed_at, error): (_, Option<String>) = (cells.instant_maybe()?, cells.get()?);
    Ok(Progress { done_until, part: part_at.zip(part), failures, failed: failed_at.zip(error) })
}
