//! cargo-mutants over the license rules. A run takes hours, so it is a command of its own; what survived the last one is
//! told in `docs/mutants.md`.

use crate::{process::Run, tools};
use anyhow::Result;

const VERSION: &str = "27.1.0";

/// Installs cargo-mutants if it is missing, and runs it; survivors are named in `target/mutants.out`.
pub(crate) fn run(files: &[&str], shard: Option<&str>) -> Result<()> {
    tools::ensure_crate("cargo-mutants", VERSION, "cargo-mutants")?;
    let nextest = Run::new("cargo").args(["nextest", "--version"]).succeeds();
    let tool: &[&str] = if nextest { &["--test-tool", "nextest"] } else { &[] };
    let only = files.iter().flat_map(|file| ["--file", file]);
    let part = shard.into_iter().flat_map(|shard| ["--shard", shard]);
    Run::new("cargo")
        .args(["mutants", "--package", "handcarry-rules", "--output", "target", "--jobs", "2"])
        .args(tool)
        .args(["--timeout", "120", "--build-timeout", "600", "--no-shuffle"])
        .args(only)
        .args(part)
        // Each change is tested against all tests: fewer cases of each property are enough to notice.
        .env("PROPTEST_CASES", "24")
        .show()
}
