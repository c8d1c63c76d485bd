//! PostgreSQL runs statements that nobody waits for together with the next one that somebody does: what fails
//! among them is known late, and is told to the right one all the same.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use handcarry_store::{LogCheck, Options, Store, StoreError, TenantId, Tx, verify_log};

use crate::units::{block_on, hold};
use crate::world::*;

/// Queues units of work behind one that is held, so that they are of one batch and in this order.
fn batch<T: Send + 'static>(
    store: &Store,
    units: usize,
    work: fn(&mut dyn Tx, usize) -> Result<T, StoreError>,
) -> Vec<Result<T, StoreError>> {
    let (go, held) = hold(store);
    let queued: Vec<_> = (0..units)
        .map(|unit| {
            let mut written = Box::pin(store.write(move |tx| work(tx, unit)));
            assert!(matches!(written.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
            written
        })
        .collect();
    drop(go);
    held.join().unwrap().unwrap();
    queued.into_iter().map(block_on).collect()
}

/// A world in which the counter `bad` cannot be stored: of a statement whose answer nobody looks at.
fn world() -> Option<World> {
    let world = World::server()?;
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let bad = "ALTER TABLE license_total ADD CONSTRAINT none_bad CHECK (counter <> 'bad')";
    world.schema.as_ref().unwrap().connect().batch_execute(bad).unwrap();
    Some(world)
}

fn is_bad(unit: usize) -> bool {
    unit % 5 == 4
}

/// The last statement of the unit is the bad one: it goes out with the next unit's first, or with the commit.
#[test]
fn d_14_a_statement_that_fails_late_takes_back_its_unit_and_no_other() {
    let Some(world) = world() else { return };
    let done = batch(&world, 30, |tx, unit| {
        let name = format!("n{unit}");
        tx.file(ACME, &document(&name, None))?;
        tx.append_log(ACME, &entry(&name))?;
        let counter = if is_bad(unit) { "bad" } else { "good" };
        tx.add_totals(ACME, &id("l"), &[(id("all"), 1), (id(counter), 1)].into())
    });
    for (unit, done) in done.iter().enumerate() {
        match done {
            Err(StoreError::Engine(why)) if is_bad(unit) => assert!(why.contains("none_bad"), "{why}"),
            other => assert!(!is_bad(unit) && *other == Ok(()), "{unit}: {other:?}"),
        }
        let name = format!("n{unit}");
        assert_eq!(world.sees(move |tx| tx.filed_by_id(ACME, &id(&name))).is_some(), !is_bad(unit), "{unit}");
    }
    let whole = world.sees(|tx| verify_log(tx, ACME));
    assert!(matches!(whole, LogCheck::Whole { head: Some(head) } if head.seq == 24), "{whole:?}");
    assert_eq!(world.sees(|tx| tx.totals(ACME, &id("l"))), [(id("all"), 24), (id("good"), 24)].into());
}

/// A unit that is alone, one among others, and one that looks at nothing after it.
#[test]
fn an_error_that_comes_late_is_the_one_that_it_is() {
    let Some(world) = world() else { return };
    let nobody = TenantId(99);
    let missing = Err(StoreError::Missing("the tenant"));
    assert_eq!(world.write_blocking(move |tx| tx.append_log(nobody, &entry("one")).map(drop)), missing);
    let place = "INSERT INTO log (tenant, seq, at, event, data, hash) VALUES (1, 1, 0, 'x', '{}', '')";
    world.schema.as_ref().unwrap().connect().batch_execute(place).unwrap();
    let taken = Err(StoreError::Taken("the log's place"));
    assert_eq!(world.write_blocking(|tx| tx.append_log(ACME, &entry("one")).map(drop)), taken);
    let done = batch(&world, 9, |tx, unit| match unit % 3 {
        0 => tx.append_log(TenantId(99), &entry("one")).map(drop),
        1 => tx.append_log(ACME, &entry("one")).map(drop),
        _ => tx.add_totals(ACME, &id("l"), &[(id("good"), 1)].into()),
    });
    for (unit, done) in done.into_iter().enumerate() {
        assert_eq!(done, [missing.clone(), taken.clone(), Ok(())][unit % 3], "{unit}");
    }
    assert_eq!(world.sees(|tx| tx.totals(ACME, &id("l"))), [(id("good"), 3)].into());
}

/// Work that knows of the error and goes on is told it in the end.
#[test]
fn work_that_overlooks_what_failed_late_is_not_committed() {
    let Some(world) = world() else { return };
    let done = world.write_blocking(|tx| {
        tx.file(ACME, &document("d-1", None))?;
        tx.add_totals(ACME, &id("l"), &[(id("bad"), 1)].into())?;
        let _ = tx.totals(ACME, &id("l"));
        Ok::<(), StoreError>(())
    });
    assert!(matches!(&done, Err(StoreError::Engine(why)) if why.contains("none_bad")), "{done:?}");
    assert_eq!(world.sees(|tx| tx.filed_by_id(ACME, &id("d-1"))), None);
}

/// What was read is known to the transaction, and is read anew once it was written to.
#[test]
fn a_unit_sees_what_was_put_before_and_nothing_of_what_was_taken_back() {
    let Some(world) = world() else { return };
    let done = batch(&world, 20, |tx, unit| {
        let before = tx.totals(ACME, &id("l"))?.get(&id("good")).copied().unwrap_or(0);
        tx.add_totals(ACME, &id("l"), &[(id("good"), 1)].into())?;
        let after = tx.totals(ACME, &id("l"))?.get(&id("good")).copied().unwrap_or(0);
        assert_eq!((after, tx.totals(ACME, &id("l"))?.len()), (before + 1, 1));
        match unit % 4 {
            3 => Err(StoreError::Stale("on purpose")),
            _ => Ok(before),
        }
    });
    let seen: Vec<i64> = done.into_iter().filter_map(Result::ok).collect();
    assert_eq!(seen, (0..15).collect::<Vec<i64>>());
}

/// What is too much to wait goes out by itself, in its order.
#[test]
fn many_statements_that_nobody_waits_for_are_run_in_their_order() {
    let Some(world) = world() else { return };
    world.does(|tx| {
        for round in 1..=300 {
            let name = format!("n{round}");
            tx.save_activation(ACME, &id("l"), &activation(&name, &name, round))?;
            tx.append_log(ACME, &entry(&name))?;
        }
        Ok(())
    });
    let whole = world.sees(|tx| verify_log(tx, ACME));
    assert!(matches!(whole, LogCheck::Whole { head: Some(head) } if head.seq == 300), "{whole:?}");
    assert_eq!(world.sees(|tx| tx.seat_differences(ACME)), Vec::new());
}

/// Stands between the store and the server, and counts how often the store says something.
fn listening(server: String) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let said = Arc::new(AtomicU32::new(0));
    let counts = Arc::clone(&said);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = TcpStream::connect(&server).unwrap();
            let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || drop(std::io::copy(&mut answers, &mut back)));
            let (counts, mut client, mut server) = (Arc::clone(&counts), client, server);
            std::thread::spawn(move || {
                let mut bytes = vec![0; 1 << 16];
                while let Ok(length @ 1..) = client.read(&mut bytes) {
                    counts.fetch_add(1, Ordering::Relaxed);
                    if server.write_all(&bytes[..length]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    (port, said)
}

/// Each of these units has ten statements: four of them read what no unit before it has read.
#[test]
fn a_unit_waits_for_what_it_reads_and_for_nothing_else() {
    let Some(world) = world() else { return };
    let uri = world.schema.as_ref().unwrap().uri();
    let (start, rest) = uri.split_once('@').unwrap();
    let (server, path) = rest.split_once('/').unwrap();
    let (port, said) = listening(server.to_owned());
    let store = Store::open(&format!("{start}@127.0.0.1:{port}/{path}"), Options::default()).unwrap();
    let mut counted = 0;
    // The first round prepares the statements.
    for round in ["a", "b"] {
        let work: fn(&mut dyn Tx, usize) -> Result<(), StoreError> =
            if round == "a" { |tx, unit| ten(tx, "a", unit) } else { |tx, unit| ten(tx, "b", unit) };
        let before = said.load(Ordering::Relaxed);
        let done = batch(&store, 20, work);
        assert!(done.iter().all(|done| *done == Ok(())), "{done:?}");
        counted = said.load(Ordering::Relaxed) - before;
    }
    store.close_blocking();
    assert!((1..=20 * 5).contains(&counted), "{counted} times for 20 units");
}

fn ten(tx: &mut dyn Tx, round: &str, unit: usize) -> Result<(), StoreError> {
    let name = format!("{round}{unit}");
    assert_eq!(tx.filed_by_id(ACME, &id(&name))?, None);
    tx.add_totals(ACME, &id("l"), &[(id("good"), 1), (id("all"), 1)].into())?;
    tx.keep_issued(ACME, &issued(&name))?;
    tx.append_log(ACME, &entry(&name)).map(drop)?;
    tx.file(ACME, &document(&name, None))
}
