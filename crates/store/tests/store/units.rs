use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use handcarry_store::{Options, Store, StoreError};

use crate::world::*;

/// An error of a caller's own.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Refused {
        Refused::Store(error)
    }
}

/// Holds the writer until the sender is used or dropped.
pub(crate) fn hold(store: &Store) -> (Sender<()>, std::thread::JoinHandle<Result<(), StoreError>>) {
    let (go, wait) = channel();
    let (began, begun) = channel();
    let store = store.clone();
    let held = std::thread::spawn(move || {
        store.write_blocking(move |_| {
            let _ = began.send(());
            let _ = wait.recv();
            Ok(())
        })
    });
    begun.recv().unwrap();
    (go, held)
}

fn filed(world: &World, name: &'static str) -> bool {
    world.sees(move |tx| tx.filed_by_id(ACME, &id(name))).is_some()
}

pub(crate) fn work_that_fails_leaves_nothing(world: &World) {
    let refused = world.write_blocking(|tx| {
        tx.file(ACME, &document("d-1", None))?;
        Err::<(), _>(Refused::Rule)
    });
    assert_eq!(refused, Err(Refused::Rule));
    assert!(!filed(world, "d-1"));
    let failed = world.write_blocking(|tx| {
        tx.file(ACME, &document("d-1", None))?;
        tx.add_transfer(ACME, &id("nothing"))?;
        Ok::<(), Refused>(())
    });
    assert_eq!(failed, Err(Refused::Store(StoreError::Missing("the license"))));
    assert!(!filed(world, "d-1"));
}

pub(crate) fn work_that_panics_leaves_nothing_and_the_store_goes_on(world: &World) {
    let panicked = world.write_blocking(|tx| {
        tx.file(ACME, &document("d-1", None))?;
        if filing_went_well() {
            panic!("on purpose")
        }
        Ok::<(), StoreError>(())
    });
    assert_eq!(panicked, Err(StoreError::Panicked));
    let panicked = world.read_blocking(|_| {
        if filing_went_well() {
            panic!("on purpose")
        }
        Ok::<(), StoreError>(())
    });
    assert_eq!(panicked, Err(StoreError::Panicked));
    assert!(!filed(world, "d-1"));
    world.does(|tx| tx.file(ACME, &document("d-1", None)));
    assert!(filed(world, "d-1"));
}

/// Keeps the compiler from seeing that what follows a panic is not reached.
fn filing_went_well() -> bool {
    std::hint::black_box(true)
}

pub(crate) fn in_one_batch_only_what_failed_is_missing(world: &World) {
    let (go, held) = hold(world);
    let results = std::thread::scope(|scope| {
        let jobs: Vec<_> = (0..60)
            .map(|number| {
                scope.spawn(move || {
                    world.write_blocking(move |tx| {
                        tx.append_log(ACME, &entry(&format!("{number}")))?;
                        tx.file(ACME, &document(&format!("d-{number}"), None))?;
                        match number % 3 {
                            0 => Err(Refused::Rule),
                            1 if filing_went_well() => panic!("on purpose"),
                            _ => Ok(()),
                        }
                    })
                })
            })
            .collect();
        // All sixty wait behind the one that is held, and are taken together.
        std::thread::sleep(Duration::from_millis(50));
        drop(go);
        jobs.into_iter().map(|job| job.join().unwrap()).collect::<Vec<_>>()
    });
    held.join().unwrap().unwrap();
    for (number, result) in results.into_iter().enumerate() {
        let expected = match number % 3 {
            0 => Err(Refused::Rule),
            1 => Err(Refused::Store(StoreError::Panicked)),
            _ => Ok(()),
        };
        assert_eq!(result, expected, "{number}");
        let name = format!("d-{number}");
        let there = world.sees(move |tx| tx.filed_by_id(ACME, &id(&name))).is_some();
        assert_eq!(there, number % 3 == 2, "{number}");
    }
    let events: Vec<_> =
        world.sees(|tx| tx.log(ACME, &ALL)).into_iter().map(|entry| (entry.seq, entry.entry.event)).collect();
    assert_eq!(events.len(), 20);
    assert!(events.iter().enumerate().all(|(index, (seq, _))| *seq == index as i64 + 1), "no gaps");
}

