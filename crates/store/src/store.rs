use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::watch;

use crate::job::{Job, Reply, job};
use crate::queue::Queue;
use crate::{StoreError, Tx, postgresql, sqlite};

/// How a store is opened. The defaults serve a portal on one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Connections for [`Store::read`], each with a thread of its own.
    pub readers: usize,
    /// Units of work that may wait for the writer, and again for the readers; above it [`StoreError::Busy`].
    pub queue: usize,
    /// Most units of work in one commit.
    pub batch: usize,
    /// Faults on purpose.
    #[cfg(feature = "test-faults")]
    pub faults: crate::faults::Faults,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            readers: 4,
            queue: 8192,
            batch: 256,
            #[cfg(feature = "test-faults")]
            faults: crate::faults::Faults::default(),
        }
    }
}

/// A database that is open. Clones share it; the last one to go closes it.
///
/// Every unit of work runs on one of the store's own threads: its futures need no particular runtime and
/// block nobody's.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

struct Inner {
    writes: Arc<Queue<Job>>,
    reads: Arc<Queue<Job>>,
    /// How many threads run.
    running: watch::Receiver<usize>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Inner {
    fn close(&self) {
        self.writes.close();
        self.reads.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

pub(crate) enum Place {
    Memory,
    File(PathBuf),
    Server(Box<postgresql::Address>),
}

impl Place {
    pub(crate) fn parse(uri: &str) -> Result<Place, StoreError> {
        if uri.starts_with("postgres:") || uri.starts_with("postgresql:") {
            return postgresql::Address::parse(uri).map(Box::new).map(Place::Server);
        }
        match uri.strip_prefix("sqlite:").unwrap_or(uri) {
            "" => Err(StoreError::Address("the path of the database is missing")),
            ":memory:" => Ok(Place::Memory),
            path if path.contains("://") => {
                Err(StoreError::Address("use sqlite:path or postgres://user@host/database"))
            }
            path => Ok(Place::File(PathBuf::from(path))),
        }
    }
}

impl Store {
    /// Opens a database and brings it to this program's schema. Blocks while it does.
    ///
    /// `sqlite:path` or a path is a file, made if it is not there; `sqlite::memory:` is for tests.
    /// `postgres://user@host/database` is a database of a PostgreSQL server, which any number of processes may
    /// have open; with `?schema=name` it is that schema of it, made if it is not there.
    pub fn open(uri: &str, options: Options) -> Result<Store, StoreError> {
        let writes = Arc::new(Queue::new(options.queue));
        let (mut threads, batch) = (Threads::new(&options), options.batch.max(1));
        let reads = match Place::parse(uri)? {
            // One connection: reads take their turn between the writes.
            Place::Memory => {
                let writer = sqlite::open_memory()?;
                let queue = Arc::clone(&writes);
                threads.start("store-writer", move || sqlite::write_loop(writer, &queue, batch, None))?;
                Arc::clone(&writes)
            }
            Place::File(path) => {
                let mut writer = sqlite::open_file(&path)?;
                let reads = Arc::new(Queue::new(options.queue));
                for _ in 0..options.readers.max(1) {
                    let (reader, queue) = (sqlite::open_reader(&path)?, Arc::clone(&reads));
                    threads.start("store-reader", move || sqlite::read_loop(reader, &queue))?;
                }
                let (keeper, connection) = (Arc::<sqlite::Keeper>::default(), sqlite::open_keeper(&path)?);
                keeper.watch(&mut writer)?;
                let (queue, with) = (Arc::clone(&writes), Arc::clone(&keeper));
                threads.start("store-keeper", move || keeper.run(&connection))?;
                threads.start("store-writer", move || {
                    sqlite::write_loop(writer, &queue, batch, Some(&with));
                })?;
                reads
            }
            Place::Server(config) => {
                let mut sessions = postgresql::open(&config, options.readers.max(1) + 1)?.into_iter();
                let reads = Arc::new(Queue::new(options.queue));
                let (writer, queue) = (sessions.next().ok_or(StoreError::Closed)?, Arc::clone(&writes));
                threads.start("store-writer", move || postgresql::write_loop(writer, &queue, batch))?;
                for reader in sessions {
                    let queue = Arc::clone(&reads);
                    threads.start("store-reader", move || postgresql::read_loop(reader, &queue))?;
                }
                reads
            }
        };
        let Threads { running, handles, .. } = threads;
        let inner = Inner { writes, reads, running: running.subscribe(), threads: Mutex::new(handles) };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Runs work in a transaction and answers when it is durable. Work that fails or panics is rolled back.
    ///
    /// The work may run more than once, so it has no effects but through its [`Tx`]. If it succeeded and the
    /// commit did not, the answer is the store's error, by `E`'s conversion. Work whose future is dropped
    /// before it began never runs; once begun it is finished.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        answer(self.start_write(work)?.await)
    }

    /// [`Store::write`] for callers without a runtime. Panics inside of one.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        answer(self.start_write(work)?.blocking_recv())
    }

    /// Runs work that only reads, on one state of the database that was committed. Writes fail with
    /// [`StoreError::ReadOnly`].
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        answer(self.start_read(work)?.await)
    }

    /// [`Store::read`] for callers without a runtime. Panics inside of one.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        answer(self.start_read(work)?.blocking_recv())
    }

