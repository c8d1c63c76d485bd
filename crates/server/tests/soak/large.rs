//! Files as large as any may be: a million uses in one report, from a real device to a real server; and several at once,
//! beside small ones. What a debug build does with them is the same with fewer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant as Clock};

use handcarry_api::Outcome;
use handcarry_device::{
    Claimed, Device, FingerprintSource, Loaded, MeasuredPart, VendorFile, system_randomness,
};
use handcarry_format::{Instant, Source};

use crate::device::id;
use crate::given;
use crate::load::at;
use crate::say;
use crate::server::{Got, Server, handcarry, post};
use crate::site::Site;

/// Uses in one report.
const USES: u32 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

/// Bytes of a file: as many as it may have.
const LONGEST: usize = if cfg!(debug_assertions) { 2 << 20 } else { 96 << 20 };

/// Reports that are brought at once.
const AT_ONCE: usize = 8;

/// A machine with one part.
struct Board(String);

impl FingerprintSource for Board {
    fn measure(&self) -> Vec<MeasuredPart> {
        let (name, source, value) = (id("board"), Source::Hardware, self.0.clone());
        vec![MeasuredPart { name, source, value, weight: 60 }]
    }
}

/// When the reports are made: a year's uses fit between the activation and then.
fn later() -> Instant {
    Instant::parse("2027-01-10T12:00:00Z").unwrap()
}

struct Place {
    site: Site,
    _homes: tempfile::TempDir,
}

impl Place {
    fn new(mut site: Site, memory: Option<usize>) -> Place {
        site.servers.iter_mut().for_each(|server| {
            server.kill();
            server.body_seconds = 60;
            server.body_memory = memory;
            server.start();
        });
        Place { site, _homes: tempfile::tempdir().unwrap() }
    }

    fn server(&self) -> &Server {
        &self.site.servers[0]
    }

    fn device(&self, name: &str) -> Device {
        let vendor = handcarry(&self.site.data, &["vendor-file"]);
        let vendor = VendorFile::parse(vendor.as_bytes()).unwrap();
        let home = self._homes.path().join(name);
        let board = Box::new(Board(name.to_owned()));
        Device::set_up(&home, &vendor, board, system_randomness, at()).unwrap()
    }

    /// A device that is licensed, with so many uses that were not reported; and their report.
    fn used(&self, name: &str, uses: u32) -> (Device, String) {
        let mut device = self.device(name);
        let claim = Claimed::LicenseKey(self.site.load.key.as_str());
        let request = device.request(claim, name, &BTreeMap::new(), at()).unwrap();
        let outcome = done(&post(self.server().address, &request).unwrap(), 201);
        device.load(outcome.license.unwrap().text.as_bytes(), at()).unwrap();
        device.consume_many(&id("renders"), uses, later()).unwrap();
        let report = device.report(false, false, later()).unwrap();
        (device, report)
    }

