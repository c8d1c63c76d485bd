//! The fuzz targets in `fuzz/`, each for a while. They want a nightly compiler, so this is a command of its own; what was
//! found worth keeping is replayed by the ordinary tests (`crates/api/tests/corpus.rs`).

use crate::{
    paths,
    process::Run,
    step::{say, step},
    tools,
};
use anyhow::{Context as _, Result, bail};
use std::{fs, path::PathBuf};

const VERSION: &str = "0.13.2";

/// A target and the longest input that is worth its time, in bytes.
const TARGETS: [(&str, u32); 7] = [
    ("armor", 16 << 10),
    ("envelope", 8 << 10),
    ("json", 4 << 10),
    ("document", 16 << 10),
    ("words", 128),
    ("api", 4 << 10),
    ("theme", 4 << 10),
];

/// Sets up what is missing and runs the targets, `seconds` each. Fails at the first finding.
pub(crate) fn run(only: &[&str], seconds: u32) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| TARGETS.iter().all(|(known, _)| known != *name)) {
        bail!("there is no target {unknown}; there are {}", TARGETS.map(|(name, _)| name).join(", "));
    }
    if !Run::new("cargo").args(["+nightly", "--version"]).succeeds() {
        bail!(
            "NOTHING WAS FUZZED: the nightly compiler is missing. `rustup toolchain install nightly` brings it"
        );
    }
    tools::ensure_crate("cargo-fuzz", VERSION, "cargo-fuzz")?;
    let seeds = paths::target().join("fuzz/seeds");
    Run::new("cargo")
        .args(["run", "--quiet", "--locked", "--package", "handcarry-api", "--example", "seeds", "--"])
        .arg(&seeds)
        .show()
        .context("inputs to begin with")?;
    for (name, longest) in TARGETS.into_iter().filter(|(name, _)| only.is_empty() || only.contains(name)) {
        step(name, || {
            let before = count(&corpus(name))?;
            target(name, longest, seconds)?;
            say(format!("no finding; {} inputs, {before} before", count(&corpus(name))?));
            Ok(())
        })?;
    }
    Ok(())
}

/// Where a target's inputs grow from run to run.
fn corpus(name: &str) -> PathBuf {
    paths::target().join("fuzz/corpus").join(name)
}

fn count(directory: &PathBuf) -> Result<usize> {
    fs::create_dir_all(directory)?;
    Ok(fs::read_dir(directory)?.count())
}

fn target(name: &str, longest: u32, seconds: u32) -> Result<()> {
    // Our own code is safe by the compiler's word, so no sanitizer slows it down.
    Run::new("cargo")
        .args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz", "--sanitizer", "none", name])
        .arg(corpus(name))
        .arg(paths::target().join("fuzz/seeds").join(name))
        .args(["--", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"])
        .arg(format!("-dict={}", paths::target().join("fuzz/seeds/dictionary").display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={longest}"))
        .env("CARGO_TARGET_DIR", paths::cargo_target().join("fuzz"))
        .show()
        .with_context(|| {
            format!("FINDING in {name}: the input is in fuzz/artifacts/{name}; keep it in fuzz/kept/{name} with the repair")
        })
}
