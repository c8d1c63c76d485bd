//! The fuzz targets in `fuzz/`, each for a while: a few seconds in the test command, as long as one likes by `cargo xtask fuzz`.
//! libFuzzer comes with a crate, and what it wants of the compiler is a matter of flags that the stable one has. What was
//! found worth keeping is replayed by the ordinary tests (`crates/api/tests/corpus.rs`, `crates/rules/tests/rules/kept.rs`).

use crate::{
    paths,
    process::Run,
    step::{say, step},
    tools::{self, Tool},
};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A target and the longest input that is worth its time, in bytes.
const TARGETS: [(&str, u32); 8] = [
    ("armor", 16 << 10),
    ("envelope", 8 << 10),
    ("json", 4 << 10),
    ("document", 16 << 10),
    ("words", 128),
    ("api", 4 << 10),
    ("theme", 4 << 10),
    ("decide", 256),
];

/// Seconds for each target in the test command.
const SHORT: u32 = 3;

/// What makes a program tell libFuzzer where it has been: what cargo-fuzz sets, without a sanitizer, for our own code is
/// safe by the compiler's word.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Sets up what is missing and runs the targets, `seconds` each. Fails at the first finding.
pub(crate) fn run(only: &[&str], seconds: u32) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| TARGETS.iter().all(|(known, _)| known != *name)) {
        bail!("there is no target {unknown}; there are {}", TARGETS.map(|(name, _)| name).join(", "));
    }
    let programs = build()?;
    for (name, longest) in TARGETS.into_iter().filter(|(name, _)| only.is_empty() || only.contains(name)) {
        step(name, || {
            let corpus = paths::target().join("fuzz/corpus").join(name);
            let before = count(&corpus)?;
            target(&programs, name, &corpus, longest, seconds)?;
            say(format!("no finding; {} inputs, {before} before", count(&corpus)?));
            Ok(())
        })?;
    }
    Ok(())
}

/// The step of the test command: every target for some seconds, beginning with what is kept.
pub(crate) fn short() -> Result<()> {
    let programs = build()?;
    for (name, longest) in TARGETS {
        let corpus = paths::target().join("fuzz/short").join(name);
        if corpus.exists() {
            fs::remove_dir_all(&corpus)?;
        }
        fs::create_dir_all(&corpus)?;
        let tried = target(&programs, name, &corpus, longest, SHORT)?;
        say(format!("{name:<9}{SHORT} s, {tried} inputs, no finding"));
    }
    Ok(())
}

/// Builds the targets and their first inputs; where the programs are.
fn build() -> Result<PathBuf> {
    tools::ensure(&[Tool::Cpp])?;
    let seeds = paths::target().join("fuzz/seeds");
    Run::new("cargo")
        .args(["run", "--quiet", "--locked", "--package", "handcarry-api", "--example", "seeds", "--"])
        .arg(&seeds)
        .show()
        .context("inputs to begin with")?;
    let target = paths::cargo_target().join("fuzz");
    let host = host()?;
    let programs = target.join(&host).join("release");
    if !programs.join("decide").exists() {
        say("the targets are built with what libFuzzer wants to know, once, about two minutes");
    }
    // A target is named so that build scripts and macros are not watched, too.
    Run::new("cargo")
        .args(["build", "--quiet", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target"])
        .arg(host)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", FLAGS)
        .show()?;
    Ok(programs)
}

/// The name of the system that this runs on, as the compiler calls it.
fn host() -> Result<String> {
    let told = Run::new("rustc").arg("-vV").capture()?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("the compiler does not say what it runs on")
}

fn count(directory: &Path) -> Result<usize> {
    fs::create_dir_all(directory)?;
    Ok(fs::read_dir(directory)?.count())
}

/// Runs one target; how many inputs it tried.
fn target(programs: &Path, name: &str, corpus: &Path, longest: u32, seconds: u32) -> Result<u64> {
    let fuzz = paths::target().join("fuzz");
    let artifacts = paths::root().join("fuzz/artifacts").join(name);
    let seeds = fuzz.join("seeds").join(name);
    fs::create_dir_all(&artifacts)?;
    fs::create_dir_all(&seeds)?;
    let log = fuzz.join(format!("{name}.log"));
    Run::new(programs.join(name))
        .arg(corpus)
        .arg(seeds)
        .arg(paths::root().join("fuzz/kept").join(name))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0"])
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(format!("-dict={}", fuzz.join("seeds/dictionary").display()))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={longest}"))
        .log(&log)
        .with_context(|| {
            format!("FINDING in {name}: the input is in fuzz/artifacts/{name}; keep it in fuzz/kept/{name} with the repair")
        })?;
    tried(&fs::read_to_string(&log)?).with_context(|| format!("{name} does not say what it did"))
}

fn tried(log: &str) -> Option<u64> {
    log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_target_did_is_read_from_its_last_lines() {
        assert_eq!(
            tried("INFO: x\nstat::number_of_executed_units: 1077038\nstat::other: 2\n"),
            Some(1_077_038)
        );
        assert_eq!(tried("INFO: x\n"), None);
    }

    #[test]
    fn every_target_is_a_program_of_the_fuzz_workspace_and_has_kept_inputs() {
        let manifest = fs::read_to_string(paths::root().join("fuzz/Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for (name, _) in TARGETS {
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
            assert!(count(&paths::root().join("fuzz/kept").join(name)).unwrap() > 0, "{name}");
        }
    }
}
