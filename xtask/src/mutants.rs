//! cargo-mutants over the license rules. A run takes hours, so it is a command of its own; what survived the last one is
//! told in `docs/mutants.md`.

use crate::{process::Run, tools};
use anyhow::Result;

const VERSION: &str = "27.1.0";

/// Installs cargo-mutants if it is missing, and runs it; survivors are named in `target/mutants.out`.
pub(crate) fn run(files: &[&str]) -> Result<()> {
    tools::ensure_crate("cargo-mutants", VERSION, "cargo-mutants")?;
    let only = files.iter().flat_map(|file| ["--file", file]);
    Run::new("cargo")
        .args(["mutants", "--package", "handcarry-rules", "--output", "target", "--jobs", "2"])
        .args(["--timeout", "120", "--build-timeout", "600", "--no-shuffle"])
        .args(only)
        .show()
}
