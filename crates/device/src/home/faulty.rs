use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::disk::{Disk, RealDisk};

/// How a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing of it happens.
    Before,
    /// Half of what is written arrives.
    Half,
    /// All of it happens, and then the failure is reported.
    After,
}

/// A disk that fails at one step, and from then on, as after a crash, does nothing any more.
pub(crate) struct FaultyDisk {
    fault: Fault,
    left: AtomicUsize,
}

impl FaultyDisk {
    pub(crate) fn new(step: usize, fault: Fault) -> FaultyDisk {
        FaultyDisk { fault, left: AtomicUsize::new(step + 1) }
    }

    /// Whether the step at which it fails was never reached.
    pub(crate) fn is_whole(&self) -> bool {
        self.left.load(Ordering::SeqCst) > 0
    }

    fn step(
        &self,
        done: impl Fn() -> io::Result<()>,
        half: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        let before = self.left.load(Ordering::SeqCst);
        self.left.store(before.saturating_sub(1), Ordering::SeqCst);
        match before {
            0 => return Err(io::Error::other("after the crash")),
            1 => match self.fault {
                Fault::Before => {}
                Fault::Half => half()?,
                Fault::After => done()?,
            },
            _ => return done(),
        }
        Err(io::Error::other("injected"))
    }
}

impl Disk for FaultyDisk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        if self.is_whole() { RealDisk.read(path) } else { Err(io::Error::other("after the crash")) }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(|| RealDisk.write(path, bytes), || RealDisk.write(path, &bytes[..bytes.len() / 2]))
    }

    fn append(&self, path: &Path, keep: u64, bytes: &[u8]) -> io::Result<()> {
        self.step(
            || RealDisk.append(path, keep, bytes),
            || RealDisk.append(path, keep, &bytes[..bytes.len() / 2]),
        )
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| RealDisk.rename(from, to), || Ok(()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.remove(path), || Ok(()))
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.create_dir(path), || Ok(()))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.sync_dir(path), || Ok(()))
    }
}
