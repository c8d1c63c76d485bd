//! What the figures depend on: the machine and its programs, without its name.

use crate::{postgres, process::Run};
use anyhow::Result;
use std::{fs, thread};

/// Facts by their names. What is not there is said to be missing.
pub(crate) fn facts() -> Result<Vec<(String, String)>> {
    let cores = thread::available_parallelism()?.get().to_string();
    let postgres = postgres::programs()
        .and_then(|programs| Run::new(programs.join("postgres")).arg("--version").capture().ok());
    let chromium = Run::new("/usr/bin/chromium").arg("--version").capture().ok();
    let facts = [
        ("cores", Some(cores)),
        ("memory", line("/proc/meminfo", "MemTotal").as_deref().and_then(gibibytes)),
        ("processor", line("/proc/cpuinfo", "model name")),
        ("kernel", fs::read_to_string("/proc/sys/kernel/osrelease").ok()),
        ("rustc", Run::new("rustc").arg("--version").capture().ok()),
        ("PostgreSQL", postgres),
        ("Chromium", chromium),
    ];
    let shown = |fact: Option<String>| fact.map_or_else(|| "missing".to_owned(), |fact| version(&fact));
    Ok(facts.map(|(name, fact)| (name.to_owned(), shown(fact))).to_vec())
}

/// The value in a line such as `name : value`.
fn line(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find(|line| line.starts_with(name))?.split_once(':')?.1;
    Some(value.trim().to_owned())
}

fn gibibytes(kibibytes: &str) -> Option<String> {
    let kibibytes: f64 = kibibytes.split_whitespace().next()?.parse().ok()?;
    Some(format!("{:.0} GiB", kibibytes / f64::from(1 << 20)))
}

/// What a program says of itself, without its own name and what it was built on.
fn version(said: &str) -> String {
    let said = said.trim().trim_start_matches("rustc ").trim_start_matches("postgres (PostgreSQL) ");
    said.trim_start_matches("Chromium ").split([' ', '(']).next().map_or_else(String::new, |first| {
        // Names of processors and amounts of memory are several words.
        if first.contains('.') { first.to_owned() } else { said.to_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_version_alone() {
        for (said, version_alone) in [
            ("rustc 1.95.0 (abc 2026-01-01)\n", "1.95.0"),
            ("postgres (PostgreSQL) 17.2 (Debian 17.2-1)", "17.2"),
            ("Chromium 140.0.1 built on Debian", "140.0.1"),
            ("6.1.0-1-amd64\n", "6.1.0-1-amd64"),
            ("Some Processor @ 2 GHz", "Some Processor @ 2 GHz"),
            ("24 GiB", "24 GiB"),
        ] {
            assert_eq!(version(said), version_alone);
        }
    }
}
