//! The directory that holds a device's state.
//!
//! ```text
//! HOME/lock              held by the process that uses the directory
//! HOME/device/key        the device key, mode 0600
//! HOME/device/vendor     the vendor file
//! HOME/device/state      license, receipt, keyring, floors, chains, tombstones: replaced in one step
//! HOME/device/ledger     usage, appended
//! HOME/device/mark       clock floor and the ledger's last confirmed record: replaced in one step
//! HOME/device/report-N   the last usage report's file
//! HOME/device/proof-ID   the deactivation file of one return
//! ```
//!
//! `device/` comes into being by one rename of a complete directory. From then on a missing or altered file
//! means that the device refuses to work; it never begins anew by itself.

pub(crate) mod disk;
#[cfg(test)]
pub(crate) mod faulty;
pub(crate) mod frame;
pub(crate) mod ledger;
pub(crate) mod state;
mod text;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disk::Disk;
use frame::FrameKey;
use handcarry_format::{Instant, SecretKey};
use ledger::Ledger;
use state::{Entry, Mark, State};

use crate::error::Error;
use crate::vendor_file::VendorFile;

type Result<T> = std::result::Result<T, Error>;

/// How long another process may hold the directory: 200 times 50 ms.
const PATIENCE: (u32, Duration) = (200, Duration::from_millis(50));
const KEY: &str = "key";
const VENDOR: &str = "vendor";
const STATE: &str = "state";
const LEDGER: &str = "ledger";
const MARK: &str = "mark";

/// The directory, locked.
pub(crate) struct Home {
    dir: PathBuf,
    disk: Arc<dyn Disk>,
    // Held until the home is dropped; the system lets go of it when the process dies.
    _lock: File,
}

/// Everything that is in the directory.
pub(crate) struct Contents {
    pub(crate) key: SecretKey,
    pub(crate) frame: FrameKey,
    pub(crate) vendor: VendorFile,
    pub(crate) state: State,
    pub(crate) mark: Mark,
    pub(crate) ledger: Ledger,
}

impl Home {
    /// Whether there is a device in a directory.
    pub(crate) fn is_in(home: &Path) -> Result<bool> {
        let dir = home.join("device");
        dir.try_exists().map_err(io("look at", &dir))
    }

