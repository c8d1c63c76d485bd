//! `cargo xtask run`.
use anyhow::Result;
pub(crate) fn run(listen: &str, fresh: bool) -> Result<()> {
    let _ = (listen, fresh);
    Ok(())
}
