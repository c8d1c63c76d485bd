//! A connection that is cut over a commit: before the server has heard of it, or after it has done it and
//! before anybody here has. Both look the same from here.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use handcarry_store::{LogCheck, Options, Store, verify_log};

use crate::world::*;

/// Stands between the store and the server, and cuts the fourth commit of every connection.
struct Line {
    port: u16,
    before: Arc<AtomicU32>,
    after: Arc<AtomicU32>,
}

impl Line {
    fn to(server: String) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (before, after) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let (cut_before, cut_after) = (Arc::clone(&before), Arc::clone(&after));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(&server).unwrap();
                let (from_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (before, after) = (Arc::clone(&cut_before), Arc::clone(&cut_after));
                std::thread::spawn(move || forward(from_server, to_client));
                std::thread::spawn(move || listen(client, server, &before, &after));
            }
        });
        Line { port, before, after }
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes on what the client says, and cuts the line at the fourth commit.
fn listen(mut client: TcpStream, mut server: TcpStream, before: &AtomicU32, after: &AtomicU32) {
    let (mut bytes, mut commits) = (vec![0; 1 << 16], 0);
    while let Ok(length @ 1..) = client.read(&mut bytes) {
        let said = &bytes[..length];
        if said.windows(6).any(|word| word == b"COMMIT") && said.windows(6).any(|word| word == b"writer") {
            commits += 1;
        }
        if commits == 4 {
            let done = before.load(Ordering::Relaxed) > after.load(Ordering::Relaxed);
            if done {
                // The client hangs up first, so that it cannot hear the answer.
                let _ = client.shutdown(Shutdown::Both);
                let _ = server.write_all(said);
                std::thread::sleep(std::time::Duration::from_millis(20));
                after.fetch_add(1, Ordering::Relaxed);
            } else {
                before.fetch_add(1, Ordering::Relaxed);
            }
            break;
        }
        if server.write_all(said).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

#[test]
fn d_12_a_commit_that_was_not_heard_of_is_neither_lost_nor_done_twice() {
    let Some(world) = World::server() else { return };
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let uri = world.schema.as_ref().unwrap().uri();
    let (start, rest) = uri.split_once('@').unwrap();
    let (server, path) = rest.split_once('/').unwrap();
    let line = Line::to(server.to_owned());
    let store = Store::open(&format!("{start}@127.0.0.1:{}/{path}", line.port), Options::default()).unwrap();
    const UNITS: i64 = 80;
    for number in 0..UNITS {
        let name = format!("n{number}");
        let done = store.write_blocking(move |tx| {
            tx.append_log(ACME, &entry(&name))?;
            tx.file(ACME, &document(&name, None))?;
            tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())
        });
        assert_eq!(done, Ok(()), "{number}");
    }
    store.close_blocking();
    let cuts = (line.before.load(Ordering::Relaxed), line.after.load(Ordering::Relaxed));
    assert!(cuts.0 >= 10 && cuts.1 >= 10, "{cuts:?}");
    let whole = world.sees(|tx| verify_log(tx, ACME));
    assert!(matches!(whole, LogCheck::Whole { head: Some(head) } if head.seq == UNITS), "{whole:?} {cuts:?}");
    assert_eq!(world.sees(|tx| tx.totals(ACME, &id("l"))), [(id("render"), UNITS)].into());
}
