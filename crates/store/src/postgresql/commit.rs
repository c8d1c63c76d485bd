//! One transaction of the writer: its turn, and what became of it when the connection was lost meanwhile.

use std::time::Instant as Clock;

use super::engine::Postgres;
use super::errors::{Trouble, trouble};
use super::session::{BEGIN, Session};
use super::turn::Fault;
use crate::StoreError;
use crate::job::{Job, Ran};
use crate::tx::SqlTx;

/// A session that writes. Each of its transactions is a turn with a number, and leaves that number behind.
pub(super) struct Writer {
    pub(super) session: Session,
    /// Its name among all writers of the database; made when it is first needed.
    id: Option<String>,
    turn: i64,
    /// How many turns from here on set marks: where a unit was taken back, others are likely to be.
    marks: u32,
}

const MARKS: u32 = 32;

/// How a transaction ended that was not seen to be committed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It is not there: run it again, or tell the error.
    Undone(Trouble),
    /// The connection was lost over its commit.
    Unknown,
}

impl From<Trouble> for Ended {
    fn from(trouble: Trouble) -> Ended {
        Ended::Undone(trouble)
    }
}

impl Writer {
    pub(super) fn new(session: Session) -> Writer {
        Writer { session, id: None, turn: 0, marks: 0 }
    }

    /// Runs the jobs in one transaction and commits it. A job that fails takes back its own; one whose
    /// statements failed without its knowing is given the error in `overlooked`.
    pub(super) fn together(
        &mut self,
        jobs: &mut [Job],
        overlooked: &mut Vec<Option<StoreError>>,
    ) -> Result<(), Ended> {
        overlooked.clear();
        self.introduce()?;
        let (alone, mut kept_any) = (jobs.len() == 1, false);
        let marks = self.marks > 0 && !alone;
        step(&mut self.session, BEGIN, |session| {
            session.turn.begin(BEGIN, marks);
            Ok(())
        })
        .map_err(|fault| fault.trouble)?;
        for (unit, job) in jobs.iter_mut().enumerate() {
            let mut sql = Postgres::unit(&mut self.session, unit);
            let keep = run(job, &mut sql);
            let error = match sql.trouble.take() {
                None => None,
                Some(Trouble::Failed(error)) => Some(error),
                Some(Trouble::Whole(error)) => return Err(Trouble::Failed(error).into()),
                Some(other) => return Err(other.into()),
            };
            if keep && error.is_none() {
                kept_any = true;
                self.session.turn.keep();
            } else if !self.session.turn.take_back(error.is_some()) && !alone {
                self.marks = MARKS;
                return Err(if marks { Trouble::Apart } else { Trouble::Unmarked }.into());
            }
            overlooked.push(error.filter(|_| keep));
        }
        if !kept_any {
            let begun = self.session.turn.begun;
            self.session.turn.forget();
            return if begun { Ok(self.session.tell("ROLLBACK")?) } else { Ok(()) };
        }
        match self.commit() {
            // It is known only now that the one unit failed.
            Err(Fault { trouble: Trouble::Failed(error), unit: Some(_), .. }) if alone => {
                *overlooked = vec![Some(error)];
                Ok(self.session.tell("ROLLBACK")?)
            }
            Err(Fault { trouble: Trouble::Failed(_), unit: Some(_), .. }) => Err(Trouble::Apart.into()),
            Err(Fault { trouble: Trouble::Lost, .. }) => Err(Ended::Unknown),
            Err(fault) => Err(fault.trouble.into()),
            Ok(()) => Ok(()),
        }
    }

    fn commit(&mut self) -> Result<(), Fault> {
        self.turn += 1;
        self.marks = self.marks.saturating_sub(1);
        let id = self.id.as_deref().unwrap_or_default();
        let turn = self.turn;
        let text = format!(
            "INSERT INTO writer (id, turn, seen) VALUES ('{id}', {turn}, now())
             ON CONFLICT (id) DO UPDATE SET turn = excluded.turn, seen = excluded.seen; COMMIT"
        );
        step(&mut self.session, &text, |session| session.end_turn(&text))
    }

    /// Whether the last turn was committed. The lock is waited for: as long as the lost connection's
    /// transaction has not ended, it has that lock.
    pub(super) fn was_committed(&mut self, until: Clock) -> Result<bool, StoreError> {
        loop {
            self.session.ready(until)?;
            match self.last_turn() {
                Ok(turn) => return Ok(turn == Some(self.turn)),
                Err(_) if Clock::now() < until => self.session.roll_back(),
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    fn last_turn(&mut self) -> Result<Option<i64>, Trouble> {
        let session = &mut self.session;
        session.tell("BEGIN ISOLATION LEVEL READ COMMITTED; LOCK TABLE writing IN EXCLUSIVE MODE")?;
        let id = self.id.as_deref().unwrap_or_default();
        let row = session.wire()?.row("SELECT turn FROM writer WHERE id = $1", &[&id]);
        let turn = row.map_err(|error| trouble(&error))?.map(|row| row.get(0));
        session.tell("COMMIT")?;
        Ok(turn)
    }

    /// Takes a name.
    fn introduce(&mut self) -> Result<(), Trouble> {
        if self.id.is_none() {
            let row = self.session.wire()?.row("SELECT CAST(gen_random_uuid() AS TEXT)", &[]);
            self.id = row.map_err(|error| trouble(&error))?.map(|row| row.get(0));
        }
        Ok(())
    }

    /// Leaves nothing behind.
    pub(super) fn leave(&mut self) {
        if let (Some(id), Ok(wire)) = (&self.id, self.session.wire()) {
            // What stays behind is taken away by a later opening.
            let _ = wire.row("DELETE FROM writer WHERE id = $1", &[id]);
        }
    }
}

/// Begins or ends a transaction.
#[cfg(feature = "test-faults")]
fn step(
    session: &mut Session,
    text: &str,
    run: impl FnOnce(&mut Session) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let fault = |trouble| Fault { trouble, unit: None, parent: false };
    let lose = |session: &mut Session| {
        session.hang_up();
        fault(Trouble::Lost)
    };
    crate::faults::around(text, session, run, |error| fault(Trouble::Failed(error)), lose)
}

#[cfg(not(feature = "test-faults"))]
fn step(
    session: &mut Session,
    _: &str,
    run: impl FnOnce(&mut Session) -> Result<(), Fault>,
) -> Result<(), Fault> {
    run(session)
}

/// Runs a job in the transaction that is open.
pub(super) fn run(job: &mut Job, sql: &mut Postgres<'_>) -> bool {
    #[cfg(feature = "test-faults")]
    let sql = &mut crate::faults::Faulty::over(sql, "SELECT pg_terminate_backend(pg_backend_pid())");
    job.run(&mut SqlTx::new(sql)) == Ran::Keep
}
