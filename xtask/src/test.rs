//! `cargo xtask test`: every check, in one order. The first failure stops.

use crate::{
    api, fuzz, generate, paths, portal, postgres,
    process::Run,
    size, soak,
    step::{seconds, step},
    tools,
};
use anyhow::{Result, bail};
use std::time::Instant;

struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

/// What builds for the browser as well as for the server.
const PURE: [&str; 4] = ["handcarry-format", "handcarry-rules", "handcarry-theme", "handcarry-api"];

/// Quick checks first; the page before what embeds it.
const STEPS: &[Step] = &[
    Step { name: "tools", what: "set up what is missing", run: || tools::ensure(&tools::ALL) },
    Step { name: "format", what: "rustfmt", run: format },
    Step { name: "guards", what: "arrows between packages, words, origins, lengths of files", run: guards },
    Step { name: "portal", what: "build the page", run: || portal::build(false) },
    Step { name: "lint", what: "clippy, no warning allowed", run: lint },
    Step { name: "pure", what: "the pure packages for wasm32", run: pure },
    Step { name: "rust", what: "all native tests, with a PostgreSQL server beside", run: rust },
    Step { name: "engine", what: "the portal's own tests on PostgreSQL", run: engine },
    Step { name: "soak", what: "load and faults against real servers", run: soak },
    Step { name: "doc", what: "examples in the documentation, and its links", run: doc },
    Step { name: "browser", what: "unit tests as WebAssembly in Chromium", run: browser },
    Step { name: "fuzz", what: "every fuzz target for a few seconds", run: fuzz::short },
    Step { name: "second", what: "the second implementation of the file format", run: second },
    Step { name: "generated", what: "generated files are up to date", run: || generate::run(true) },
    Step { name: "api", what: "the running server against the API's description", run: api::run },
    Step { name: "size", what: "the first load is inside its budget", run: || size::check(0) },
    Step { name: "e2e", what: "end to end in Chromium", run: e2e },
];

/// Names the steps.
pub(crate) fn list() {
    for step in STEPS {
        println!("{:<12}{}", step.name, step.what);
    }
}

/// Runs all steps, or only those named (in the order of the list).
pub(crate) fn run(only: &[&str]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        bail!("there is no step {unknown}; `cargo xtask test --list` names them");
    }
    let started = Instant::now();
    let mut times = Vec::new();
    for one in STEPS.iter().filter(|step| only.is_empty() || only.contains(&step.name)) {
        let began = Instant::now();
        step(one.name, one.run)?;
        times.push((one.name, began.elapsed()));
    }
    println!("All {} steps passed in {}:", times.len(), seconds(started.elapsed()));
    for (name, took) in times {
        println!("   {name:<12}{:>12}", seconds(took));
    }
    Ok(())
}

fn format() -> Result<()> {
    Run::new("cargo").args(["fmt", "--all", "--check"]).show()
}

fn guards() -> Result<()> {
    Run::new("cargo").args(["test", "--quiet", "--package", "xtask"]).show()
}

fn lint() -> Result<()> {
    Run::new("cargo")
        .args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
        .show()?;
    // Most of the page is only compiled for the browser.
    Run::new("cargo")
        .args([
            "clippy",
            "--package",
            "handcarry-portal",
            "--target",
            "wasm32-unknown-unknown",
            "--all-targets",
        ])
        .args(["--locked", "--", "-D", "warnings"])
        .show()
}

fn pure() -> Result<()> {
    PURE.iter()
        .fold(
            Run::new("cargo").args(["check", "--locked", "--target", "wasm32-unknown-unknown"]),
            |run, name| run.args(["--package", name]),
        )
        .show()
}

fn rust() -> Result<()> {
    // It runs as long as the tests.
    let (database, _server) = postgres::for_tests()?;
    let nextest = Run::new("cargo").args(["nextest", "--version"]).succeeds();
    let runner: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
    let targets: &[&str] = if nextest { &[] } else { &["--all-targets"] };
    Run::new("cargo")
        .args(runner)
        .args(["--workspace", "--exclude", "xtask", "--locked"])
        .args(targets)
        .env(postgres::VARIABLE, database)
        .show()
}

fn engine() -> Result<()> {
    let (database, _server) = postgres::for_tests()?;
    Run::new("cargo")
        .args(["test", "--quiet", "--locked", "--package", "handcarry-server", "--test", "portal"])
        .env("HANDCARRY_TEST_PORTAL", database)
        .show()
}

fn soak() -> Result<()> {
    soak::run(soak::SHORT, "both", None)
}

fn doc() -> Result<()> {
    Run::new("cargo").args(["test", "--doc", "--workspace", "--locked"]).show()?;
    Run::new("cargo")
        .args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .show()
}

fn browser() -> Result<()> {
    for tests in
        [["--package", "handcarry-format", "--test=web"], ["--package", "handcarry-portal", "--tests"]]
    {
        Run::new("cargo")
            .args(["test", "--locked", "--target", "wasm32-unknown-unknown"])
            .args(tests)
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                paths::tools_bin().join("wasm-bindgen-test-runner"),
            )
            .env("CHROMEDRIVER", tools::CHROMEDRIVER)
            .show()?;
    }
    Ok(())
}

fn second() -> Result<()> {
    let script = paths::root().join("testkit/second/verify.py");
    if !script.exists() {
        bail!("{} is missing", paths::shown(&script));
    }
    Run::new(paths::python()).arg(script).show()
}

fn e2e() -> Result<()> {
    Run::new("cargo")
        .args([
            "build",
            "--locked",
            "--package",
            "handcarry-server",
            "--package",
            "handcarry-device",
            "--bins",
            // Several devices on one machine, each with a fingerprint of its own; servers whose time is a file.
            "--features",
            "handcarry-device/test-fingerprint,handcarry-server/test-clock",
        ])
        .show()?;
    Run::new("npm").args(["run", "--silent", "types"]).show()?;
    Run::new("npm")
        .args(["run", "--silent", "e2e"])
        .env("HANDCARRY_BIN", paths::binary("debug", "handcarry"))
        .env("HANDCARRY_DEVICE_BIN", paths::binary("debug", "handcarry-device"))
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .show()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_does_not_exist_is_named() {
        let error = run(&["nonsense"]).unwrap_err().to_string();
        assert!(error.contains("nonsense"), "{error}");
    }

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
