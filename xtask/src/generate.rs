//! Generated files: each has one command that writes it, and a check that it is what that command writes.

use crate::{files, paths, process::Run, step};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::{collections::BTreeMap, fs};

/// A command and the files it makes. Add a line to [`GENERATORS`] for each new generated file.
struct Generator {
    /// What is generated, for people.
    what: &'static str,
    /// The file, or the directory, that is generated.
    output: &'static str,
    /// Arguments of cargo.
    cargo: &'static [&'static str],
    /// Whether the command prints the file, or writes `output` itself.
    prints: bool,
}

const GENERATORS: &[Generator] = &[
    Generator {
        what: "the vectors of the file format",
        output: "testkit",
        cargo: &["run", "--quiet", "--package", "handcarry-format", "--example", "testkit"],
        prints: false,
    },
    Generator {
        what: "the table of codes",
        output: "docs/codes.md",
        cargo: &["run", "--quiet", "--package", "handcarry-api", "--example", "codes"],
        prints: true,
    },
    Generator {
        what: "the table of license rules",
        output: "docs/rules.md",
        cargo: &["run", "--quiet", "--package", "xtask", "--", "rules"],
        prints: true,
    },
    Generator {
        what: "the table of speed and size, from what was measured last",
        output: "docs/performance.md",
        cargo: &["run", "--quiet", "--package", "xtask", "--", "bench", "--table"],
        prints: true,
    },
    Generator {
        what: "the table of threats",
        output: "docs/threats.md",
        cargo: &["run", "--quiet", "--package", "xtask", "--", "threats"],
        prints: true,
    },
    Generator {
        what: "the OpenAPI description",
        output: "docs/openapi.json",
        cargo: &["run", "--quiet", "--package", "handcarry-server", "--bin", "handcarry", "--", "openapi"],
        prints: true,
    },
];

/// Runs every generator; with `check`, fails if one of them changed its output.
pub(crate) fn run(check: bool) -> Result<()> {
    let mut changed = Vec::new();
    for generator in GENERATORS {
        step::step(generator.output, || {
            step::say(generator.what);
            let before = digests(generator)?;
            generator.write()?;
            changed.extend(differences(&before, &digests(generator)?));
            Ok(())
        })?;
    }
    if check && !changed.is_empty() {
        bail!("generated files were out of date, and have been written anew: {}", changed.join(", "));
    }
    step::say(format!("{} generated files changed", changed.len()));
    Ok(())
}

fn digests(generator: &Generator) -> Result<BTreeMap<String, String>> {
    files::digests(&[generator.path()])
}

impl Generator {
    fn path(&self) -> PathBuf {
        paths::root().join(self.output)
    }

    fn write(&self) -> Result<()> {
        let command = Run::new("cargo").args(self.cargo);
        if self.prints {
            fs::write(self.path(), command.capture()?)?;
            return Ok(());
        }
        command.show()
    }
}

fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let new = after.iter().filter(|(name, digest)| before.get(*name) != Some(digest)).map(|(name, _)| name);
    gone.chain(new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_went_or_changed_is_a_difference() {
        let tree = |files: &[(&str, &str)]| {
            files.iter().map(|(name, digest)| (name.to_string(), digest.to_string())).collect()
        };
        let before = tree(&[("kept", "1"), ("changed", "1"), ("gone", "1")]);
        let after = tree(&[("kept", "1"), ("changed", "2"), ("new", "1")]);
        assert_eq!(differences(&before, &after), ["gone", "changed", "new"]);
        assert!(differences(&after, &after).is_empty());
    }
}