    /// Whether the store can write and read: for a readiness probe.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.write(|_| Ok::<(), StoreError>(())).await?;
        self.read(|tx| tx.tenants().map(drop)).await
    }

    /// Takes no more work, finishes what is queued and closes the database.
    pub async fn close(&self) {
        self.inner.close();
        // An error would mean that the last thread has gone, which is what is waited for.
        let _ = self.inner.running.clone().wait_for(|count| *count == 0).await;
    }

    /// [`Store::close`] for callers without a runtime.
    pub fn close_blocking(&self) {
        self.inner.close();
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }

    fn start_write<T, E, F>(&self, work: F) -> Result<Reply<T, E>, E>
    where
        F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, reply) = job(false, work);
        let queue = if cfg!(feature = "bench-no-store") { &self.inner.reads } else { &self.inner.writes };
        queue.push(job)?;
        Ok(reply)
    }

    fn start_read<T, E, F>(&self, work: F) -> Result<Reply<T, E>, E>
    where
        F: FnOnce(&mut dyn Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut work = Some(work);
        let once = move |tx: &mut dyn Tx| match work.take() {
            Some(work) => work(tx),
            None => Err(E::from(StoreError::Closed)),
        };
        let (job, reply) = job(true, once);
        self.inner.reads.push(job)?;
        Ok(reply)
    }
}

/// A sender that is gone without an answer is a thread that is gone.
fn answer<T, E: From<StoreError>, R>(received: Result<Result<T, E>, R>) -> Result<T, E> {
    received.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
}

struct Threads {
    running: watch::Sender<usize>,
    handles: Vec<JoinHandle<()>>,
    #[cfg(feature = "test-faults")]
    faults: crate::faults::Faults,
}

impl Threads {
    #[cfg_attr(not(feature = "test-faults"), expect(unused_variables, reason = "only tests want faults"))]
    fn new(options: &Options) -> Threads {
        Threads {
            running: watch::Sender::new(0),
            handles: Vec::new(),
            #[cfg(feature = "test-faults")]
            faults: options.faults.clone(),
        }
    }

    fn start(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let running = Running::new(self.running.clone());
        #[cfg(feature = "test-faults")]
        let faults = self.faults.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _running = running;
            #[cfg(feature = "test-faults")]
            faults.begin_here();
            body();
        });
        self.handles.push(thread.map_err(|error| StoreError::Engine(error.to_string()))?);
        Ok(())
    }
}

/// Counts a thread for as long as it lives.
struct Running(watch::Sender<usize>);

impl Running {
    fn new(count: watch::Sender<usize>) -> Running {
        count.send_modify(|count| *count += 1);
        Running(count)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
