//! cargo-deny with `deny.toml`. It takes minutes to build, so the test command does not need it: the guards
//! in `xtask/tests` hold the same bans. This command adds the licenses of every dependency.

use crate::{process::Run, tools};
use anyhow::Result;

const VERSION: &str = "0.20.2";

/// Installs cargo-deny if it is missing, and runs every check that needs no network.
pub(crate) fn run() -> Result<()> {
    tools::ensure_crate("cargo-deny", VERSION, "cargo-deny")?;
    Run::new("cargo").args(["fetch", "--quiet", "--locked"]).show()?;
    // The package at the root is the page: without --workspace nothing else is looked at.
    Run::new("cargo")
        .args(["deny", "--workspace", "check", "-D", "warnings", "bans", "licenses", "sources"])
        .show()
}
