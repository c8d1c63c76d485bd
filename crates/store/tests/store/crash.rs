//! Kill −9 between: what was acknowledged is there, once, and nothing is half there.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use handcarry_format::{Digest, Id};
use handcarry_store::{LogCheck, Options, StoreError, verify_log};
use rusqlite::Connection;

use crate::world::*;

const ROUNDS: u64 = 60;
const WRITERS: u64 = 8;
const PATH: &str = "HANDCARRY_STORE_CRASH_PATH";
const ROUND: &str = "HANDCARRY_STORE_CRASH_ROUND";

/// The child: writes until it is killed, and says what was acknowledged.
#[test]
#[ignore = "the test below starts it"]
fn child() {
    let (Ok(path), Ok(round)) = (std::env::var(PATH), std::env::var(ROUND)) else { return };
    let store = open(path.as_ref(), Options::default());
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
    let directory = Directory::new();
    let store = open(&directory.database(), Options::default());
    let furnish = store.write_blocking(|tx| {
        tx.insert_tenant(&tenant(ACME, "acme"))?;
        tx.insert_license(ACME, &license("l", 1))
    });
    assert_eq!(furnish, Ok(()));
    store.close_blocking();

    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    for round in 0..ROUNDS {
        let before = acknowledged.len();
        acknowledged.extend(one_life(&directory, round));
        assert!(acknowledged.len() > before, "round {round} acknowledged nothing");
        check(&directory, &acknowledged);
    }
    let mut out = std::io::stdout();
    writeln!(out, "{ROUNDS} kills, {} documents acknowledged, none lost", acknowledged.len()).unwrap();
}

/// Starts a child, kills it at a random moment and gives what it acknowledged.
fn one_life(directory: &Directory, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(PATH, directory.database())
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

fn check(directory: &Directory, acknowledged: &BTreeSet<String>) {
    let store = open(&directory.database(), Options::default());
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

    let raw = Connection::open(directory.database()).unwrap();
    let count = |sql: &str| raw.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM document"), effects);
    assert_eq!(count("SELECT count(DISTINCT id) FROM document"), effects);
    assert_eq!(count("SELECT count(*) FROM issued"), effects);
    assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    let sound: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}
