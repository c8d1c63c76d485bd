//! Kill −9 of the real server while files are uploaded: what was acknowledged is there once, and every resend gets the
//! identical answer.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "portal/device.rs"]
#[expect(dead_code, reason = "this test only makes requests")]
mod device;

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use handcarry_format::{LicenseKey, PublicKey, Trust, Vendor};

use crate::device::{Device, id};

const KILLS: usize = 50;
const UPLOADERS: usize = 6;

fn handcarry(data: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
    let output = command.arg("--data").arg(data).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Server {
    child: Child,
    address: SocketAddr,
    log: thread::JoinHandle<String>,
}

impl Server {
    fn start(data: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_handcarry"))
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0", "--rate", "0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            if line["message"] == "serving" {
                break line["address"].as_str().unwrap().parse().unwrap();
            }
        };
        // Nobody may make the server wait for its log to be read.
        let log = thread::spawn(move || lines.map_while(Result::ok).map(|line| line + "\n").collect());
        Server { child, address, log }
    }

    /// SIGKILL: nothing of the process runs after it.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn set_up(data: &Path) -> (LicenseKey, Vendor, PublicKey) {
    handcarry(data, &["tenant", "create", "--slug", "acme", "--name", "Acme Software"]);
    handcarry(data, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    let key = handcarry(data, &["license", "create", "--product", "cad", "--seats", "1000000"]);
    let vendor_file: serde_json::Value = serde_json::from_str(&handcarry(data, &["vendor-file"])).unwrap();
    let root = PublicKey::parse(vendor_file["root_key"].as_str().unwrap()).unwrap();
    let vendor = Vendor { id: id("acme"), name: "Acme Software".into() };
    (LicenseKey::parse(key.trim()).unwrap(), vendor, root)
}

fn request(key: &LicenseKey, vendor: &Vendor, root: PublicKey) -> String {
    let device = Device::new("WS-17", vendor.clone(), Trust::new(vendor.id.clone(), root));
    device.request(key, handcarry_format::Instant::parse("2026-11-21T14:00:00Z").unwrap())
}

/// Status and body of an answer that arrived whole.
fn post(address: SocketAddr, file: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let head = format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        file.len()
    );
    stream.write_all([head.as_bytes(), file.as_bytes()].concat().as_slice()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| (status, body.to_owned()))
}

#[derive(Default)]
struct Seen {
    /// Every file that was ever sent.
    sent: Vec<String>,
    /// The answer to each file that was acknowledged.
    acknowledged: HashMap<String, Answer>,
    resends: usize,
}

struct Answer {
    body: String,
    /// An answer said that the file was booked just now. Of two at once it may come second.
    new: bool,
}

impl Seen {
    fn answer(&mut self, file: &str, status: u16, body: String) {
        assert!(status == 200 || status == 201, "{status}: {body}");
        let new = status == 201;
        match self.acknowledged.get_mut(file) {
            Some(first) => {
                assert!(first.body == body, "another answer to the same file");
                assert!(!(first.new && new), "a file was booked twice");
                first.new |= new;
                self.resends += 1;
            }
            None => {
                self.acknowledged.insert(file.to_owned(), Answer { body, new });
            }
        }
    }
}

fn upload(address: SocketAddr, seen: &Mutex<Seen>, new: impl Fn() -> String, turn: usize) {
    for n in turn.. {
        // Every third one is a file from before, acknowledged or not.
        let file = {
            let mut seen = seen.lock().unwrap();
            if n % 3 == 0 && !seen.sent.is_empty() {
                let place = n.wrapping_mul(7919) % seen.sent.len();
                seen.sent[place].clone()
            } else {
                let file = new();
                seen.sent.push(file.clone());
                file
            }
        };
        let Some((status, body)) = post(address, &file) else { return };
        seen.lock().unwrap().answer(&file, status, body);
    }
}

/// Sends everything once more, what was never acknowledged too, and counts what is there.
fn check(data: &Path, key: &LicenseKey, seen: &Mutex<Seen>) -> usize {
    let server = Server::start(data);
    let mut seen = std::mem::take(&mut *seen.lock().unwrap());
    for file in std::mem::take(&mut seen.sent) {
        let (status, body) = post(server.address, &file).expect("the server answers");
        seen.answer(&file, status, body);
        // Acknowledged or not before: from now on there is one answer.
        let (status, body) = post(server.address, &file).expect("the server answers");
        seen.answer(&file, status, body);
    }
    server.kill();

    let shown = handcarry(data, &["license", "show", key.as_str()]);
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let devices = shown["devices"].as_array().unwrap().len();
    assert_eq!(devices, seen.acknowledged.len().min(1_000), "each file has one effect");
    let log = handcarry(data, &["log", "list", "--limit", "1000000"]);
    let booked = log.lines().filter(|line| line.contains("\"document.accepted\"")).count();
    assert_eq!(booked, seen.acknowledged.len(), "each file was booked once");
    assert!(handcarry(data, &["log", "verify"]).starts_with("whole: "));
    // The log, the seats, the keys: nothing is wrong.
    assert!(handcarry(data, &["doctor"]).contains("0 wrong"));
    seen.acknowledged.len()
}

