//! Kill −9 between: what was acknowledged is there, once, and nothing is half there.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use handcarry_format::{Digest, Id};
use handcarry_store::{LogCheck, Options, Store, StoreError, verify_log};
use rusqlite::Connection;

use crate::world::*;

const WRITERS: u64 = 8;
const STORE: &str = "HANDCARRY_STORE_CRASH_STORE";
const ROUND: &str = "HANDCARRY_STORE_CRASH_ROUND";

/// The child: writes until it is killed, and says what was acknowledged.
#[test]
#[ignore = "the test below starts it"]
fn child() {
    let (Ok(uri), Ok(round)) = (std::env::var(STORE), std::env::var(ROUND)) else { return };
    let store = Store::open(&uri, Options::default()).unwrap();
    let (store, round) = (&store, &round);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("r{round}-w{writer}-n{number}");
                    let acknowledged = name.clone();
                    let done = store.write_blocking(move |tx| {
                        let seat = format!("r-w{writer}");
                        tx.append_log(ACME, &entry(&name))?;
                        tx.file(ACME, &document(&name, None))?;
                        tx.keep_issued(ACME, &issued(&name))?;
                        let held = activation(&seat, &seat, 1);
                        let held = if number % 2 == 0 { held } else { returned(held, 2) };
                        tx.save_activation(ACME, &id("l"), &held)?;
                        tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())
                    });
                    done.unwrap();
                    writeln!(std::io::stdout(), "acknowledged {acknowledged}").unwrap();
                }
            });
        }
    });
}

#[test]
fn d_14_what_was_acknowledged_survives_kill_9_exactly_once() {
    let world = World::file();
    world.close_blocking();
    let uri = format!("sqlite:{}", world.directory.database().display());
    lives(&uri, 60, |effects| {
        let raw = Connection::open(world.directory.database()).unwrap();
        let count = |sql: &str| raw.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM document"), effects);
        assert_eq!(count("SELECT count(DISTINCT id) FROM document"), effects);
        assert_eq!(count("SELECT count(*) FROM issued"), effects);
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    });
}

#[test]
fn d_14_what_was_acknowledged_on_a_server_survives_kill_9_exactly_once() {
    let Some(world) = World::server() else { return };
    let schema = world.schema.as_ref().unwrap();
    let mut raw = schema.connect();
    lives(&schema.uri(), 25, |effects| {
        let mut count = |sql: &str| raw.query_one(sql, &[]).unwrap().get::<_, i64>(0);
        assert_eq!(count("SELECT count(*) FROM document"), effects);
        assert_eq!(count("SELECT count(DISTINCT id) FROM document"), effects);
        assert_eq!(count("SELECT count(*) FROM issued"), effects);
    });
}

/// So many processes, each killed; `count` looks at the rows after each.
fn lives(uri: &str, rounds: u64, mut count: impl FnMut(i64)) {
    let store = Store::open(uri, Options::default()).unwrap();
    assert_eq!(store.write_blocking(|tx| tx.insert_license(ACME, &license("l", 1))), Ok(()));
    store.close_blocking();
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for round in 0..rounds {
        let before = acknowledged.len();
        acknowledged.extend(one_life(uri, round));
        assert!(acknowledged.len() > before, "round {round} acknowledged nothing");
        count(check(uri, &acknowledged));
    }
    let mut out = std::io::stdout();
    writeln!(out, "{rounds} kills, {} documents acknowledged, none lost", acknowledged.len()).unwrap();
}

/// Starts a child, kills it at a random moment and gives what it acknowledged.
fn one_life(uri: &str, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(STORE, uri)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (first, started) = channel();
    let reader = std::thread::spawn(move || {
        let (mut names, mut line) = (Vec::new(), String::new());
        // A line that was cut off in the middle acknowledges nothing.
        while out.read_line(&mut line).is_ok() && line.ends_with('\n') {
            if let Some((_, name)) = line.trim_end().split_once("acknowledged ") {
                let _ = first.send(());
                names.push(name.to_owned());
            }
            line.clear();
        }
        names
    });
    started.recv_timeout(Duration::from_secs(20)).unwrap();
    let random = RandomState::new().build_hasher().finish();
    std::thread::sleep(Duration::from_micros(random % 40_000));
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// Gives how many units of work are there.
fn check(uri: &str, acknowledged: &BTreeSet<String>) -> i64 {
    let store = Store::open(uri, Options::default()).unwrap();
    let names = acknowledged.clone();
    let result = store.read_blocking(move |tx| {
        for name in &names {
            let document = Id::new(name).unwrap();
            let filed = tx.filed_by_id(ACME, &document)?;
            assert_eq!(filed.map(|filed| filed.digest), Some(Digest::of(name.as_bytes())), "{name} is lost");
        }
        let LogCheck::Whole { head: Some(head) } = verify_log(tx, ACME)? else { panic!("the log is broken") };
        assert_eq!(tx.seat_differences(ACME)?, []);
        let total = tx.totals(ACME, &id("l"))?;
        assert_eq!(total.values().sum::<i64>(), head.seq, "an effect without its log entry");
        Ok::<_, StoreError>(head.seq)
    });
    let effects = result.unwrap();
    store.close_blocking();
    effects
}
