//! Brings the write-ahead log back into the database beside the writer, so that no commit waits for that.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;

use super::engine::engine;
use crate::StoreError;

/// Pages of 4 KiB in the log from which on it is brought back.
const MANY: usize = 8_000;
/// The log begins anew only when all of it is back, and a busy writer adds to it meanwhile: so few pages the writer
/// brings back itself, or this part of a longer log.
const FEW: usize = 400;
const PART: usize = 8;
/// The keeper cannot follow, or is gone: the writer does it all, however long that takes.
const TOO_MANY: usize = 8 * MANY;

/// What writer and keeper know of the log.
#[derive(Default)]
pub(crate) struct Keeper {
    /// Pages in the log, as of the last commit.
    pages: AtomicUsize,
    /// All but a few are back: the rest is the writer's.
    rest: AtomicBool,
    turn: Mutex<Turn>,
    changed: Condvar,
}

#[derive(Default)]
struct Turn {
    wanted: bool,
    working: bool,
    closed: bool,
}

impl Keeper {
    /// From now on the writer's commits tell the keeper how long the log is.
    pub(crate) fn watch(self: &Arc<Self>, writer: &mut Connection) -> Result<(), StoreError> {
        let keeper = Arc::clone(self);
        let hook = move |wal: &mut Wal, pages: std::ffi::c_int| {
            keeper.committed(wal, usize::try_from(pages).unwrap_or(0));
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(engine)
    }

    /// The commit is durable, whatever comes of this.
    fn committed(&self, wal: &mut Wal, pages: usize) {
        self.pages.store(pages, Ordering::Release);
        if pages < MANY {
            self.rest.store(false, Ordering::Release);
            return;
        }
        if self.rest.swap(false, Ordering::AcqRel) || pages >= TOO_MANY {
            // What cannot be brought back now stays in the log, where the next reader finds it.
            let _ = wal.checkpoint_v2(CheckpointMode::PASSIVE);
        } else {
            self.lock().wanted = true;
            self.changed.notify_all();
        }
    }

    /// The keeper's thread.
    pub(crate) fn run(&self, connection: &Connection) {
        loop {
            let mut turn = self.lock();
            while !turn.wanted && !turn.closed {
                turn = self.changed.wait(turn).unwrap_or_else(PoisonError::into_inner);
            }
            if turn.closed {
                return;
            }
            (turn.wanted, turn.working) = (false, true);
            drop(turn);
            if let Ok(back) = bring_back(connection) {
                let pages = self.pages.load(Ordering::Acquire);
                let few = FEW.max(pages / PART);
                self.rest.store(pages.saturating_sub(back) <= few, Ordering::Release);
            }
            self.lock().working = false;
            self.changed.notify_all();
        }
    }

    /// Returns when the keeper does nothing more.
    pub(crate) fn close(&self) {
        let mut turn = self.lock();
        turn.closed = true;
        self.changed.notify_all();
        while turn.working {
            turn = self.changed.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings back what is in the log now, and says how many pages of it are back.
fn bring_back(connection: &Connection) -> rusqlite::Result<usize> {
    let back: i64 = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(2))?;
    Ok(usize::try_from(back).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::sqlite::{open_file, open_keeper};

    /// 2 MiB of a row are some 500 pages.
    const ROW: i64 = 2 << 20;

    fn place(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("handcarry-{name}-{}.sqlite", std::process::id()))
    }

    fn remove(path: &Path) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file([path.as_os_str(), OsStr::new(end)].join(OsStr::new("")));
        }
    }

    fn length(connection: &Connection) -> i64 {
        connection.query_row("SELECT coalesce(sum(length(x)), 0) FROM t", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn the_log_begins_anew_under_a_writer_that_never_rests_and_loses_nothing() {
        let path = place("keeper");
        let mut writer = open_file(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let (keeper, connection) = (Arc::<Keeper>::default(), open_keeper(&path).unwrap());
        keeper.watch(&mut writer).unwrap();
        let beside = Arc::clone(&keeper);
        let thread = std::thread::spawn(move || beside.run(&connection));
        let (mut longest, mut anew) = (0, 0);
        for _ in 0..160 {
            writer.execute("INSERT INTO t VALUES (zeroblob(?1))", [ROW]).unwrap();
            let pages = keeper.pages.load(Ordering::Acquire);
            anew += usize::from(pages < longest);
            longest = longest.max(pages);
        }
        assert!(anew > 0, "{longest} pages, and never begun anew");
        assert!(longest <= TOO_MANY + 1024, "{longest} pages");
        keeper.close();
        thread.join().unwrap();
        let other = open_file(&path).unwrap();
        assert_eq!(length(&other), 160 * ROW);
        drop((writer, other));
        remove(&path);
    }

    #[test]
    fn a_log_without_a_keeper_is_brought_back_by_the_writer() {
        let path = place("no-keeper");
        let mut writer = open_file(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let keeper = Arc::<Keeper>::default();
        keeper.watch(&mut writer).unwrap();
        let mut longest = 0;
        for _ in 0..160 {
            writer.execute("INSERT INTO t VALUES (zeroblob(?1))", [ROW]).unwrap();
            longest = longest.max(keeper.pages.load(Ordering::Acquire));
        }
        assert!((TOO_MANY..=TOO_MANY + 1024).contains(&longest), "{longest} pages");
        assert_eq!(length(&writer), 160 * ROW);
        drop(writer);
        remove(&path);
    }
}
