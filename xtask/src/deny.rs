//! cargo-deny with `deny.toml`. It takes minutes to build, so the test command does not need it: the guards
//! in `xtask/tests` hold the same bans. This command adds the licenses of every dependency.

use crate::{process::Run, tools};
use anyhow::Result;

const VERSION: &str = "0.20.2";

/// Installs cargo-deny if it is missing, and runs every check that needs no network.
pub(crate) fn run() -> Result<()> {
    tools::ensure_crate("cargo-deny", VERSION, "cargo-deny")?;
    Run::new("cargo").args(["fetch", "--quiet", "--locked"]).show()?;
    Run::new("cargo").args(["deny", "check", "bans", "licenses", "sources"]).show()
}