    /// Makes the directory if need be and locks it.
    pub(crate) fn lock(home: &Path, disk: Arc<dyn Disk>) -> Result<Home> {
        disk.create_dir(home).map_err(io("make", home))?;
        let path = home.join("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(io("open", &path))?;
        for _ in 0..PATIENCE.0 {
            match lock.try_lock() {
                Ok(()) => return Ok(Home { dir: home.join("device"), disk, _lock: lock }),
                Err(TryLockError::WouldBlock) => sleep(PATIENCE.1),
                Err(TryLockError::Error(cause)) => return Err(io("lock", &path)(cause)),
            }
        }
        Err(Error::Busy)
    }

    /// Whether there is a device in it.
    pub(crate) fn is_set_up(&self) -> Result<bool> {
        self.dir.try_exists().map_err(io("look at", &self.dir))
    }

    /// Puts a new device into the directory, in one step.
    pub(crate) fn set_up(&self, key: &SecretKey, vendor: &VendorFile, now: Instant) -> Result<()> {
        let mut new = self.dir.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let frame = FrameKey::of_device(&key.seed());
        let mark =
            Mark { epoch: 0, floor: now, seq: 0, link: ledger::START.to_owned(), mismatch_since: None };
        let seed = STANDARD.encode(key.seed()) + "\n";
        let files = [
            (KEY, FrameKey::public().seal(KEY, &seed)),
            (VENDOR, frame.seal(VENDOR, &vendor.to_json())),
            (STATE, frame.seal(STATE, &json(&State::new(now)))),
            (LEDGER, Ledger::file(0, ledger::START, &[], &frame)),
            (MARK, frame.seal(MARK, &json(&mark))),
        ];
        self.disk.create_dir(&new).map_err(io("make", &new))?;
        for (name, bytes) in &files {
            self.disk.write(&new.join(name), bytes).map_err(io("write", &new.join(name)))?;
        }
        self.disk.sync_dir(&new).map_err(io("write", &new))?;
        self.disk.rename(&new, &self.dir).map_err(io("make", &self.dir))?;
        self.sync_parent()
    }

    /// Reads everything and checks that it belongs together.
    pub(crate) fn read(&self) -> Result<Contents> {
        let corrupt = |file: &str| Error::Corrupt { file: file.to_owned() };
        let key = self.need(KEY)?;
        let key = FrameKey::public().open(KEY, &key).and_then(read_seed).ok_or_else(|| corrupt(KEY))?;
        let frame = FrameKey::of_device(&key.seed());
        let body = |name: &str| -> Result<String> {
            let bytes = self.need(name)?;
            frame.open(name, &bytes).map(str::to_owned).ok_or_else(|| corrupt(name))
        };
        let vendor = VendorFile::parse(body(VENDOR)?.as_bytes()).map_err(|_| corrupt(VENDOR))?;
        let state: State = serde_json::from_str(&body(STATE)?).map_err(|_| corrupt(STATE))?;
        let mark: Mark = serde_json::from_str(&body(MARK)?).map_err(|_| corrupt(MARK))?;
        let ledger = Ledger::read(&self.need(LEDGER)?, &mark, &frame).ok_or_else(|| corrupt(LEDGER))?;
        // The state was written when the ledger was at least so long, and before records were dropped from it.
        let older = if ledger.last() < state.seq {
            Some(LEDGER)
        } else if ledger.base() > state.settled || mark.epoch > state.epoch {
            Some(STATE)
        } else {
            None
        };
        if let Some(file) = older {
            return Err(Error::RolledBack { file: file.to_owned() });
        }
        Ok(Contents { key, frame, vendor, state, mark, ledger })
    }

    /// Replaces the vendor file.
    pub(crate) fn write_vendor(&self, vendor: &VendorFile, frame: &FrameKey) -> Result<()> {
        self.replace(VENDOR, &frame.seal(VENDOR, &vendor.to_json()))
    }

    /// Replaces the state: the point at which a change has happened.
    pub(crate) fn write_state(&self, state: &State, frame: &FrameKey) -> Result<()> {
        self.replace(STATE, &frame.seal(STATE, &json(state)))
    }

    /// Replaces the mark.
    pub(crate) fn write_mark(&self, mark: &Mark, frame: &FrameKey) -> Result<()> {
        self.replace(MARK, &frame.seal(MARK, &json(mark)))
    }

    /// Replaces the ledger.
    pub(crate) fn write_ledger(&self, file: &[u8]) -> Result<()> {
        self.replace(LEDGER, file)
    }

    /// Appends one use to the ledger.
    pub(crate) fn append(&self, ledger: &Ledger, entry: &Entry, frame: &FrameKey) -> Result<()> {
        let path = self.dir.join(LEDGER);
        let line = ledger.line(entry, frame);
        self.disk.append(&path, ledger.length(), line.as_bytes()).map_err(io("write", &path))
    }

    /// Keeps a file that was made for the portal.
    pub(crate) fn keep(&self, name: &str, text: &str, frame: &FrameKey) -> Result<()> {
        self.replace(name, &frame.seal(name, text))
    }

    /// A file that was kept; `None` if it was not.
    pub(crate) fn kept(&self, name: &str, frame: &FrameKey) -> Result<Option<String>> {
        let path = self.dir.join(name);
        let Some(bytes) = self.disk.read(&path).map_err(io("read", &path))? else { return Ok(None) };
        let text = frame.open(name, &bytes).map(str::to_owned);
        text.map(Some).ok_or_else(|| Error::Corrupt { file: name.to_owned() })
    }

    /// Drops a file that was kept.
    pub(crate) fn drop_kept(&self, name: &str) -> Result<()> {
        let path = self.dir.join(name);
        self.disk.remove(&path).map_err(io("remove", &path))
    }

    fn need(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.dir.join(name);
        let bytes = self.disk.read(&path).map_err(io("read", &path))?;
        bytes.ok_or_else(|| Error::Missing { file: name.to_owned() })
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.dir.join(name);
        self.disk.replace(&path, bytes).map_err(io("write", &path))
    }

    fn sync_parent(&self) -> Result<()> {
        // The directory always has a parent: it was made by joining a name to one.
        self.dir.parent().map_or(Ok(()), |dir| self.disk.sync_dir(dir).map_err(io("write", dir)))
    }
}

fn io(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let what = format!("{verb} {}", path.display());
    move |cause| Error::Io { what, cause }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    // Strings, integers, lists and maps with text keys: nothing can fail to serialize.
    serde_json::to_string(value).unwrap_or_default()
}

fn read_seed(body: &str) -> Option<SecretKey> {
    let seed: [u8; 32] = STANDARD.decode(body.strip_suffix('\n')?).ok()?.try_into().ok()?;
    Some(SecretKey::from_seed(&seed))
}
