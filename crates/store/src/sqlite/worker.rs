use rusqlite::Connection;

use super::engine::{Sqlite, engine_at};
use super::keeper::Keeper;
use crate::StoreError;
use crate::job::{Job, Ran};
use crate::queue::Queue;
use crate::tx::SqlTx;

/// However the writer ends, nobody waits for it after that.
struct Ends<'a>(&'a Queue<Job>, Option<&'a Keeper>);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.abandon();
        if let Some(keeper) = self.1 {
            keeper.close();
        }
    }
}

/// The writer: takes what waits, commits it together, and only then answers.
pub(crate) fn write_loop(connection: Connection, queue: &Queue<Job>, batch: usize, keeper: Option<&Keeper>) {
    let _ends = Ends(queue, keeper);
    let mut care = Care::default();
    loop {
        let taken = queue.take(batch);
        if taken.is_empty() {
            break;
        }
        let mut writes = Vec::new();
        for job in taken {
            if job.reads {
                // Only in memory: a reader sees what is committed.
                write(&connection, std::mem::take(&mut writes), &mut care);
                read_guarded(&connection, job);
            } else {
                writes.push(job);
            }
        }
        write(&connection, writes, &mut care);
    }
    if let Some(keeper) = keeper {
        keeper.close();
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
    let _ = run(connection, &mut job);
    let ended = execute(connection, "ROLLBACK");
    job.finish(ended);
}

/// Batches in which each unit of work has a savepoint, because one of a batch before had to be undone. SQLite copies
/// every page that is changed after a savepoint: without them a document costs a tenth less.
#[derive(Default)]
struct Care(u32);

impl Care {
    /// How many there are after each such unit: whoever fails on purpose makes few batches run twice.
    const BATCHES: u32 = 16;

    /// Whether this batch needs savepoints.
    fn is_needed(&mut self) -> bool {
        let needed = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        needed
    }
}

/// Group commit. If the batch cannot be committed each job is run again, in a transaction of its own, so that
/// one that breaks the database's patience cannot take the others with it.
fn write(connection: &Connection, mut jobs: Vec<Job>, care: &mut Care) {
    match jobs.len() {
        0 => {}
        1 => jobs.into_iter().for_each(|job| write_one(connection, job)),
        _ => match together(connection, &mut jobs, care) {
            Ok(()) => jobs.into_iter().for_each(|job| job.finish(Ok(()))),
            Err(_) => {
                roll_back(connection);
                jobs.into_iter().for_each(|job| write_one(connection, job));
            }
        },
    }
}

fn together(connection: &Connection, jobs: &mut [Job], care: &mut Care) -> Result<(), StoreError> {
    if !care.is_needed() {
        execute(connection, "BEGIN IMMEDIATE")?;
        if jobs.iter_mut().all(|job| run(connection, job) != Ran::Undo) {
            return execute(connection, "COMMIT");
        }
        roll_back(connection);
        *care = Care(Care::BATCHES);
    }
    execute(connection, "BEGIN IMMEDIATE")?;
    for job in jobs {
        execute(connection, "SAVEPOINT work")?;
        if run(connection, job) == Ran::Undo {
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
    let ended = match run(connection, &mut job) {
        Ran::Keep => execute(connection, "COMMIT"),
        Ran::Undo | Ran::Nothing => Ok(()),
    };
    roll_back(connection);
    job.finish(ended);
}

fn run(connection: &Connection, job: &mut Job) -> Ran {
    let sql = &mut Sqlite(connection);
    #[cfg(feature = "bench-no-store")]
    let sql = &mut crate::dry::Dry(sql);
    #[cfg(feature = "test-faults")]
    let sql = &mut crate::faults::Faulty::over(sql, "ROLLBACK");
    job.run(&mut SqlTx::new(sql))
}

/// Ends whatever transaction is still open.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // Without a transaction there is nothing to roll back, and the next BEGIN says if there is one.
        let _ = execute(connection, "ROLLBACK");
    }
}

#[cfg(feature = "test-faults")]
fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let lose = |connection: &mut &Connection| {
        roll_back(connection);
        StoreError::Engine("the transaction was lost on purpose".to_owned())
    };
    crate::faults::around(sql, &mut { connection }, |it| execute_now(it, sql), |error| error, lose)
}

#[cfg(not(feature = "test-faults"))]
use execute_now as execute;

fn execute_now(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let done = connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
    done.map(drop).map_err(|error| engine_at(connection, error))
}

#[cfg(test)]
mod tests {
    use handcarry_format::{Digest, Id, Instant, Product, SecretKey};
    use handcarry_rules::TenantRules;

    use super::*;
    use crate::job::{Reply, job};
    use crate::sqlite::open_memory;
    use crate::{NewLogEntry, Tenant, TenantId, Tx};

    const ACME: TenantId = TenantId(1);

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn database() -> Connection {
        let connection = open_memory().unwrap();
        let tenant = Tenant {
            id: ACME,
            slug: id("acme"),
            name: "Acme".to_owned(),
            host: None,
            portal: String::new(),
            zone: "UTC".to_owned(),
            root: SecretKey::from_seed(Digest::of(b"root").as_bytes()).public(),
            keyring: None,
            theme: "{}".to_owned(),
            rules: TenantRules::default(),
            created_at: Instant::from_unix(0).unwrap(),
        };
        let (job, mut reply) = job(false, move |tx| tx.insert_tenant(&tenant));
        write(&connection, vec![job], &mut Care::default());
        assert_eq!(reply.try_recv().unwrap(), Ok(()));
        connection
    }

