use std::time::{Duration, Instant as Clock};

use super::commit::{Ended, Writer, run};
use super::engine::Postgres;
use super::errors::Trouble;
use super::session::{BEGIN_READ, Session};
use crate::StoreError;
use crate::job::Job;
use crate::queue::Queue;

/// How long a lost connection is tried to be made again before those who wait are told to come back later.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it is tried to find out what became of a commit.
const ANSWER: Duration = Duration::from_secs(60);

/// How often a unit of work is run again because another transaction was in its way.
const ATTEMPTS: u32 = 12;

/// Most units of work in one transaction. A row that every unit changes, such as the end of a log, has all its
/// versions of one transaction behind each other, and reading it passes all of them; and PostgreSQL keeps 64
/// savepoints at hand. The disk is shared well enough among so many.
const TOGETHER: usize = 64;

/// However a thread ends, nobody waits for it after that.
struct Ends<'a>(&'a Queue<Job>);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// The writer: takes what waits, commits it together, and only then answers.
pub(crate) fn write_loop(session: Session, queue: &Queue<Job>, batch: usize) {
    let _ends = Ends(queue);
    let mut writer = Writer::new(session);
    loop {
        let jobs = queue.take(batch.min(TOGETHER));
        if jobs.is_empty() {
            break;
        }
        write(&mut writer, jobs);
    }
    writer.leave();
}

/// If the batch cannot be committed each job is run again, in a transaction of its own, so that one that
/// breaks the database's patience cannot take the others with it.
fn write(writer: &mut Writer, mut jobs: Vec<Job>) {
    let mut overlooked = Vec::new();
    match attempt(writer, &mut jobs, &mut overlooked) {
        Ok(()) => {
            for (job, error) in jobs.into_iter().zip(overlooked) {
                job.finish(error.map_or(Ok(()), Err));
            }
        }
        Err(Trouble::Apart | Trouble::Failed(StoreError::Engine(_) | StoreError::Full(_)))
            if jobs.len() > 1 =>
        {
            jobs.into_iter().for_each(|job| write(writer, vec![job]));
        }
        Err(trouble) => jobs.into_iter().for_each(|job| job.finish(Err(trouble.clone().into()))),
    }
}

/// Runs a batch until it is committed, or is known not to be.
fn attempt(
    writer: &mut Writer,
    jobs: &mut [Job],
    overlooked: &mut Vec<Option<StoreError>>,
) -> Result<(), Trouble> {
    let (mut attempts, mut losses) = (0, 0);
    let until = Clock::now() + PATIENCE;
    loop {
        writer.session.ready(until).map_err(Trouble::Failed)?;
        match writer.together(jobs, overlooked) {
            Ok(()) => return Ok(()),
            Err(Ended::Undone(Trouble::Again)) if attempts < ATTEMPTS => {
                writer.session.roll_back();
                attempts += 1;
                std::thread::sleep(pause(attempts));
            }
            Err(Ended::Undone(Trouble::Unmarked)) => writer.session.roll_back(),
            Err(Ended::Undone(Trouble::Lost)) => {
                writer.session.hang_up();
                losses += 1;
                if Clock::now() >= until {
                    return Err(Trouble::Lost);
                }
                std::thread::sleep(pause(losses));
            }
            Err(Ended::Undone(trouble)) => {
                writer.session.roll_back();
                return Err(trouble);
            }
            Err(Ended::Unknown) => {
                writer.session.hang_up();
                // It is either there, or can be run again.
                match writer.was_committed(Clock::now() + ANSWER) {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    Err(_) => return Err(Trouble::Failed(StoreError::Uncertain)),
                }
            }
        }
    }
}

/// Longer each time, and not the same for those that met at the same time.
fn pause(attempt: u32) -> Duration {
    let milliseconds = 1_u64 << attempt.min(8);
    let offset = u64::from(std::process::id() % 7) * milliseconds / 7;
    Duration::from_millis(milliseconds + offset)
}

/// A reader: one state of the database for each job.
pub(crate) fn read_loop(mut session: Session, queue: &Queue<Job>) {
    loop {
        let taken = queue.take(1);
        if taken.is_empty() {
            return;
        }
        for job in taken {
            read(&mut session, job);
        }
    }
}

fn read(session: &mut Session, mut job: Job) {
    if let Err(error) = begin(session) {
        return job.finish(Err(error));
    }
    let mut sql = Postgres::new(session, false);
    run(&mut job, &mut sql);
    let trouble = sql.trouble.take();
    session.roll_back();
    // A job that reads runs once: one that lost its connection in the middle is told to come again.
    job.finish(match trouble {
        Some(Trouble::Lost | Trouble::Again) => Err(StoreError::Busy),
        _ => Ok(()),
    });
}

fn begin(session: &mut Session) -> Result<(), StoreError> {
    let until = Clock::now() + PATIENCE;
    loop {
        session.ready(until)?;
        match session.tell(BEGIN_READ) {
            Ok(()) => return Ok(()),
            Err(Trouble::Failed(error)) => return Err(error),
            Err(_) => session.hang_up(),
        }
    }
}
