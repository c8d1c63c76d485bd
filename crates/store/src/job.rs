use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::{StoreError, Tx};

/// A unit of work on its way through a queue, with its types erased.
pub(crate) struct Job {
    /// It may not write.
    pub(crate) reads: bool,
    unit: Box<dyn Run>,
}

/// What is to become of what a job wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ran {
    /// It is committed.
    Keep,
    /// It is rolled back.
    Undo,
    /// Nothing was written: nobody waits for it any more, and it was not begun.
    Nothing,
}

/// Where the result of a job comes out.
pub(crate) type Reply<T, E> = oneshot::Receiver<Result<T, E>>;

impl Job {
    /// Runs the work and keeps its result.
    pub(crate) fn run(&mut self, tx: &mut dyn Tx) -> Ran {
        self.unit.run(tx)
    }

    /// Gives the result to the caller, or the error that came in its way.
    pub(crate) fn finish(self, outcome: Result<(), StoreError>) {
        // The caller's conversions and drops run here: a panic in them is not the store's end.
        let _ = catch_unwind(AssertUnwindSafe(|| self.unit.finish(outcome)));
    }
}

pub(crate) fn job<T, E, F>(reads: bool, work: F) -> (Job, Reply<T, E>)
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, result) = oneshot::channel();
    (Job { reads, unit: Box::new(Unit { work, result: None, reply }) }, result)
}

trait Run: Send {
    fn run(&mut self, tx: &mut dyn Tx) -> Ran;
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

struct Unit<F, T, E> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Run for Unit<F, T, E>
where
    F: FnMut(&mut dyn Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> Ran {
        // Nobody waits any more: work that has not begun is not begun.
        if self.reply.is_closed() && self.result.is_none() {
            return Ran::Nothing;
        }
        // What a panic leaves half done is in the transaction, which is rolled back.
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(E::from(StoreError::Panicked)));
        let ran = if result.is_ok() { Ran::Keep } else { Ran::Undo };
        self.result = Some(result);
        ran
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let result = match (outcome, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(E::from(StoreError::Closed)),
            (Err(error), _) => Err(E::from(error)),
        };
        // A caller that has gone needs no answer.
        let _ = self.reply.send(result);
    }
}
