//! Real processes on loopback: an authority, and portals at sites.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use handcarry_format::{LicenseKey, PublicKey, Trust, Vendor};

use crate::device::{Device, id};

/// Runs `handcarry` on a data directory; its standard output, or what it said when it failed.
pub(crate) fn run(data: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
    command.env("HANDCARRY_AUTHORITY_SECONDS", "2");
    let output = command.arg("--data").arg(data).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

/// The same, which must succeed; without the last line break.
#[track_caller]
pub(crate) fn handcarry(data: &Path, arguments: &[&str]) -> String {
    let done = run(data, arguments);
    done.unwrap_or_else(|error| panic!("{arguments:?}: {error}")).trim_end().to_owned()
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Server {
        Server::at(data, "127.0.0.1:0")
    }

    pub(crate) fn at(data: &Path, address: &str) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_handcarry"))
            .arg("--data")
            .arg(data)
            .args([
                "serve",
                "--listen",
                address,
                "--rate",
                "0",
                "--tick-ms",
                "50",
                "--authority-seconds",
                "1",
            ])
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
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Server { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Accepts connections, and never says a word.
pub(crate) struct Silence(TcpListener);

impl Silence {
    pub(crate) fn at(address: SocketAddr) -> Silence {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match TcpListener::bind(address) {
                Ok(listener) => return Silence(listener),
                Err(error) => assert!(Instant::now() < until, "{error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether anybody has come.
    pub(crate) fn was_asked(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        self.0.accept().is_ok()
    }
}

/// Status and body of an answer.
pub(crate) fn post(address: SocketAddr, file: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        file.len()
    );
    stream.write_all([head.as_bytes(), file.as_bytes()].concat().as_slice()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

pub(crate) fn outcome(address: SocketAddr, file: &str) -> handcarry_api::Outcome {
    let (status, body) = post(address, file);
    assert!(status == 200 || status == 201, "{status}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The code of a refusal.
pub(crate) fn refused(address: SocketAddr, file: &str) -> String {
    let (_, body) = post(address, file);
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    problem["code"].as_str().unwrap_or_default().to_owned()
}

/// An authority with keys whose root is kept apart, and portals at two sites.
pub(crate) struct World {
    directory: tempfile::TempDir,
    pub(crate) authority: PathBuf,
    pub(crate) server: Option<Server>,
    address: SocketAddr,
    pub(crate) root: PublicKey,
}

impl World {
    pub(crate) fn new() -> World {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let text = |name: &str| path(name).to_str().unwrap().to_owned();
        let authority = path("authority");
        let root = handcarry(&authority, &["key", "init-root", "--out", &text("root.key")]);
        let vendor = ["--slug", "acme", "--name", "Acme Software", "--root", &root];
        handcarry(&authority, &[&["tenant", "create"], &vendor[..]].concat());
        // A place for the authority that is known before it serves.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let url = format!("http://{address}/");
        let mut keys = vec![handcarry(&authority, &["key", "create-issuing"])];
        for site in ["Plant 1", "Plant 2"] {
            let data = path(site);
            let upstream = ["--authority", &url, "--site", site];
            handcarry(&data, &[&["tenant", "create"], &vendor[..], &upstream].concat());
            keys.push(handcarry(&data, &["key", "create-issuing"]));
        }
        let (root_file, ring) = (text("root.key"), text("keyring.txt"));
        let mut sign = vec!["key", "sign-keyring", "--root", &root_file, "--out", &ring];
        sign.extend(["--vendor-id", "acme", "--vendor-name", "Acme Software"]);
        for key in &keys {
            sign.extend(["--issuing", key]);
        }
        handcarry(&authority, &sign);
        for data in [authority.clone(), path("Plant 1"), path("Plant 2")] {
            handcarry(&data, &["key", "install", &ring]);
        }
        handcarry(&authority, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
        let server = Some(Server::at(&authority, &address.to_string()));
        let root = PublicKey::parse(&root).unwrap();
        World { directory, authority, server, address, root }
    }

    /// A site's data directory.
    pub(crate) fn site(&self, number: u8) -> PathBuf {
        self.directory.path().join(format!("Plant {number}"))
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// Sells a license at the authority.
    pub(crate) fn sell(&self, terms: &[&str]) -> LicenseKey {
        let sold = [&["license", "create", "--product", "cad", "--seats", "5"], terms].concat();
        LicenseKey::parse(&handcarry(&self.authority, &sold)).unwrap()
    }

    /// A bare file with these licenses, for every site.
    pub(crate) fn file(&self, name: &str, keys: &[&LicenseKey]) -> String {
        let path = self.path(name);
        let mut export = vec!["pool", "export", "--out", &path];
        export.extend(keys.iter().map(|key| key.as_str()));
        handcarry(&self.authority, &export);
        path
    }

    pub(crate) fn stop_authority(&mut self) -> SocketAddr {
        self.server = None;
        self.address
    }

    pub(crate) fn start_authority(&mut self) {
        self.server = Some(Server::at(&self.authority, &self.address.to_string()));
    }

    pub(crate) fn authority_address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn device(&self, name: &str) -> Device {
        let vendor = Vendor { id: id("acme"), name: "Acme Software".into() };
        // Only the root key: what a shipped application knows.
        Device::new(name, vendor.clone(), Trust::new(vendor.id, self.root))
    }
}

/// Status and reason of a license in a pool.
pub(crate) fn status(data: &Path, key: &LicenseKey) -> (String, String) {
    let list = handcarry(data, &["pool", "list", "--json", "--key", key.as_str()]);
    let row: serde_json::Value = serde_json::from_str(&list).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&row["status"]), text(&row["reason"]["code"]))
}

/// Waits until a license has this status: it follows by itself.
#[track_caller]
pub(crate) fn becomes(data: &Path, key: &LicenseKey, expected: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let (now, _) = status(data, key);
        if now == expected {
            return;
        }
        assert!(Instant::now() < until, "it is {now}, not {expected}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How often an event is in a tenant's log.
pub(crate) fn logged(data: &Path, event: &str) -> usize {
    let log = handcarry(data, &["log", "list", "--limit", "100000"]);
    log.lines()
        .filter(|line| line.contains(&format!("\"{event}\"")) || line.contains(&format!("\t{event}\t")))
        .count()
}
