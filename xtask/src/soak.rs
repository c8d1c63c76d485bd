//! Load and faults against the real program: `crates/server/tests/soak`, which `docs/faults.md` describes.

use crate::{postgres, process::Run, step::say, tools};
use anyhow::Result;

/// Seconds of the run that belongs to `cargo xtask test`.
pub(crate) const SHORT: u64 = 24;

/// Runs it for so long: the time is shared between the engines.
pub(crate) fn run(seconds: u64, engine: &str, seed: Option<u64>) -> Result<()> {
    tests(engine, &[], &["--ignored", "--nocapture"])?
        .env("HANDCARRY_SOAK_SECONDS", seconds.to_string())
        .env("HANDCARRY_SOAK_SEED", seed.map(|seed| seed.to_string()).unwrap_or_default())
        .show()
}

/// A million uses in one report, and several of the largest files at once: in a build that is quick enough for it.
pub(crate) fn large(engine: &str) -> Result<()> {
    tests(engine, &["--release"], &["--ignored", "--nocapture", "large::"])?.show()
}

fn tests(engine: &str, build: &[&str], which: &[&str]) -> Result<Run> {
    if engine != "sqlite" && postgres::programs().is_none() {
        say("PostgreSQL's programs are missing");
        tools::ensure(&tools::ALL)?;
    }
    let run = Run::new("cargo")
        .args(["test", "--quiet", "--locked", "--package", "handcarry-server", "--test", "soak"])
        .args(build)
        // Servers whose time is a file.
        .args(["--features", "handcarry-server/test-clock", "--"])
        .args(which)
        // One after the other: they wait for each other's disks and processors.
        .args(["--test-threads", "1"])
        .env("HANDCARRY_SOAK_ENGINE", engine);
    Ok(run)
}
