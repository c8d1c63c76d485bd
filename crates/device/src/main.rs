//! `handcarry-device`: the reference command line over the device library.

mod cli;

use std::process::ExitCode;

use handcarry_format::{Instant, MAX_INSTANT};

fn main() -> ExitCode {
    cli::run(now())
}

/// The one place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // A clock before 1970 counts as 1970, which the clock floor refuses.
    let seconds = since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
    Instant::from_unix(seconds).unwrap_or(MAX_INSTANT)
}
