//! The real binary, killed at random moments.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "vendor/command.rs"]
mod command;
mod vendor;

use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use command::{Bench, now};
use handcarry_format::{Counter, Deactivation, Kind, Overage, Reset, Totals, UsageReport};
use vendor::id;

const KILLS: usize = 20;

/// What is known outside of the device.
struct Story {
    bench: Bench,
    random: u64,
    /// How long a command takes when nobody kills it.
    pace: Duration,
    kills: usize,
    confirmed: i64,
    unknown: i64,
}

impl Story {
    fn new() -> Story {
        let bench = Bench::new();
        bench.activate(unlimited);
        let begin = Instant::now();
        bench.ok(&["check", "base"]);
        let pace = begin.elapsed();
        Story { bench, random: 0x9e37_79b9_7f4a_7c15, pace, kills: 0, confirmed: 0, unknown: 0 }
    }

    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// Runs a command and kills it somewhere in the middle: what it said, and whether it had come to its end.
    fn kill(&mut self, args: &[&str]) -> (String, bool) {
        let mut child = self.bench.command(args).spawn().unwrap();
        let pace = u64::try_from(self.pace.as_micros()).unwrap();
        std::thread::sleep(Duration::from_micros(self.next() % (pace * 3 / 2)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let killed = output.status.signal() == Some(9);
        self.kills += usize::from(killed);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(killed || output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        (said, !killed)
    }

    fn total(&self) -> i64 {
        self.bench.json(&["status", "--json"])["features"][1]["total"].as_i64().unwrap()
    }

    fn consume(&mut self) {
        let (said, _) = self.kill(&["consume", "renders", "1"]);
        if said.contains("Booked") {
            self.confirmed += 1;
        } else {
            self.unknown += 1;
        }
        let total = self.total();
        assert!(total >= self.confirmed, "{} were confirmed, {total} are there", self.confirmed);
        assert!(total <= self.confirmed + self.unknown, "{total} are there");
        // Now it is known.
        (self.confirmed, self.unknown) = (total, 0);
    }
}

fn unlimited(license: &mut handcarry_format::License) {
    license.features[1].counter =
        Some(Counter { maximum: None, overage: Overage::Unlimited, reset: Reset::Never });
}

fn renders(totals: &Totals) -> i64 {
    totals.get(&id("renders")).copied().unwrap_or(0)
}

#[test]
fn killed_consuming_and_reporting_nothing_confirmed_is_lost_and_nothing_counted_twice() {
    let mut story = Story::new();
    let mut emitted: Vec<(u32, handcarry_format::Digest)> = Vec::new();
    let mut booked = 0;
    while story.kills < 2 * KILLS {
        story.consume();
        let (said, ended) = story.kill(&["report"]);
        let file = if ended { said } else { story.bench.ok(&["report"]) };
        let report = story.bench.vendor.open::<UsageReport>(&file);
        assert_eq!(renders(&report.usage.closing), story.confirmed);
        assert_eq!(renders(&report.usage.opening), booked);
        for (number, digest) in &emitted {
            assert_eq!(*number == report.usage.number, *digest == report.digest(), "one file a number");
        }
        emitted.push((report.usage.number, report.digest()));
        if story.next().is_multiple_of(2) {
            let receipt = story.bench.vendor.receipt_for(&file, now());
            story.bench.write("receipt.txt", &story.bench.vendor.issue(&receipt));
            story.kill(&["load", "receipt.txt"]);
            // Loading it again is harmless, and makes it sure.
            story.bench.ok(&["load", "receipt.txt"]);
            booked = story.confirmed;
            assert_eq!(story.total(), story.confirmed);
        }
    }
}

#[test]
fn killed_giving_back_it_is_never_licensed_beside_its_proof_and_the_proof_is_one() {
    let mut story = Story::new();
    let mut generation = 1;
    while story.kills < KILLS {
        story.consume();
        let (said, ended) = story.kill(&["deactivate", "--yes"]);
        let licensed = story.bench.run(&["check", "base"]).status.code() == Some(0);
        let written = std::fs::read_dir(story.bench.path("home/device")).unwrap().flatten().any(|entry| {
            let name = entry.file_name().into_string().unwrap();
            name.starts_with("proof-") && !story.bench.path("home/old").join(&name).exists()
        });
        assert!(!licensed || said.is_empty() && !written && !ended, "HEX-02");
        let proof = story.bench.ok(&["deactivate"]);
        assert!(proof.starts_with(&said), "D-13: the same bytes");
        assert_eq!(story.bench.ok(&["deactivate"]), proof);
        let opened = story.bench.vendor.open::<Deactivation>(&proof);
        assert_eq!(renders(&opened.usage.closing), story.confirmed);

        // The receipt closes the circle, and the activation comes back for the next round.
        let receipt = story.bench.vendor.receipt_for(&proof, now());
        assert_eq!(receipt.acknowledges.kind, Kind::Deactivation);
        story.bench.write("receipt.txt", &story.bench.vendor.issue(&receipt));
        story.kill(&["load", "receipt.txt"]);
        story.bench.ok(&["load", "receipt.txt"]);
        let mut license = story.bench.vendor.license_for(&story.bench.request(), now());
        generation += 1;
        license.generation = generation;
        license.usage.report = opened.usage.number;
        license.usage.totals = opened.usage.closing.clone();
        unlimited(&mut license);
        story.bench.write("license.txt", &story.bench.vendor.issue(&license));
        story.kill(&["load", "license.txt"]);
        story.bench.ok(&["load", "license.txt"]);
        remember_proofs(&story.bench);
    }
}

/// Proofs of the rounds before are no news.
fn remember_proofs(bench: &Bench) {
    let old = bench.path("home/old");
    std::fs::create_dir_all(&old).unwrap();
    for entry in std::fs::read_dir(bench.path("home/device")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("proof-") {
            std::fs::copy(entry.path(), old.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn killed_setting_up_the_directory_is_whole_or_not_there() {
    let mut story = Story::new();
    let before = story.kills;
    while story.kills < before + KILLS {
        let _ = std::fs::remove_dir_all(story.bench.path("home"));
        story.kill(&["init", "vendor.json"]);
        story.bench.ok(&["init", "vendor.json"]);
        story.bench.ok(&["status"]);
    }
}

#[test]
fn two_processes_at_once_take_turns() {
    let bench = Bench::new();
    bench.activate(unlimited);
    let children: Vec<_> =
        (0..12).map(|_| bench.command(&["consume", "renders", "1"]).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(bench.json(&["status", "--json"])["features"][1]["total"], 12);
}
