//! ICE-05: used seats of a remote source are read on request, page by page, with progress, until somebody calls it off.
//!
//! A reading is a row in the store. Whoever asks for one only adds that row; a thread of its own reads, and looks after
//! every page whether it still should. One that was left behind by a server that went down is begun anew by another.

use std::time::Duration;

use handcarry_format::Instant;
use handcarry_store::{ReadingState, SeatReading, StoreError, TenantId};
use ureq::Agent;

use super::page::{Page, follow};
use crate::app::App;
use crate::outbound::{agent, check_address};
use crate::schedule::{Errand, JobError};

/// Reads what was asked for.
pub const READ_SOURCES: &dyn Errand = &ReadSources;

/// How long one page may take, from looking up the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that a page may have.
const PAGE: u64 = 64 << 10;
/// Pages that a source may have.
const PAGES: u32 = 1_000;
/// Seconds without a sign of life after which a reading is begun anew.
const LOST: i64 = 60;

struct ReadSources;

impl Errand for ReadSources {
    fn name(&self) -> &'static str {
        "seats.read"
    }

    /// One source that is slow keeps another one waiting; two seldom are.
    fn threads(&self) -> usize {
        2
    }

    fn round(&self, app: &App) -> Result<usize, JobError> {
        let now = app.clock.now();
        let lost = now.plus_seconds(-LOST);
        if !app.store.read_blocking::<_, StoreError, _>(move |tx| tx.seat_readings_wait(lost))? {
            return Ok(0);
        }
        let claimed = app.store.write_blocking(move |tx| tx.claim_seat_reading(now, lost))?;
        let Some((tenant, reading)) = claimed else { return Ok(0) };
        read(app, tenant, reading)?;
        Ok(1)
    }
}

/// Reads a source from its first page to its last.
fn read(app: &App, tenant: TenantId, mut reading: SeatReading) -> Result<(), StoreError> {
    let agent = agent(PATIENCE);
    let mut next = Some(reading.url.clone());
    while let Some(url) = next {
        let before = reading.seen_at;
        match page(&agent, &url, reading.pages) {
            Ok(page) => {
                reading.pages += 1;
                reading.used = reading.used.saturating_add(page.used);
                next = page.next.as_deref().and_then(|next| follow(&reading.url, next));
                if page.next.is_some() && next.is_none() {
                    (reading.state, reading.failure) =
                        (ReadingState::Failed, Some("source.elsewhere".to_owned()));
                } else if next.is_none() {
                    reading.state = ReadingState::Done;
                }
            }
            Err(code) => {
                (reading.state, reading.failure) = (ReadingState::Failed, Some(code.to_owned()));
                next = None;
            }
        }
        // Later than before, so that whoever else had it is told.
        reading.seen_at = app.clock.now().max(before.plus_seconds(1));
        if !keep(app, tenant, before, &reading)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Writes down how far it came; false if it was called off.
fn keep(app: &App, tenant: TenantId, before: Instant, reading: &SeatReading) -> Result<bool, StoreError> {
    let reading = reading.clone();
    app.store.write_blocking(move |tx| tx.keep_seat_reading(tenant, before, &reading))
}

fn page(agent: &Agent, url: &str, pages: u32) -> Result<Page, &'static str> {
    if pages >= PAGES {
        return Err("source.too_long");
    }
    // Whoever may change licenses has named it: a server in the same house need not have a certificate.
    check_address(url, true).map_err(|_| "source.address")?;
    let mut answer =
        agent.get(url).header("accept", "application/json").call().map_err(|_| "source.unreachable")?;
    if answer.status().as_u16() != 200 {
        return Err("source.refused");
    }
    let body = answer.body_mut().with_config().limit(PAGE).read_to_vec().map_err(|_| "source.unreadable")?;
    serde_json::from_slice(&body).map_err(|_| "source.unreadable")
}
