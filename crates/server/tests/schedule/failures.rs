//! A job that fails.

use handcarry_format::Instant;
use handcarry_server::schedule::{Job, JobError, Progress, Visit};
use handcarry_server::site::Site;
use handcarry_store::{StoreError, TenantId, Tx};

use crate::world::*;

/// Fails on one midnight, after it has written.
struct Fails;

impl Job for Fails {
    fn name(&self) -> &'static str {
        "fails"
    }

    fn run(&self, tx: &mut dyn Tx, visit: &Visit<'_>) -> Result<Progress, JobError> {
        note(tx, visit, "half done")?;
        match visit.now < at("2027-01-02T00:10:00Z") {
            true => Err(JobError::Other("the moon is full".to_owned())),
            false => Ok(Progress::Done),
        }
    }
}

struct Panics;

impl Job for Panics {
    fn name(&self) -> &'static str {
        "panics"
    }

    fn next(&self, _: &mut dyn Tx, _: &Site, _: Instant) -> Result<Option<Instant>, StoreError> {
        panic!("a defect")
    }

    fn run(&self, _: &mut dyn Tx, _: &Visit<'_>) -> Result<Progress, JobError> {
        Ok(Progress::Done)
    }
}

#[tokio::test]
async fn ice_14_a_job_that_fails_is_undone_noted_tried_again_and_stops_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let app = app(&directory.path().join("portal.db"));
    tenant(&app, 1, "UTC", at("2027-01-01T12:00:00Z")).await;
    tenant(&app, 2, "UTC", at("2027-01-01T12:00:00Z")).await;
    let now = at("2027-01-02T00:00:00Z");
    let jobs: handcarry_server::schedule::Jobs = &[&Panics, &Fails, &Midnight];
    let passed = run(&app, jobs, now).await;
    assert_eq!((passed.visits, passed.failures), (2, 4));
    for tenant in [1, 2] {
        assert_eq!(done(&app, tenant).await, [("midnight".to_owned(), now)], "the others go on");
    }
    let noted = app.store.read(|tx| tx.progress(TenantId(1), "fails")).await;
    let noted = noted.unwrap_or_else(|error: StoreError| panic!("{error}")).unwrap();
    assert_eq!((noted.failures, noted.failed), (1, Some((now, "the moon is full".to_owned()))));
    // Not again at once; then with pauses that grow.
    assert_eq!(run(&app, jobs, now.plus_seconds(1)).await.failures, 0);
    assert_eq!(run(&app, jobs, now.plus_seconds(2)).await.failures, 4);
    assert_eq!(run(&app, jobs, now.plus_seconds(5)).await.failures, 0);
    assert_eq!(run(&app, jobs, now.plus_seconds(6)).await.failures, 4);
    let figures = app.metrics.text();
    assert!(figures.contains("handcarry_job_visits_total{job=\"fails\",outcome=\"failed\"} 6"), "{figures}");
    assert!(figures.contains("handcarry_jobs_failing 4"), "{figures}");
    // Mended: the midnight that was missed is done as of that midnight.
    run(&app, &[&Fails], at("2027-01-02T00:20:00Z")).await;
    assert_eq!(done(&app, 1).await.last().unwrap(), &("half done".to_owned(), now));
    assert!(app.metrics.text().contains("handcarry_jobs_failing 0"));
}