#[test]
fn threat_concurrent_upload_kill_9_loses_nothing_that_was_acknowledged_and_doubles_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (key, vendor, root) = set_up(&data);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let began = Instant::now();
    for round in 0..KILLS {
        let server = Server::start(&data);
        let uploaders: Vec<_> = (0..UPLOADERS)
            .map(|turn| {
                let (seen, key, vendor, address) =
                    (seen.clone(), key.clone(), vendor.clone(), server.address);
                thread::spawn(move || {
                    let new = || request(&key, &vendor, root);
                    upload(address, &seen, new, round * UPLOADERS + turn);
                })
            })
            .collect();
        let random = u64::from(handcarry_server::random::secret_key().seed()[0]);
        thread::sleep(Duration::from_millis(40 + random / 2));
        server.kill();
        for uploader in uploaders {
            uploader.join().unwrap();
        }
    }

    let (acknowledged, resent) = {
        let seen = seen.lock().unwrap();
        (seen.acknowledged.len(), seen.resends)
    };
    let documents = check(&data, &key, &seen);
    assert!(acknowledged >= KILLS, "only {acknowledged} files in {KILLS} rounds: too slow to mean anything");
    let seconds = began.elapsed().as_secs();
    let _ = writeln!(
        std::io::stderr(),
        "{KILLS} kills, {documents} documents, {acknowledged} acknowledged between kills, \
         {resent} resends between kills, 0 lost, 0 doubled, {seconds} s"
    );
}

/// Two servers share a database on a PostgreSQL server; one of them is killed, and then the other.
#[test]
fn threat_concurrent_upload_kill_9_of_one_of_two_servers_loses_nothing_and_doubles_nothing() {
    const KILLS: usize = 16;
    let Some(database) = std::env::var("HANDCARRY_TEST_POSTGRES").ok().filter(|it| !it.is_empty()) else {
        writeln!(std::io::stderr(), "SKIPPED: HANDCARRY_TEST_POSTGRES names no database").unwrap();
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let store = format!("store = \"{database}?schema=kill_{}\"\n", std::process::id());
    std::fs::write(data.join("handcarry.toml"), store).unwrap();
    let (key, vendor, root) = set_up(&data);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let start = |turn: usize| {
        let server = Server::start(&data);
        let uploaders: Vec<_> = (0..3)
            .map(|uploader| {
                let (seen, key, vendor, address) =
                    (seen.clone(), key.clone(), vendor.clone(), server.address);
                thread::spawn(move || {
                    let new = || request(&key, &vendor, root);
                    upload(address, &seen, new, turn * 3 + uploader);
                })
            })
            .collect();
        (server, uploaders)
    };
    let mut pair = vec![start(0), start(1)];
    for round in 0..KILLS {
        let random = u64::from(handcarry_server::random::secret_key().seed()[0]);
        thread::sleep(Duration::from_millis(60 + random));
        // The other one goes on meanwhile.
        let (server, uploaders) = pair.remove(0);
        server.kill();
        uploaders.into_iter().for_each(|uploader| uploader.join().unwrap());
        pair.push(start(round + 2));
    }
    for (server, uploaders) in pair {
        server.kill();
        uploaders.into_iter().for_each(|uploader| uploader.join().unwrap());
    }
    let acknowledged = seen.lock().unwrap().acknowledged.len();
    let documents = check(&data, &key, &seen);
    assert!(acknowledged >= KILLS, "only {acknowledged} files: too slow to mean anything");
    let _ = writeln!(
        std::io::stderr(),
        "{KILLS} kills of one of two, {documents} documents, {acknowledged} acknowledged between kills, 0 lost"
    );
}

#[test]
fn a_terminated_server_ends_well_and_its_log_holds_no_license_key_and_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (key, vendor, root) = set_up(&data);
    let server = Server::start(&data);
    let file = request(&key, &vendor, root);
    assert_eq!(post(server.address, &file).unwrap().0, 201);
    let (status, refused) = post(server.address, &file[..file.len() - 300]).unwrap();
    assert_eq!(status, 422);
    let Server { mut child, log, .. } = server;
    let terminated = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(terminated.success() && child.wait().unwrap().success());

    let log = log.join().unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 2);
    let refused: serde_json::Value = serde_json::from_str(&refused).unwrap();
    for (name, value) in [("code", &refused["code"]), ("reference", &refused["reference"])] {
        assert_eq!(&requests[1][name], value, "a reference that a person was told finds its line");
    }
    assert_eq!(requests[1]["request_id"], refused["request_id"]);
    for secret in [key.as_str(), &key.as_str()[..9], "WS-17", "BEGIN LICENSE", "sha256"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    assert_eq!(lines.last().unwrap()["message"], "stopped");
}
