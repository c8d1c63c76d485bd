//! Two server processes on one store, many applications at once: the last place goes to one of them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod process;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use crate::process::{Server, handcarry};

const ASKERS: usize = 24;
const PLACES: usize = 5;

impl Server {
    fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!(
            "{method} /api/v1/vendor/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

#[test]
fn lmx_15_the_last_place_is_given_once_by_two_servers_to_many_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path();
    handcarry(data, &["tenant", "create", "--slug", "acme", "--name", "Acme Software"]);
    handcarry(data, &["product", "create", "--id", "cad", "--name", "CAD Pro"]);
    let places = PLACES.to_string();
    handcarry(data, &["license", "create", "--product", "cad", "--feature", "f1", "--concurrent", &places]);
    let token = handcarry(data, &["token", "create", "--name", "apps", "--scope", "sessions"]);
    let token = token.split_whitespace().find(|word| word.starts_with("hc_")).unwrap().to_owned();
    let servers = [Server::start(data), Server::start(data)];

    let start = Barrier::new(ASKERS);
    let given: Vec<(u16, String)> = thread::scope(|scope| {
        let ask = |n: usize| {
            let (server, token, start) = (&servers[n % 2], &token, &start);
            scope.spawn(move || {
                let body = format!(r#"{{"product":"cad","feature":"f1","user":"u{n}","host":"h{n}"}}"#);
                start.wait();
                loop {
                    // Busy is no answer to whether there is a place.
                    let (status, body) = server.ask(token, "POST", "sessions", &body);
                    if status != 503 {
                        return (status, body);
                    }
                }
            })
        };
        let askers: Vec<_> = (0..ASKERS).map(ask).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    let open: Vec<&str> =
        given.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body.as_str()).collect();
    assert_eq!(open.len(), PLACES, "{given:?}");
    for (status, body) in given.iter().filter(|(status, _)| *status != 201) {
        assert_eq!(*status, 409);
        assert!(body.contains("session.no_place"), "{body}");
    }
    // Both see the same, and a place that one frees can be had at the other.
    let (_, listed) = servers[1].ask(&token, "GET", "sessions", "");
    assert_eq!(listed.matches("\"expires_at\"").count(), PLACES);
    let first: serde_json::Value = serde_json::from_str(open[0]).unwrap();
    let path = format!("sessions/{}", first["id"].as_str().unwrap());
    assert_eq!(servers[0].ask(&token, "DELETE", &path, "").0, 204);
    let body = r#"{"product":"cad","feature":"f1","user":"x","host":"x"}"#;
    assert_eq!(servers[1].ask(&token, "POST", "sessions", body).0, 201);
    assert_eq!(servers[0].ask(&token, "POST", "sessions", body).0, 409);
}