    fn put(tx: &mut dyn Tx, name: &str, text: String) -> Result<(), StoreError> {
        tx.put_product(ACME, &Product { id: id(name), name: text, version: None })?;
        let at = Instant::from_unix(0).unwrap();
        tx.append_log(ACME, &NewLogEntry { at, event: name.to_owned(), data: "{}".to_owned() }).map(drop)
    }

    /// Runs one job a name together, and gives what each was answered and what is there after it.
    fn batch(
        connection: &Connection,
        text: fn(&str) -> String,
    ) -> (Vec<Result<(), StoreError>>, Vec<String>) {
        run_batch(connection, &mut Care::default(), move |tx, name| put(tx, name, text(name)))
    }

    fn run_batch(
        connection: &Connection,
        care: &mut Care,
        work: impl Fn(&mut dyn Tx, &'static str) -> Result<(), StoreError> + Copy + Send + 'static,
    ) -> (Vec<Result<(), StoreError>>, Vec<String>) {
        let (jobs, mut replies): (Vec<Job>, Vec<Reply<(), StoreError>>) =
            ["one", "bad", "two"].into_iter().map(|name| job(false, move |tx| work(tx, name))).unzip();
        write(connection, jobs, care);
        let answers = replies.iter_mut().map(|reply| reply.try_recv().unwrap()).collect();
        let (job, mut reply) = job(true, |tx| {
            let names: Vec<String> = tx.products(ACME)?.into_iter().map(|p| p.id.to_string()).collect();
            assert_eq!(tx.log_head(ACME)?.map(|head| head.seq), Some(names.len() as i64));
            Ok::<_, StoreError>(names)
        });
        read(connection, job);
        (answers, reply.try_recv().unwrap().unwrap())
    }

    #[test]
    fn work_that_is_undone_takes_no_other_with_it_whether_there_are_savepoints_or_not() {
        for care in [0, 1] {
            let (answers, there) = run_batch(&database(), &mut Care(care), |tx, name| {
                put(tx, name, name.to_owned())?;
                if name == "bad" { Err(StoreError::Panicked) } else { Ok(()) }
            });
            assert_eq!(answers, [Ok(()), Err(StoreError::Panicked), Ok(())]);
            assert_eq!(there, ["one", "two"]);
        }
    }

    #[test]
    fn after_work_that_was_undone_some_batches_have_savepoints() {
        let (connection, mut care) = (database(), Care::default());
        let work = |tx: &mut dyn Tx, name| match name {
            "bad" => Err(StoreError::Panicked),
            name => put(tx, name, name.to_owned()),
        };
        run_batch(&connection, &mut care, work);
        assert_eq!(care.0, Care::BATCHES);
        write(
            &connection,
            vec![job(false, |_| Ok::<_, StoreError>(())).0, job(false, |_| Ok::<_, StoreError>(())).0],
            &mut care,
        );
        assert_eq!(care.0, Care::BATCHES - 1);
    }

    #[test]
    fn a_batch_whose_commit_fails_is_taken_apart() {
        let connection = database();
        connection
            .execute_batch(
                "CREATE TABLE later (tenant REFERENCES tenant (id) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER late AFTER INSERT ON product WHEN new.id = 'bad'
                 BEGIN INSERT INTO later VALUES (99); END;",
            )
            .unwrap();
        let (answers, there) = batch(&connection, str::to_owned);
        assert!(matches!(answers[..], [Ok(()), Err(StoreError::Engine(_)), Ok(())]), "{answers:?}");
        assert_eq!(there, ["one", "two"]);
    }

    #[test]
    fn work_that_fills_the_disk_does_not_take_the_batch_with_it() {
        let connection = database();
        connection.execute_batch("PRAGMA max_page_count = 100").unwrap();
        let text = |name: &str| name.repeat(if name == "bad" { 1_000_000 } else { 1 });
        let (answers, there) = batch(&connection, text);
        assert!(matches!(answers[..], [Ok(()), Err(StoreError::Full(_)), Ok(())]), "{answers:?}");
        assert_eq!(there, ["one", "two"]);
    }

    #[test]
    fn work_that_overlooks_the_end_of_its_transaction_writes_nothing_more() {
        let connection = database();
        let (mut job, mut reply) = job(false, |tx| put(tx, "one", "one".to_owned()));
        assert!(connection.is_autocommit());
        assert_eq!(run(&connection, &mut job), Ran::Undo);
        job.finish(Ok(()));
        assert!(matches!(reply.try_recv().unwrap(), Err(StoreError::Engine(_))));
    }

    #[test]
    fn nobody_waits_for_a_writer_that_has_ended() {
        let queue = Queue::new(8);
        let (job, mut reply) = job(false, |tx| tx.tenants());
        queue.push(job).map_err(|_| "full").unwrap();
        drop(Ends(&queue, None));
        assert!(
            reply.try_recv().is_err_and(|error| error != tokio::sync::oneshot::error::TryRecvError::Empty)
        );
        let (late, _) = crate::job::job(false, |tx| tx.tenants());
        assert_eq!(queue.push(late), Err(StoreError::Closed));
    }
}