    fn total(&self) -> i64 {
        let shown = handcarry(&self.site.data, &["license", "show", self.site.load.key.as_str()]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown.pointer("/totals/renders").and_then(serde_json::Value::as_i64).unwrap()
    }

    fn is_whole(&self) {
        let verified = handcarry(&self.site.data, &["log", "verify"]);
        assert!(verified.starts_with("whole: "), "{verified}");
    }
}

fn done(got: &Got, status: u16) -> Outcome {
    assert_eq!(got.status, status, "{}", &got.body[..got.body.len().min(400)]);
    serde_json::from_str(&got.body).unwrap()
}

fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn one(site: Site, engine: &str) {
    let place = Place::new(site, None);
    let before = place.server().memory();
    let (mut device, report) = place.used("WS-17", USES);
    let began = Clock::now();
    let first = post(place.server().address, &report).unwrap();
    let took = began.elapsed();
    let outcome = done(&first, 201);
    let rows: Vec<_> = outcome.usage.iter().map(|row| (row.id.as_str(), row.added)).collect();
    assert_eq!(rows, [("renders", i64::from(USES))]);
    assert_eq!(place.total(), i64::from(USES));
    let began = Clock::now();
    // Whoever has the store gives the same answer.
    let again = post(place.site.servers.last().unwrap().address, &report).unwrap();
    let took_again = began.elapsed();
    done(&again, 200);
    assert!(first.body == again.body, "another answer the second time");
    assert_eq!(place.total(), i64::from(USES));
    let receipt = outcome.receipt.unwrap().text;
    let loaded = device.load(receipt.as_bytes(), later()).unwrap();
    assert!(matches!(loaded, Loaded::Booked { .. }), "{loaded:?}");
    assert!(matches!(device.load(receipt.as_bytes(), later()).unwrap(), Loaded::Known(_)));
    // What was booked is not reported again.
    let next = device.report(false, true, later()).unwrap();
    assert!(next.len() < 64 << 10, "{}", next.len());
    let outcome = done(&post(place.server().address, &next).unwrap(), 201);
    assert!(outcome.usage.iter().all(|row| row.added == 0), "{:?}", outcome.usage);
    assert_eq!(place.total(), i64::from(USES));
    place.is_whole();
    let after = place.server().memory();
    say(format!(
        "{engine}: {USES} uses in a file of {:.1} MiB: booked in {:.2} s, answered again in {:.2} s; most memory {before} MiB \
         before, {after} MiB after",
        mebibytes(report.len()),
        took.as_secs_f64(),
        took_again.as_secs_f64(),
    ));
}

fn several(site: Site, engine: &str) {
    let memory = cfg!(debug_assertions).then_some(5 << 20);
    let mut place = Place::new(site, memory);
    let mut reports = Vec::new();
    for number in 0..AT_ONCE {
        let report = place.used(&format!("WS-{number}"), USES).1;
        // What stands before a document is not looked at, and counts as a part of the file.
        let note = "A note that somebody wrote above it.\n".repeat(LONGEST / 37);
        reports.push([&note[..37 * ((LONGEST - report.len()) / 37)], &report].concat());
    }
    // Its most from here on.
    let server = &mut place.site.servers[0];
    server.kill();
    server.start();
    let address = server.address;
    let ended = AtomicBool::new(false);
    let began = Clock::now();
    let (told, small) = thread::scope(|scope| {
        let small = scope.spawn(|| {
            let (mut count, mut longest, mut refused) = (0_u32, Duration::ZERO, 0_u32);
            while !ended.load(Ordering::Relaxed) {
                let load = &place.site.load;
                let device = crate::device::Device::new("WS-17", load.vendor.clone(), load.trust.clone());
                let file = device.request(&load.key, later());
                let began = Clock::now();
                let got = post(address, &file).unwrap();
                longest = longest.max(began.elapsed());
                count += 1;
                if got.status != 201 {
                    say(&got.body);
                    refused += 1;
                }
                thread::sleep(Duration::from_millis(20));
            }
            (count, longest, refused)
        });
        let large: Vec<_> =
            reports.iter().map(|report| scope.spawn(move || until_booked(address, report))).collect();
        let told: Vec<(u32, u32)> = large.into_iter().map(|sender| sender.join().unwrap()).collect();
        ended.store(true, Ordering::Relaxed);
        (told, small.join().unwrap())
    });
    let (count, longest, small_refused) = small;
    let most = place.server().memory();
    let refused: u32 = told.iter().map(|told| told.0).sum();
    let unheard: u32 = told.iter().map(|told| told.1).sum();
    say(format!(
        "{engine}: {AT_ONCE} files of {:.1} MiB at once: {:.1} s, {refused} times told to come back, {unheard} times cut off; meanwhile {count} small ones, \
         the longest {:.2} s, {small_refused} refused; most memory {most} MiB",
        mebibytes(reports[0].len()),
        began.elapsed().as_secs_f64(),
        longest.as_secs_f64(),
    ));
    assert_eq!(unheard, 0, "who has no room now must be told so");
    assert_eq!(small_refused, 0, "small files were kept out by large ones");
    assert_eq!(place.total(), i64::from(USES) * AT_ONCE as i64);
    place.is_whole();
    if memory.is_none() {
        assert!(most <= MOST_MEMORY, "{most} MiB");
    }
}

/// MiB that a server has at most, whatever is brought at once, with the settings that it comes with.
const MOST_MEMORY: u64 = 1_536;

/// Brings it until it is booked. How often it was told to come back, and how often it heard nothing.
fn until_booked(address: std::net::SocketAddr, report: &str) -> (u32, u32) {
    let until = Clock::now() + Duration::from_secs(300);
    let (mut refused, mut unheard) = (0, 0);
    loop {
        if let Some(got) = post(address, report) {
            if got.status != 503 {
                done(&got, 201);
                return (refused, unheard);
            }
            assert!(got.head.contains("\r\nretry-after: "), "{}", got.head);
            assert!(got.body.contains("server.busy"), "{}", got.body);
            refused += 1;
        } else {
            unheard += 1;
        }
        assert!(Clock::now() < until, "it is never its turn");
        thread::sleep(Duration::from_secs(1));
    }
}

fn on_both(what: fn(Site, &str)) {
    let engine = given("ENGINE").unwrap_or_else(|| "both".to_owned());
    if engine != "postgres" {
        what(Site::on_a_file(), "sqlite");
    }
    if engine != "sqlite"
        && let Some(site) = Site::on_a_server()
    {
        what(site, "postgres");
    }
}

#[test]
#[ignore = "`cargo xtask large` starts it, and `cargo xtask soak` with fewer uses"]
fn lsp_28_a_report_of_a_million_uses_is_booked_once_and_answered_alike() {
    on_both(one);
}

#[test]
#[ignore = "`cargo xtask large` starts it, and `cargo xtask soak` with smaller files"]
fn threat_denial_of_service_large_files_at_once_have_bounded_memory_and_keep_nobody_out() {
    on_both(several);
}
