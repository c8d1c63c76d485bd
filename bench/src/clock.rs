//! The one place that reads the date; durations are measured where they are.

use anyhow::{Context as _, Result};
use handcarry_format::Instant;

pub(crate) fn now() -> Result<Instant> {
    #[expect(clippy::disallowed_methods, reason = "documents are dated when they are made")]
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH)?.as_secs();
    Instant::from_unix(i64::try_from(seconds)?).context("a date")
}
