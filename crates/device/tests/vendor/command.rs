//! The real binary on a home of its own.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by several test binaries, each of which uses a part"
)]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use handcarry_format::{Instant, License};

use crate::vendor::{TestVendor, directory, key};

pub struct Bench {
    pub dir: tempfile::TempDir,
    pub vendor: TestVendor,
}

impl Bench {
    pub fn new() -> Bench {
        let bench = Bench { dir: directory(), vendor: TestVendor::new("acme") };
        bench.write("vendor.json", &bench.vendor.file().to_json());
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry-device"));
        command.current_dir(self.dir.path()).args(["--home", "home"]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit code and code of a command that fails; it says nothing on standard output.
    pub fn fails(&self, args: &[&str]) -> (i32, String) {
        let output = self.run(args);
        assert!(output.stdout.is_empty(), "{args:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        let code = text.rsplit_once('[').and_then(|(_, code)| code.split_once(']')).map(|(code, _)| code);
        (output.status.code().unwrap(), code.unwrap_or(&text).to_owned())
    }

    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        serde_json::from_slice(&self.run(args).stdout).unwrap()
    }

    /// A request in `request.txt`.
    pub fn request(&self) -> String {
        let key = key();
        self.ok(&["request", "--license-key", key.as_str(), "--name", "WS-17", "-o", "request.txt"]);
        self.read("request.txt")
    }

    pub fn activate(&self, change: impl FnOnce(&mut License)) -> License {
        self.ok(&["init", "vendor.json"]);
        let mut license = self.vendor.license_for(&self.request(), now());
        change(&mut license);
        self.write("license.txt", &self.vendor.issue(&license));
        self.ok(&["load", "license.txt"]);
        license
    }
}

pub fn now() -> Instant {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Instant::from_unix(since.as_secs() as i64).unwrap()
}
