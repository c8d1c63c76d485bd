//! One transaction of the writer: its turn, and what became of it when the connection was lost meanwhile.

use std::time::Instant as Clock;

use super::engine::Postgres;
use super::errors::{Trouble, trouble};
use super::session::{BEGIN, Session};
use crate::StoreError;
use crate::job::Job;
use crate::tx::SqlTx;

/// A session that writes. Each of its transactions is a turn with a number, and leaves that number behind.
pub(super) struct Writer {
    pub(super) session: Session,
    /// Its name among all writers of the database; made when it is first needed.
    id: Option<String>,
    turn: i64,
}

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
        Writer { session, id: None, turn: 0 }
    }

    /// Runs the jobs in one transaction and commits it. A job that fails takes back its own; one that
    /// overlooked an error of the engine is given that error in `overlooked`.
    pub(super) fn together(
        &mut self,
        jobs: &mut [Job],
        overlooked: &mut Vec<Option<StoreError>>,
    ) -> Result<(), Ended> {
        overlooked.clear();
        self.introduce()?;
        self.send(BEGIN)?;
        let (mut before, mut kept_any) = ("", false);
        for job in jobs {
            if !before.is_empty() {
                self.send(before)?;
            }
            let mut sql = Postgres::new(&mut self.session, true);
            let keep = run(job, &mut sql);
            let error = match sql.trouble.take() {
                None => None,
                Some(Trouble::Failed(error)) => Some(error),
                Some(other) => return Err(other.into()),
            };
            let keep_it = keep && error.is_none();
            kept_any |= keep_it;
            before = if keep_it { "RELEASE work; SAVEPOINT work" } else { "ROLLBACK TO work" };
            overlooked.push(error.filter(|_| keep));
        }
        if !kept_any {
            return Ok(self.send("ROLLBACK")?);
        }
        let last = if before.starts_with("ROLLBACK") { before } else { "RELEASE work" };
        self.commit(last)
    }

    fn commit(&mut self, last: &str) -> Result<(), Ended> {
        self.turn += 1;
        let id = self.id.as_deref().unwrap_or_default();
        let turn = self.turn;
        let text = format!(
            "{last}; INSERT INTO writer (id, turn, seen) VALUES ('{id}', {turn}, now())
             ON CONFLICT (id) DO UPDATE SET turn = excluded.turn, seen = excluded.seen; COMMIT"
        );
        match self.send(&text) {
            Err(Trouble::Lost) => Err(Ended::Unknown),
            other => Ok(other?),
        }
    }

    /// Whether the last turn was committed. The lock is waited for: as long as the lost connection's
    /// transaction has not ended, it has that lock.
    pub(super) fn was_committed(&mut self, until: Clock) -> Result<bool, StoreError> {
        loop {
            self.session.ready(until)?;
            match self.last_turn() {
                Ok(turn) => return Ok(turn == Some(self.turn)),
                Err(_) if Clock::now() < until => self.roll_back(),
                Err(trouble) => return Err(trouble.into()),
            }
        }
    }

    fn last_turn(&mut self) -> Result<Option<i64>, Trouble> {
        self.send("BEGIN ISOLATION LEVEL READ COMMITTED; LOCK TABLE writing IN EXCLUSIVE MODE")?;
        let id = self.id.as_deref().unwrap_or_default();
        let client = self.session.client().ok_or(Trouble::Lost)?;
        let row = client.query_opt("SELECT turn FROM writer WHERE id = $1", &[&id]);
        let turn = row.map_err(|error| trouble(&error))?.map(|row| row.get(0));
        self.send("COMMIT")?;
        Ok(turn)
    }

    /// Takes a name.
    fn introduce(&mut self) -> Result<(), Trouble> {
        if self.id.is_none() {
            let client = self.session.client().ok_or(Trouble::Lost)?;
            let row = client.query_one("SELECT CAST(gen_random_uuid() AS TEXT)", &[]);
            self.id = Some(row.map_err(|error| trouble(&error))?.get(0));
        }
        Ok(())
    }

    /// Ends whatever transaction is open, or gives the connection up.
    pub(super) fn roll_back(&mut self) {
        if self.send("ROLLBACK").is_err() {
            self.session.hang_up();
        }
    }

    #[cfg(feature = "test-faults")]
    fn send(&mut self, sql: &str) -> Result<(), Trouble> {
        let lose = |writer: &mut Writer| {
            writer.session.hang_up();
            Trouble::Lost
        };
        crate::faults::around(sql, self, |it| it.send_now(sql), Trouble::Failed, lose)
    }

    #[cfg(not(feature = "test-faults"))]
    fn send(&mut self, sql: &str) -> Result<(), Trouble> {
        self.send_now(sql)
    }

    fn send_now(&mut self, sql: &str) -> Result<(), Trouble> {
        let client = self.session.client().ok_or(Trouble::Lost)?;
        client.batch_execute(sql).map_err(|error| trouble(&error))
    }

    /// Leaves nothing behind.
    pub(super) fn leave(&mut self) {
        if let (Some(id), Some(client)) = (&self.id, self.session.client()) {
            // What stays behind is taken away by a later opening.
            let _ = client.execute("DELETE FROM writer WHERE id = $1", &[id]);
        }
    }
}

/// Runs a job in the transaction that is open.
pub(super) fn run(job: &mut Job, sql: &mut Postgres<'_>) -> bool {
    #[cfg(feature = "test-faults")]
    let sql = &mut crate::faults::Faulty::over(sql, "SELECT pg_terminate_backend(pg_backend_pid())");
    job.run(&mut SqlTx { sql })
}
