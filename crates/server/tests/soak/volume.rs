//! A disk that can be full: a file system in memory whose size follows.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::say;

/// Bytes that it has when it is not full.
const ROOM: &str = "size=4g";

pub(crate) struct Volume {
    path: PathBuf,
    _directory: tempfile::TempDir,
    mounted: bool,
}

fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Volume {
    /// A plain directory where mounting is not allowed, which is said.
    pub(crate) fn new() -> Volume {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("volume");
        std::fs::create_dir(&path).unwrap();
        let name = path.to_str().unwrap();
        let mounted = run("mount", &["-t", "tmpfs", "-o", ROOM, "handcarry-soak", name]).is_some();
        if !mounted {
            say("SKIPPED: no full disk, for nothing may be mounted here");
        }
        Volume { path, _directory: directory, mounted }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn can_be_full(&self) -> bool {
        self.mounted
    }

    /// No room from now on.
    pub(crate) fn fill(&self) {
        let name = self.path.to_str().unwrap();
        for _ in 0..50 {
            let used = run("df", &["--output=used", "-B1", name]).unwrap();
            let used = used.lines().nth(1).unwrap().trim().to_owned();
            // It grows meanwhile, and cannot be made smaller than what is in it.
            if run("mount", &["-o", &format!("remount,size={used}"), name]).is_some() {
                return;
            }
        }
        panic!("{name} cannot be filled");
    }

    pub(crate) fn empty(&self) {
        assert!(run("mount", &["-o", &format!("remount,{ROOM}"), self.path.to_str().unwrap()]).is_some());
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        if self.mounted {
            let _ = run("umount", &["-l", self.path.to_str().unwrap()]);
        }
    }
}
