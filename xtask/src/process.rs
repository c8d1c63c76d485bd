//! Other programs, run from the top of the repository with the pinned tools in front of the path.

use crate::{paths, step::say};
use anyhow::{Context as _, Error, Result, bail};
use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

/// One program with its arguments, ready to run.
pub(crate) struct Run {
    command: Command,
    shown: String,
}

impl Run {
    /// Prepares `program`. Variables that `cargo run` set for xtask itself are not handed on: some build
    /// scripts watch them and would build again each time.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(paths::root());
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        let own = [paths::tools_bin(), paths::node_bin()];
        let inherited = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(own.into_iter().chain(env::split_paths(&inherited)))
            .expect("no path of this tree holds a colon");
        command.env("PATH", path);
        let shown = paths::shown(Path::new(program));
        Self { command, shown }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        let argument = argument.as_ref();
        self.shown.push(' ');
        self.shown.push_str(&paths::shown(Path::new(argument)));
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Runs it in another directory.
    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Sets a variable for the program.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in another directory, for what leaves files where it stands.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it with its output on the terminal.
    pub(crate) fn show(mut self) -> Result<()> {
        say(format!("$ {}", self.shown));
        let status = self.command.status().with_context(|| self.missing())?;
        self.judge(status)
    }

    /// Runs it and returns what it wrote to its standard output.
    pub(crate) fn capture(mut self) -> Result<String> {
        self.command.stdin(Stdio::null());
        let output = self.command.output().with_context(|| self.missing())?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!("`{}` ended with {}:\n{}", self.shown, output.status, tail(&text, 20));
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{}` printed other than text", self.shown))
    }

    /// Runs it with all its output in a file; the end of that is shown if it fails.
    pub(crate) fn log(mut self, log: &Path) -> Result<()> {
        if let Some(directory) = log.parent() {
            fs::create_dir_all(directory)?;
        }
        let file = File::create(log).with_context(|| format!("writing {}", paths::shown(log)))?;
        let status = self
            .command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .status()
            .with_context(|| self.missing())?;
        self.judge(status).with_context(|| {
            let text = fs::read(log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            format!("the end of {}:\n{}", paths::shown(log), tail(&text, 30))
        })
    }

    /// Runs it with all its output in a file, which somebody else shows.
    pub(crate) fn into_file(mut self, file: &Path) -> Result<()> {
        let out = File::create(file).with_context(|| format!("writing {}", paths::shown(file)))?;
        let command = self.command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let status = command.status().with_context(|| self.missing())?;
        self.judge(status)
    }

    /// Starts it and leaves it running, with all its output in a file.
    pub(crate) fn spawn(mut self, log: &Path) -> Result<Child> {
        say(format!("$ {} > {}", self.shown, paths::shown(log)));
        let file = File::create(log).with_context(|| format!("writing {}", paths::shown(log)))?;
        self.command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        self.command.spawn().with_context(|| self.missing())
    }

    /// Becomes the program: its signals, its output and its end are this process's own. Returns only if it
    /// cannot be started.
    pub(crate) fn become_it(mut self) -> Error {
        say(format!("$ {}", self.shown));
        Error::new(self.command.exec()).context(self.missing())
    }

    /// Whether the program is there and ends well, with nothing printed.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn missing(&self) -> String {
        format!("`{}` could not be started", self.shown)
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{}` ended with {status}", self.shown);
        }
        Ok(())
    }
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_shows_what_it_said() {
        let error =
            Run::new("sh").args(["-c", "echo spilled >&2; exit 3"]).capture().unwrap_err().to_string();
        assert!(error.contains("exit status: 3") && error.contains("spilled"), "{error}");
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let error = Run::new("no-such-program-here").capture().unwrap_err().to_string();
        assert!(error.contains("no-such-program-here"), "{error}");
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
    }
}
