//! What a database on a server does: several stores, lost connections, hands that reach into it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use handcarry_store::{LogCheck, Options, Store, StoreError, verify_log};

use crate::world::*;

fn open_beside(world: &World) -> Store {
    Store::open(&world.schema.as_ref().unwrap().uri(), Options::default()).unwrap()
}

fn raw(world: &World) -> postgres::Client {
    world.schema.as_ref().unwrap().connect()
}

#[test]
fn several_stores_share_a_database_and_one_chain() {
    let Some(world) = World::server() else { return };
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let beside = [open_beside(&world), open_beside(&world)];
    std::thread::scope(|scope| {
        for (part, store) in [&world.store, &beside[0], &beside[1]].into_iter().enumerate() {
            for number in 0..30 {
                scope.spawn(move || {
                    let name = format!("{part}-{number}");
                    let done = store.write_blocking(move |tx| {
                        tx.file(ACME, &document(&name, None))?;
                        tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())?;
                        tx.append_log(ACME, &entry(&name))
                    });
                    done.unwrap();
                });
            }
        }
    });
    beside.iter().for_each(Store::close_blocking);
    let whole = world.sees(|tx| verify_log(tx, ACME));
    assert!(matches!(whole, LogCheck::Whole { head: Some(head) } if head.seq == 90), "{whole:?}");
    assert_eq!(world.sees(|tx| tx.totals(ACME, &id("l"))), [(id("render"), 90)].into());
}

#[test]
fn threat_concurrent_upload_d_14_of_many_at_once_in_several_stores_exactly_one_files_the_document() {
    let Some(world) = World::server() else { return };
    let beside = open_beside(&world);
    let filed: usize = std::thread::scope(|scope| {
        let uploads: Vec<_> = (0..40)
            .map(|number| {
                let store = if number % 2 == 0 { &world.store } else { &beside };
                scope.spawn(move || store.write_blocking(|tx| tx.file(ACME, &document("d-1", None))))
            })
            .collect();
        let results = uploads.into_iter().map(|upload| upload.join().unwrap());
        results.map(|result| usize::from(result.is_ok())).sum()
    });
    beside.close_blocking();
    assert_eq!(filed, 1);
}

#[test]
fn two_that_open_an_empty_database_at_once_both_find_it_ready() {
    let Some(world) = World::server() else { return };
    for _ in 0..3 {
        let schema = crate::server::Schema::new();
        let stores: Vec<Store> = std::thread::scope(|scope| {
            let opening: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| Store::open(&schema.uri(), Options::default()).unwrap()))
                .collect();
            opening.into_iter().map(|store| store.join().unwrap()).collect()
        });
        for store in &stores {
            assert_eq!(store.read_blocking(|tx| tx.tenants()), Ok(Vec::new()));
            store.close_blocking();
        }
    }
    drop(world);
}

/// The server ends every connection, again and again, while both stores write.
#[test]
fn d_14_what_was_answered_over_lost_connections_is_there_exactly_once() {
    let Some(world) = World::server() else { return };
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let beside = open_beside(&world);
    let (done, stored) = (AtomicBool::new(false), AtomicU32::new(0));
    let (acknowledged, ended): (BTreeSet<String>, i64) = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = if writer % 2 == 0 { &world.store } else { &beside };
                let (done, stored) = (&done, &stored);
                scope.spawn(move || {
                    let mut names = Vec::new();
                    while !done.load(Ordering::Relaxed) {
                        let name = format!("w{writer}-n{}", names.len());
                        let new = name.clone();
                        let work = store.write_blocking(move |tx| {
                            tx.append_log(ACME, &entry(&new))?;
                            tx.file(ACME, &document(&new, None))?;
                            tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())
                        });
                        work.unwrap();
                        names.push(name);
                        stored.fetch_add(1, Ordering::Relaxed);
                    }
                    names
                })
            })
            .collect();
        let (mut raw, mut ended) = (raw(&world), 0);
        for round in 0..2000 {
            if ended >= 30 && stored.load(Ordering::Relaxed) >= 150 {
                break;
            }
            std::thread::sleep(Duration::from_millis(20 + round * 7 % 31));
            let all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                       WHERE pid <> pg_backend_pid() AND application_name = 'handcarry'
                       AND query LIKE '%' AND pid IN (SELECT pid FROM pg_locks JOIN pg_class ON relation = oid
                         WHERE relnamespace = current_schema()::regnamespace)";
            ended += raw.query_one(all, &[]).unwrap().get::<_, i64>(0);
        }
        done.store(true, Ordering::Relaxed);
        (writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect(), ended)
    });
    beside.close_blocking();
    let count = acknowledged.len() as i64;
    assert!(ended >= 30 && count >= 150, "{ended} connections ended, {count} documents");
    world.sees(move |tx| {
        for name in &acknowledged {
            assert!(tx.filed_by_id(ACME, &id(name))?.is_some(), "{name} is lost");
        }
        let LogCheck::Whole { head: Some(head) } = verify_log(tx, ACME)? else { panic!("the log is broken") };
        assert_eq!(head.seq, count, "an effect that was not acknowledged, or one twice");
        assert_eq!(tx.totals(ACME, &id("l"))?, [(id("render"), count)].into());
        Ok(())
    });
    let documents: i64 = raw(&world).query_one("SELECT count(*) FROM document", &[]).unwrap().get(0);
    assert_eq!(documents, count);
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let Some(world) = World::server() else { return };
    raw(&world).execute("INSERT INTO schema (version) VALUES (99)", &[]).unwrap();
    let refused = Store::open(&world.schema.as_ref().unwrap().uri(), Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, known: _ })), "{refused:?}");
}

#[test]
fn another_programs_database_is_left_alone() {
    let Some(world) = World::server() else { return };
    let schema = crate::server::Schema::new();
    schema.connect().batch_execute("CREATE TABLE mail (body TEXT)").unwrap();
    let refused = Store::open(&schema.uri(), Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Address(_))), "{refused:?}");
    drop(world);
}

#[test]
fn threat_insider_d_28_documents_and_log_refuse_changes_even_by_hand() {
    let Some(world) = World::server() else { return };
    world.does(|tx| {
        tx.file(ACME, &document("d-1", Some(3)))?;
        tx.keep_issued(ACME, &issued("file"))?;
        tx.append_log(ACME, &entry("one"))
    });
    let mut raw = raw(&world);
    for table in ["document", "issued", "log"] {
        for sql in ["UPDATE {} SET tenant = 2", "DELETE FROM {}", "TRUNCATE {}"] {
            let refused = raw.batch_execute(&sql.replace("{}", table));
            assert!(refused.is_err(), "{sql} {table}");
        }
    }
    assert!(matches!(world.sees(|tx| verify_log(tx, ACME)), LogCheck::Whole { head: Some(_) }));
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_so() {
    let refused = Store::open("postgres://nobody@127.0.0.1:9/nothing", Options::default()).map(drop);
    assert!(matches!(&refused, Err(StoreError::Engine(why)) if why.contains("refused")), "{refused:?}");
    let refused = Store::open("postgres://127.0.0.1:port/x", Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Address(_))), "{refused:?}");
}

/// Texts are compared by their bytes, whatever the server's language.
#[test]
fn names_are_listed_in_the_order_of_their_bytes() {
    let Some(world) = World::server() else { return };
    world.does(|tx| {
        ["a", "B", "A-b", "a-B", "Ab"].iter().try_for_each(|name| tx.put_product(ACME, &product(name)))
    });
    let names: Vec<String> =
        world.sees(|tx| tx.products(ACME)).into_iter().map(|it| it.id.to_string()).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(names, sorted);
}
