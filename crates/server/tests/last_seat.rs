//! Two server processes on one store, many devices at once: each seat goes to one of them, and the others are told.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "portal/device.rs"]
#[expect(dead_code, reason = "this test only makes requests")]
mod device;
mod process;

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use handcarry_format::{Instant, LicenseKey, PublicKey, Trust, Vendor};

use crate::device::{Device, id};
use crate::process::{Server, handcarry};

const DEVICES: usize = 24;
const SEATS: usize = 3;

impl Server {
    /// Sends a file until there is an answer that says yes or no.
    fn post(&self, file: &str) -> (u16, String) {
        loop {
            let mut stream = TcpStream::connect(self.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let head = format!(
                "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                file.len()
            );
            stream.write_all([head.as_bytes(), file.as_bytes()].concat().as_slice()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let status = head.split(' ').nth(1).unwrap().parse().unwrap();
            if status != 503 {
                return (status, body.to_owned());
            }
        }
    }
}

#[test]
fn lsp_24_d_40_the_last_seats_are_given_once_by_two_servers_to_many_devices_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    handcarry(data, &["tenant", "create", "--slug", "acme", "--name", "Acme Software"]);
    handcarry(data, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    let seats = SEATS.to_string();
    let key = handcarry(data, &["license", "create", "--product", "cad", "--seats", &seats]);
    let key = LicenseKey::parse(&key).unwrap();
    let vendor_file: serde_json::Value = serde_json::from_str(&handcarry(data, &["vendor-file"])).unwrap();
    let root = PublicKey::parse(vendor_file["root_key"].as_str().unwrap()).unwrap();
    let vendor = Vendor { id: id("acme"), name: "Acme Software".into() };
    let at = Instant::parse("2026-11-21T14:00:00Z").unwrap();
    let files: Vec<String> = (0..DEVICES)
        .map(|n| {
            let trust = Trust::new(vendor.id.clone(), root);
            Device::new(&format!("WS-{n}"), vendor.clone(), trust).request(&key, at)
        })
        .collect();
    let servers = [Server::start(data), Server::start(data)];

    // Each file goes to both servers at the same moment.
    let start = Barrier::new(2 * DEVICES);
    let answers: Vec<(usize, u16, String)> = thread::scope(|scope| {
        let send = |n: usize| {
            let (server, file, start) = (&servers[n % 2], &files[n / 2], &start);
            scope.spawn(move || {
                start.wait();
                let (status, body) = server.post(file);
                (n / 2, status, body)
            })
        };
        let senders: Vec<_> = (0..2 * DEVICES).map(send).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });

    let mut licensed: HashMap<usize, Vec<&str>> = HashMap::new();
    for (device, status, body) in &answers {
        match status {
            200 | 201 => licensed.entry(*device).or_default().push(body),
            409 => assert!(body.contains("seat.none"), "{body}"),
            _ => panic!("{status}: {body}"),
        }
    }
    assert_eq!(licensed.len(), SEATS, "{answers:?}");
    let made = answers.iter().filter(|(_, status, _)| *status == 201).count();
    assert_eq!(made, SEATS, "each seat was taken once, whichever server was asked");
    for bodies in licensed.values() {
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same file, the same answer");
    }
    let shown: serde_json::Value =
        serde_json::from_str(&handcarry(data, &["license", "show", key.as_str()])).unwrap();
    let taken = shown["devices"].as_array().unwrap().iter().filter(|device| device["taken"] == true);
    assert_eq!(taken.count(), SEATS);
}
