//! A portal on one of the engines: its data, its servers, and a last look at what is there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use handcarry_format::{LicenseKey, PublicKey, Trust, Vendor};

use crate::cluster::Cluster;
use crate::device::id;
use crate::figures::Figures;
use crate::load::Load;
use crate::say;
use crate::seen::{Said, Seen};
use crate::server::{Server, handcarry, post, said};
use crate::volume::Volume;

/// When it is, by the portal's clock, before anything goes wrong with it.
pub(crate) const NOW: &str = "2026-11-21T14:00:00Z";

pub(crate) struct Site {
    // In the order in which they go.
    pub(crate) servers: Vec<Server>,
    pub(crate) cluster: Option<Cluster>,
    pub(crate) load: Arc<Load>,
    pub(crate) data: PathBuf,
    /// Where the data is, and on a file the store.
    pub(crate) volume: Volume,
}

impl Site {
    pub(crate) fn on_a_file() -> Site {
        Site::new(None, 1)
    }

    /// Two servers on a database with a standby; none where there is no PostgreSQL.
    pub(crate) fn on_a_server() -> Option<Site> {
        Cluster::start().map(|cluster| Site::new(Some(cluster), 2))
    }

    fn new(cluster: Option<Cluster>, servers: usize) -> Site {
        let volume = Volume::new();
        let data = volume.path().join("data");
        std::fs::create_dir(&data).unwrap();
        // The keys are from before whatever the clock will say.
        set_clock(&data, "2026-11-01T00:00:00Z");
        if let Some(cluster) = &cluster {
            let store = format!("store = \"{}\"\n", cluster.address());
            std::fs::write(data.join("handcarry.toml"), store).unwrap();
        }
        handcarry(&data, &["tenant", "create", "--slug", "acme", "--name", "Acme Software"]);
        handcarry(&data, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
        let key = handcarry(
            &data,
            &[
                "license",
                "create",
                "--product",
                "cad",
                "--seats",
                "100000000",
                "--feature",
                "renders=Renders",
                "--counter",
                "renders=1000000000",
            ],
        );
        // These end at midnights that the clock will pass, back and forth.
        for end in ["2026-11-22", "2026-12-31", "2027-06-30", "2028-02-29"] {
            handcarry(&data, &["license", "create", "--product", "cad", "--seats", "1", "--end", end]);
        }
        let vendor_file: serde_json::Value =
            serde_json::from_str(&handcarry(&data, &["vendor-file"])).unwrap();
        let root = PublicKey::parse(vendor_file["root_key"].as_str().unwrap()).unwrap();
        let vendor = Vendor { id: id("acme"), name: "Acme Software".into() };
        set_clock(&data, NOW);
        let mut servers: Vec<Server> = (0..servers).map(|_| Server::new(&data)).collect();
        servers.iter_mut().for_each(Server::start);
        let load = Load {
            seen: Seen::default(),
            places: servers.iter().map(|server| server.address).collect(),
            key: LicenseKey::parse(&key).unwrap(),
            trust: Trust::new(vendor.id.clone(), root),
            vendor,
            stop: AtomicBool::new(false),
        };
        Site { servers, cluster, load: Arc::new(load), data, volume }
    }

    pub(crate) fn set_clock(&self, now: &str) {
        set_clock(&self.data, now);
    }

    /// Whatever else runs: all of it runs now.
    pub(crate) fn all_up(&mut self) {
        if let Some(cluster) = &self.cluster {
            cluster.start_again();
        }
        for server in &mut self.servers {
            if !server.is_running() {
                server.start();
            }
        }
    }

    /// Sends everything once more, and holds what is there against what was said.
    pub(crate) fn last_look(&mut self, figures: &mut Figures) {
        self.set_clock(NOW);
        self.all_up();
        let load = Arc::clone(&self.load);
        let files: Vec<String> = load.seen.lock().documents.keys().cloned().collect();
        let next = std::sync::atomic::AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some(file) = files.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                    {
                        for place in &load.places {
                            ends(&load.seen, *place, file);
                        }
                    }
                });
            }
        });
        self.look(figures);
        let state = load.seen.lock();
        figures.documents.clone_from(&state.kinds);
        (figures.sends, figures.acknowledged) = (state.sends, state.acknowledged);
        (figures.later, figures.unanswered) = (state.later, state.unanswered);
        figures.pause = state.pause;
        figures.losses += state.lost;
        figures.duplicates += state.doubled;
        figures.unequal += state.unequal;
    }

    fn look(&self, figures: &mut Figures) {
        let state = self.load.seen.lock();
        let mut booked: HashMap<String, u64> = HashMap::new();
        let mut ended: HashMap<String, u64> = HashMap::new();
        let log = handcarry(&self.data, &["log", "list", "--limit", "100000000"]);
        for line in log.lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            match entry["event"].as_str().unwrap() {
                "document.accepted" => {
                    *booked
                        .entry(entry["data"]["document"]["digest"].as_str().unwrap().to_owned())
                        .or_default() += 1;
                }
                // What comes by itself comes once for each license.
                event if event.starts_with("pool.") || event.starts_with("license.") => {
                    let what = format!("{event} {}", entry["data"]);
                    *ended.entry(what).or_default() += 1;
                }
                _ => {}
            }
        }
        let wrong = |count: &mut u64, what: String| {
            say(what);
            *count += 1;
        };
        for (digest, times) in booked.iter().filter(|(_, times)| **times > 1) {
            wrong(&mut figures.duplicates, format!("DOUBLED: {digest} was booked {times} times"));
        }
        for (what, times) in ended.iter().filter(|(_, times)| **times > 1) {
            wrong(&mut figures.duplicates, format!("DOUBLED: {what} happened {times} times"));
        }
        let mut used = 0;
        for document in state.documents.values() {
            let answer: serde_json::Value =
                serde_json::from_str(document.answer.as_deref().unwrap_or("{}")).unwrap();
            used += document.used;
            let rows = answer["usage"].as_array().into_iter().flatten();
            let added: i64 = rows.filter_map(|row| row["added"].as_i64()).sum();
            if added != document.used {
                wrong(
                    &mut figures.losses,
                    format!("LOST: {} reported, {added} booked: {answer}", document.used),
                );
            }
            match answer["document"]["digest"].as_str() {
                Some(digest) if booked.remove(digest).is_some() => {}
                found => wrong(&mut figures.losses, format!("LOST: {found:?} is not in the log")),
            }
        }
        for digest in booked.keys() {
            wrong(&mut figures.duplicates, format!("DOUBLED: {digest} was never sent"));
        }
        let shown: serde_json::Value =
            serde_json::from_str(&handcarry(&self.data, &["license", "show", self.load.key.as_str()]))
                .unwrap();
        let total = shown.pointer("/totals/renders").and_then(serde_json::Value::as_i64);
        if total.is_some_and(|total| total != used) {
            wrong(&mut figures.losses, format!("LOST: {used} were reported and {total:?} are booked"));
        }
        let verified = handcarry(&self.data, &["log", "verify"]);
        if !verified.starts_with("whole: ") {
            wrong(&mut figures.losses, verified);
        }
        let doctor = said(&self.data, &["doctor"]);
        // Jobs that have seen a later time wait for it, which the doctor says.
        let found = |line: &&str| line.contains("WRONG") && !line.contains("the clock was ahead");
        if !doctor.contains(" wrong, ") || doctor.lines().any(|line| found(&line)) {
            wrong(&mut figures.losses, doctor);
        }
    }
}

fn set_clock(data: &Path, now: &str) {
    // Written whole, or not at all: a clock that is half a line is no fault of anybody's.
    let new = data.join("clock.new");
    std::fs::write(&new, now).unwrap();
    std::fs::rename(new, data.join("clock")).unwrap();
}

/// Sends a file until it is answered.
fn ends(seen: &Seen, place: std::net::SocketAddr, file: &str) {
    let until = Instant::now() + Duration::from_secs(90);
    let known = seen.lock().documents[file].answer.is_some();
    while let Said::Later = seen.heard(file, post(place, file), known) {
        if Instant::now() > until {
            seen.lock().lost += 1;
            say("LOST: a document gets no answer any more");
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
}
