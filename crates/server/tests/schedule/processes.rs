//! Two processes on one store, killed again and again.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use handcarry_server::schedule::{midnights, pass};
use handcarry_store::tx::Progress;
use handcarry_store::{StoreError, TenantId};

use crate::world::*;

const PATH: &str = "HANDCARRY_SCHEDULE_PATH";
const BEGIN: &str = "2027-01-01T12:00:00Z";
const NOW: &str = "2027-12-31T12:00:00Z";

/// The child: makes up for a year of midnights until it is killed.
#[tokio::test]
#[ignore = "the test below starts it"]
async fn child() {
    let Ok(path) = std::env::var(PATH) else { return };
    let app = app(Path::new(&path));
    writeln!(std::io::stdout(), "begun").unwrap();
    // The other one may hold the store for a while.
    while !matches!(pass(&app, &[&Midnight], at(NOW)).await, Ok(passed) if !passed.more) {}
    writeln!(std::io::stdout(), "ended").unwrap();
    app.store.close().await;
}

struct Worker {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Worker {
    fn start(path: &Path) -> Worker {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::child", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PATH, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Worker { child, out }
    }

    fn waits_for(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "the child ended early");
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn alt_08_ice_14_two_processes_that_are_killed_do_each_missed_midnight_exactly_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("portal.db");
    let first = app(&path);
    tenant(&first, 1, "Europe/Berlin", at(BEGIN)).await;
    let begun = Progress { done_until: at(BEGIN), part: None, failures: 0, failed: None };
    let noted = first.store.write(move |tx| tx.note_progress(TenantId(1), "midnight", &begun)).await;
    noted.unwrap_or_else(|error: StoreError| panic!("{error}"));

    let mut kills = 0;
    for _ in 0..12 {
        let mut pair = [Worker::start(&path), Worker::start(&path)];
        pair.iter_mut().for_each(|worker| worker.waits_for("begun"));
        let random = RandomState::new().hash_one(kills);
        std::thread::sleep(Duration::from_millis(random % 60));
        for worker in pair {
            worker.kill();
            kills += 1;
        }
    }
    let between = done(&first, 1).await.len();
    let mut pair = [Worker::start(&path), Worker::start(&path)];
    pair.iter_mut().for_each(|worker| worker.waits_for("ended"));
    pair.into_iter().for_each(Worker::kill);

    let expected: Vec<String> = midnights(at(BEGIN), at(NOW), chrono_tz::Tz::Europe__Berlin)
        .map(|midnight| midnight.to_string())
        .collect();
    assert_eq!(midnights_done(&first, 1).await, expected);
    assert_eq!(expected.len(), 364);
    let mut out = std::io::stdout();
    writeln!(out, "{kills} kills, {between} midnights between them, {} in all", expected.len()).unwrap();
    assert!(between > 0, "the processes were killed too early to mean anything");
}
