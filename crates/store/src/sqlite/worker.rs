use rusqlite::Connection;

use super::errors::engine;
use super::tx::SqliteTx;
use crate::StoreError;
use crate::job::Job;
use crate::queue::Queue;

/// The writer: takes what waits, commits it together, and only then answers.
pub(crate) fn write_loop(connection: Connection, queue: &Queue<Job>, batch: usize) {
    loop {
        let taken = queue.take(batch);
        if taken.is_empty() {
            break;
        }
        let mut writes = Vec::new();
        for job in taken {
            if job.reads {
                // Only in memory: a reader sees what is committed.
                write(&connection, std::mem::take(&mut writes));
                read_guarded(&connection, job);
            } else {
                writes.push(job);
            }
        }
        write(&connection, writes);
    }
    // The log goes back into the database, so that a copy of the one file is complete. If that fails, the
    // next to open it does it.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
}

/// A reader: one state of the database for each job.
pub(crate) fn read_loop(connection: Connection, queue: &Queue<Job>) {
    loop {
        let taken = queue.take(1);
        if taken.is_empty() {
            return;
        }
        for job in taken {
            read(&connection, job);
        }
    }
}

fn read_guarded(connection: &Connection, job: Job) {
    match execute(connection, "PRAGMA query_only = ON") {
        Ok(()) => read(connection, job),
        Err(error) => job.finish(Err(error)),
    }
    // Were it to fail, every write from here on would say so.
    let _ = execute(connection, "PRAGMA query_only = OFF");
}

fn read(connection: &Connection, mut job: Job) {
    if let Err(error) = execute(connection, "BEGIN DEFERRED") {
        return job.finish(Err(error));
    }
    job.run(&mut SqliteTx::new(connection));
    let ended = execute(connection, "ROLLBACK");
    job.finish(ended);
}

/// Group commit. If the batch cannot be committed each job is run again, in a transaction of its own, so that
/// one that breaks the database's patience cannot take the others with it.
fn write(connection: &Connection, mut jobs: Vec<Job>) {
    match jobs.len() {
        0 => {}
        1 => jobs.into_iter().for_each(|job| write_one(connection, job)),
        _ => match together(connection, &mut jobs) {
            Ok(()) => jobs.into_iter().for_each(|job| job.finish(Ok(()))),
            Err(_) => {
                roll_back(connection);
                jobs.into_iter().for_each(|job| write_one(connection, job));
            }
        },
    }
}

fn together(connection: &Connection, jobs: &mut [Job]) -> Result<(), StoreError> {
    execute(connection, "BEGIN IMMEDIATE")?;
    for job in jobs {
        execute(connection, "SAVEPOINT work")?;
        if !job.run(&mut SqliteTx::new(connection)) {
            execute(connection, "ROLLBACK TO work")?;
        }
        // Fails if the work's error ended the whole transaction (a full disk does).
        execute(connection, "RELEASE work")?;
    }
    execute(connection, "COMMIT")
}

fn write_one(connection: &Connection, mut job: Job) {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        return job.finish(Err(error));
    }
    let keep = job.run(&mut SqliteTx::new(connection));
    let ended = if keep { execute(connection, "COMMIT") } else { Ok(()) };
    roll_back(connection);
    job.finish(ended);
}

/// Ends whatever transaction is still open.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // Without a transaction there is nothing to roll back, and the next BEGIN says if there is one.
        let _ = execute(connection, "ROLLBACK");
    }
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map(drop).map_err(engine)
}