pub(crate) fn a_read_never_sees_what_is_not_committed(world: &World) {
    let (wrote, written) = channel();
    let (go, wait): (Sender<()>, Receiver<()>) = channel();
    std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            world.write_blocking(move |tx| {
                tx.file(ACME, &document("d-1", None))?;
                wrote.send(()).unwrap();
                // Gives the read its chance; in memory reads wait for their turn.
                let _ = wait.recv_timeout(Duration::from_millis(100));
                Err::<(), _>(Refused::Rule)
            })
        });
        written.recv().unwrap();
        assert!(!filed(world, "d-1"));
        drop(go);
        assert_eq!(work.join().unwrap(), Err(Refused::Rule));
    });
}

pub(crate) fn a_read_cannot_write(world: &World) {
    let written = world.read_blocking(|tx| tx.file(ACME, &document("d-1", None)));
    assert_eq!(written, Err(StoreError::ReadOnly));
    let overlooked = world.read_blocking(|tx| {
        let _ = tx.append_log(ACME, &entry("one"));
        let _ = tx.insert_license(ACME, &license("l", 1));
        tx.licenses(ACME, &ALL)
    });
    assert_eq!(overlooked, Ok(Vec::new()));
    assert!(!filed(world, "d-1"));
    world.does(|tx| tx.file(ACME, &document("d-1", None)));
}

pub(crate) fn a_read_sees_one_state(world: &World) {
    world.does(|tx| tx.file(ACME, &document("d-1", None)));
    std::thread::scope(|scope| {
        let (read, seen) = channel();
        let (go, wait): (Sender<()>, Receiver<()>) = channel();
        let reader = scope.spawn(|| {
            world.read_blocking(move |tx| {
                let before = tx.filed_by_id(ACME, &id("d-2"))?;
                read.send(()).unwrap();
                let _ = wait.recv_timeout(Duration::from_millis(100));
                Ok::<_, StoreError>((before, tx.filed_by_id(ACME, &id("d-2"))?))
            })
        });
        seen.recv().unwrap();
        world.does(|tx| tx.file(ACME, &document("d-2", None)));
        drop(go);
        assert_eq!(reader.join().unwrap(), Ok((None, None)));
    });
    assert!(filed(world, "d-2"));
}

pub(crate) fn work_that_nobody_waits_for_does_not_begin(world: &World) {
    let (go, held) = hold(world);
    {
        let mut dropped = Box::pin(world.write(|tx| tx.file(ACME, &document("d-1", None))));
        let polled = dropped.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Pending);
    }
    drop(go);
    held.join().unwrap().unwrap();
    world.does(|tx| tx.file(ACME, &document("d-2", None)));
    assert!(!filed(world, "d-1"));
}

pub(crate) fn too_much_waiting_work_is_refused(world: &World) {
    let world = world.with(Options { queue: 2, ..Options::default() });
    let (go, held) = hold(&world);
    let start = || {
        let mut waits = Box::pin(world.write(|tx| tx.tenants()));
        let first = waits.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        (waits, first)
    };
    let (one, two, three) = (start(), start(), start());
    assert!(one.1.is_pending() && two.1.is_pending());
    assert_eq!(three.1, Poll::Ready(Err(StoreError::Busy)));
    drop(go);
    held.join().unwrap().unwrap();
    assert_eq!(block_on(one.0).unwrap().len(), 2);
}

pub(crate) fn closing_finishes_what_is_queued(world: &World) {
    let (go, held) = hold(world);
    let queued: Vec<_> = (0..20)
        .map(|number| {
            let mut work =
                Box::pin(world.write(move |tx| tx.file(ACME, &document(&format!("d-{number}"), None))));
            assert!(work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            work
        })
        .collect();
    let mut closing = Box::pin(world.close());
    assert!(closing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let late = world.write_blocking(|tx| tx.file(ACME, &document("late", None)));
    assert_eq!(late, Err(StoreError::Closed));
    assert_eq!(world.read_blocking(|tx| tx.tenants()).err(), Some(StoreError::Closed));
    drop(go);
    block_on(closing);
    held.join().unwrap().unwrap();
    for work in queued {
        assert_eq!(block_on(work), Ok(()));
    }
}

pub(crate) fn ping_answers_until_the_store_is_closed(world: &World) {
    assert_eq!(block_on(world.ping()), Ok(()));
    block_on(world.close());
    world.close_blocking();
    assert_eq!(block_on(world.ping()), Err(StoreError::Closed));
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
