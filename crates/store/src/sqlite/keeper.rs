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
/// brings back itself.
const FEW: usize = 400;
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
                let left = self.pages.load(Ordering::Acquire).saturating_sub(back);
                self.rest.store(left <= FEW, Ordering::Release);
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
