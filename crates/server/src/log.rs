//! Structured logs: one JSON object a line, on standard error.

use std::str::FromStr as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Begins logging. Neither license keys nor contents of files are ever given to it.
pub fn begin(level: Option<&str>) -> Result<(), String> {
    let level = level.unwrap_or("info");
    let level = LevelFilter::from_str(level).map_err(|_| format!("log: `{level}` is no level"))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(level);
    // A second beginning, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(lines).try_init();
    Ok(())
}
