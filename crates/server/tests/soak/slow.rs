//! Clients that are slow, silent or gone in the middle: each is told or hung up on, and nobody else waits for them.

use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::{head, read};

/// Of each kind at a time.
const EACH: usize = 16;

/// The server's patience is three seconds; an answer later than this is none.
const LONGEST: Duration = Duration::from_secs(12);

/// All of them at once. What was answered otherwise than it should be.
pub(crate) fn clients(address: SocketAddr) -> Vec<String> {
    let kinds: [fn(SocketAddr) -> Result<(), String>; 4] = [a_byte_a_second, silent, half_a_head, gone];
    thread::scope(|scope| {
        let clients: Vec<_> = kinds
            .into_iter()
            .flat_map(|kind| (0..EACH).map(move |_| kind))
            .map(|kind| scope.spawn(move || kind(address)))
            .collect();
        clients.into_iter().filter_map(|client| client.join().unwrap().err()).collect()
    })
}

fn open(address: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    stream.set_read_timeout(Some(LONGEST)).unwrap();
    Ok(stream)
}

/// It has to be told why, in time.
fn is_told(mut stream: TcpStream, began: Instant) -> Result<(), String> {
    let got = read(&mut stream);
    if began.elapsed() > LONGEST {
        return Err(format!("no end after {:?}", began.elapsed()));
    }
    match got {
        Some(got) if got.status == 408 && got.body.contains("\"request.timeout\"") => Ok(()),
        Some(got) => Err(format!("{} {}", got.status, got.body)),
        None => Err("hung up on without a word".to_owned()),
    }
}

fn a_byte_a_second(address: SocketAddr) -> Result<(), String> {
    let (mut stream, began) = (open(address)?, Instant::now());
    stream.write_all(head(4_000).as_bytes()).map_err(|error| error.to_string())?;
    for _ in 0..5 {
        thread::sleep(Duration::from_secs(1));
        // The answer comes in between.
        if stream.write_all(b"-").is_err() {
            break;
        }
    }
    is_told(stream, began)
}

fn silent(address: SocketAddr) -> Result<(), String> {
    let (mut stream, began) = (open(address)?, Instant::now());
    let text = head(4_000) + "-----BEGIN LICENSE FILE-----\n";
    stream.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    is_told(stream, began)
}

/// Who has not even asked is hung up on.
fn half_a_head(address: SocketAddr) -> Result<(), String> {
    let (mut stream, began) = (open(address)?, Instant::now());
    stream.write_all(b"POST /api/v1/documents HTTP/1.1\r\nHost: ").map_err(|error| error.to_string())?;
    let _ = read(&mut stream);
    if began.elapsed() > LONGEST { Err(format!("no end after {:?}", began.elapsed())) } else { Ok(()) }
}

fn gone(address: SocketAddr) -> Result<(), String> {
    let mut stream = open(address)?;
    let text = head(4_000) + "-----BEGIN LICENSE FILE-----\n";
    stream.write_all(text.as_bytes()).map_err(|error| error.to_string())
}
