//! Requests over a number of connections that are kept open, each sending its next when it has its answer.
//!
//! It shares the processors with the server that it measures, so it does as little as can be: one thread, requests
//! that lie ready in memory, an answer's length from its head, and no allocation for one.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::{LocalSet, spawn_local};

use crate::documents::Requests;

/// How the load is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// How long; shorter if the requests end before.
    pub(crate) time: Duration,
    /// Answers of this long at the beginning are no part of the figures.
    pub(crate) warm_up: Duration,
    /// Of so many answers one is kept, to be verified.
    pub(crate) keep: usize,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Which requests were answered with 201, in the order of the answers.
    pub(crate) acknowledged: Vec<u32>,
    /// Microseconds of the answers that count, sorted.
    pub(crate) latencies: Vec<u32>,
    /// How long those took together.
    pub(crate) counted: Duration,
    /// Some answers, with the numbers of their requests.
    pub(crate) kept: Vec<(u32, Vec<u8>)>,
}

impl Outcome {
    /// Answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.counted.as_secs_f64().max(1e-9)
    }

    /// Milliseconds that this share of the answers did not exceed.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1) as f64;
        self.latencies.get((last * share).round() as usize).map_or(0.0, |micros| f64::from(*micros) / 1e3)
    }
}

struct Shared {
    requests: Arc<Requests>,
    next: Cell<usize>,
    /// The number after the last request.
    end: usize,
    load: Load,
    began: Instant,
    last: Cell<Instant>,
    outcome: RefCell<Outcome>,
}

/// Sends requests from the one with the number `first` on.
pub(crate) fn run(
    address: SocketAddr,
    requests: &Arc<Requests>,
    first: usize,
    load: Load,
) -> Result<Outcome> {
    run_some(address, requests, first..requests.len(), load)
}

/// Sends these requests.
pub(crate) fn run_some(
    address: SocketAddr,
    requests: &Arc<Requests>,
    numbers: Range<usize>,
    load: Load,
) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(LocalSet::new().run_until(drive(address, Arc::clone(requests), numbers, load)))
}

async fn drive(
    address: SocketAddr,
    requests: Arc<Requests>,
    numbers: Range<usize>,
    load: Load,
) -> Result<Outcome> {
    let mut streams = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        let stream = TcpStream::connect(address).await.context("connecting to the server")?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let began = Instant::now();
    let outcome = Outcome {
        acknowledged: Vec::with_capacity(numbers.len()),
        latencies: Vec::with_capacity(numbers.len()),
        ..Outcome::default()
    };
    let shared = Rc::new(Shared {
        requests,
        next: Cell::new(numbers.start),
        end: numbers.end,
        load,
        began,
        last: Cell::new(began),
        outcome: RefCell::new(outcome),
    });
    let connections: Vec<_> =
        streams.into_iter().map(|stream| spawn_local(connection(Rc::clone(&shared), stream))).collect();
    for connection in connections {
        connection.await??;
    }
    let mut outcome = shared.outcome.take();
    outcome.latencies.sort_unstable();
    outcome.counted = shared.last.get().saturating_duration_since(began + load.warm_up);
    Ok(outcome)
}

async fn connection(shared: Rc<Shared>, mut stream: TcpStream) -> Result<()> {
    let mut buffer = vec![0; 64 << 10];
    while shared.began.elapsed() < shared.load.time {
        let number = shared.next.get();
        if number >= shared.end {
            break;
        }
        shared.next.set(number + 1);
        let sent = Instant::now();
        stream.write_all(shared.requests.wire(number)).await?;
        let answer = receive(&mut stream, &mut buffer).await?;
        if answer.status != CREATED {
            bail!("request {number} was answered with {}", String::from_utf8_lossy(&buffer[..answer.end]));
        }
        let now = Instant::now();
        let number = u32::try_from(number)?;
        let mut outcome = shared.outcome.borrow_mut();
        if outcome.acknowledged.len().is_multiple_of(shared.load.keep) {
            outcome.kept.push((number, buffer[answer.body..answer.end].to_vec()));
        }
        outcome.acknowledged.push(number);
        if now.saturating_duration_since(shared.began) >= shared.load.warm_up {
            outcome.latencies.push(u32::try_from((now - sent).as_micros()).unwrap_or(u32::MAX));
            shared.last.set(now);
        }
    }
    Ok(())
}

/// As an answer says it.
const CREATED: [u8; 3] = *b"201";

/// Where an answer is in the buffer.
struct Answer {
    status: [u8; 3],
    body: usize,
    end: usize,
}

async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Answer> {
    let (mut filled, mut whole) = (0, None);
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            bail!("the server closed a connection: {}", String::from_utf8_lossy(&buffer[..filled]));
        }
        filled += read;
        if whole.is_none() {
            whole = answer(&buffer[..filled])?;
        }
        match whole {
            Some(answer) if answer.end == filled => return Ok(answer),
            Some(answer) if answer.end < filled => bail!("more than an answer"),
            Some(_) | None => {}
        }
    }
}

/// The answer that begins here, as soon as its head is there.
fn answer(bytes: &[u8]) -> Result<Option<Answer>> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let Some(head) = find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let body = head + 4;
    let status = bytes.get(9..12).and_then(|status| status.try_into().ok()).context("no status")?;
    let length = find(&bytes[..head], LENGTH).context("an answer without its length")?;
    let digits = bytes[length + LENGTH.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    Ok(Some(Answer { status, body, end: body + length }))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_is_there() {
        let bytes =
            b"HTTP/1.1 201 Created\r\ncontent-type: x\r\ncontent-length: 12\r\ndate: now\r\n\r\nhello";
        let answer = answer(bytes).unwrap().unwrap();
        assert_eq!((answer.status, &bytes[answer.body..]), (CREATED, &b"hello"[..]));
        assert_eq!(answer.end - answer.body, 12);
        assert!(super::answer(&bytes[..40]).unwrap().is_none());
        assert!(super::answer(b"HTTP/1.1 201 Created\r\n\r\n").is_err());
    }

    #[test]
    fn figures_are_those_of_the_sorted_answers() {
        let outcome = Outcome {
            latencies: (1..=101).map(|n| n * 1000).collect(),
            counted: Duration::from_secs(2),
            ..Outcome::default()
        };
        assert_eq!((outcome.percentile(0.5), outcome.percentile(0.99)), (51.0, 100.0));
        assert_eq!(outcome.rate(), 50.5);
    }
}
