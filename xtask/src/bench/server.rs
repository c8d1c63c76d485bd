//! The part `server`: the real server and `handcarry-bench`, built as the product is.

use crate::{paths, postgres::Cluster, process::Run, step::say, tools};
use anyhow::{Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Measures, on a file and on a PostgreSQL server of its own that writes to the disk as any would.
pub(crate) fn measure(out: &Path, quick: bool) -> Result<()> {
    tools::ensure(&[tools::Tool::Postgres])?;
    // First without a store, for what is built last lies where everybody looks for it.
    build(&["--features", "handcarry-server/bench-no-store"])?;
    let without_store = without_store();
    fs::create_dir_all(without_store.parent().context("a directory")?)?;
    fs::copy(paths::binary("release", "handcarry"), &without_store)?;
    build(&[])?;
    let cluster = Cluster::durable()?;
    say("the server's own speed; nothing else should run on this machine meanwhile");
    let quick = if quick { &["--quick"][..] } else { &[] };
    Run::new(paths::binary("release", "handcarry-bench"))
        .args(["server", "--postgres", &cluster.address(), "--without-store"])
        .arg(&without_store)
        .arg("--out")
        .arg(out)
        .args(quick)
        .show()
}

fn build(features: &[&str]) -> Result<()> {
    Run::new("cargo")
        .args(["build", "--quiet", "--release", "--locked"])
        .args(["--package", "handcarry-server", "--package", "handcarry-bench"])
        .args(features)
        .show()
}

fn without_store() -> PathBuf {
    paths::cargo_target().join("bench/handcarry-without-store")
}
