//! Load and faults against the real program: `crates/server/tests/soak`, which `docs/faults.md` describes.

use crate::{postgres, process::Run, step::say, tools};
use anyhow::Result;

/// Seconds of the run that belongs to `cargo xtask test`.
pub(crate) const SHORT: u64 = 24;

/// Runs it for so long: the time is shared between the engines.
pub(crate) fn run(seconds: u64, engine: &str, seed: Option<u64>) -> Result<()> {
    if engine != "sqlite" && postgres::programs().is_none() {
        say("PostgreSQL's programs are missing");
        tools::ensure(&tools::ALL)?;
    }
    let seed = seed.map(|seed| seed.to_string()).unwrap_or_default();
    Run::new("cargo")
        .args(["test", "--quiet", "--locked", "--package", "handcarry-server", "--test", "soak"])
        // Servers whose time is a file.
        .args(["--features", "handcarry-server/test-clock", "--", "--ignored", "--nocapture"])
        // One after the other: they wait for each other's disks and processors.
        .args(["--test-threads", "1"])
        .env("HANDCARRY_SOAK_SECONDS", seconds.to_string())
        .env("HANDCARRY_SOAK_ENGINE", engine)
        .env("HANDCARRY_SOAK_SEED", seed)
        .show()
}
