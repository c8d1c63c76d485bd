//! How long a program takes until it answers, and what memory it has.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// A listener that answers everything with 200: what a process with a runtime and a socket costs at least.
pub(crate) fn listen(address: SocketAddr) -> Result<()> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        loop {
            let (mut stream, _) = listener.accept().await?;
            let mut request = [0; 1024];
            let read = stream.read(&mut request).await?;
            if read > 0 {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await?;
            }
        }
    })
}

/// A port that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A process that is killed when it is dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn process(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts it; milliseconds until it answers a request for `path` with 200.
pub(crate) fn until_answered(
    mut command: Command,
    address: SocketAddr,
    path: &str,
) -> Result<(f64, Running)> {
    let began = Instant::now();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("it does not start")?;
    let running = Running(child);
    while !answers(address, path) {
        if began.elapsed() > Duration::from_secs(20) {
            bail!("it does not answer");
        }
        thread::sleep(Duration::from_micros(200));
    }
    Ok((began.elapsed().as_secs_f64() * 1e3, running))
}

fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok::<_, std::io::Error>(status.ends_with(b"200"))
    };
    ask().unwrap_or(false)
}

/// Milliseconds until a program has ended.
pub(crate) fn until_ended(mut command: Command) -> Result<f64> {
    let began = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !status.success() {
        bail!("it ended with {status}");
    }
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

/// MiB that a process has in memory, and the most that it had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) now: f64,
    pub(crate) most: f64,
}

impl Memory {
    pub(crate) fn of(process: u32) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).context("no such line")?;
            let kibibytes: f64 = line.split_whitespace().nth(1).context("no amount")?.parse()?;
            Ok::<_, anyhow::Error>(kibibytes / 1024.0)
        };
        Ok(Memory { now: of("VmRSS:")?, most: of("VmHWM:")? })
    }
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
