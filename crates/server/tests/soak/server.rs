//! The real program as processes, each with a place that it comes back to.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Environment variable by which the program's clock is a file.
const CLOCK: &str = "HANDCARRY_TEST_CLOCK_FILE";

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a command until it succeeds: the database may just be coming back. What it said.
pub(crate) fn handcarry(data: &Path, arguments: &[&str]) -> String {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
        command.env(CLOCK, data.join("clock"));
        let output = command.arg("--data").arg(data).args(arguments).output().unwrap();
        if output.status.success() {
            return String::from_utf8(output.stdout).unwrap().trim().to_owned();
        }
        let error = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(Instant::now() < until, "{arguments:?}: {error}");
        thread::sleep(Duration::from_millis(300));
    }
}

/// Runs a command, however it ends. All that it said.
pub(crate) fn said(data: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
    let output =
        command.env(CLOCK, data.join("clock")).arg("--data").arg(data).args(arguments).output().unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

pub(crate) struct Server {
    data: PathBuf,
    pub(crate) address: SocketAddr,
    /// How long a body may take, and what memory there is for them; none = as it comes.
    pub(crate) body_seconds: u32,
    pub(crate) body_memory: Option<usize>,
    child: Option<Child>,
}

impl Server {
    pub(crate) fn new(data: &Path) -> Server {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        Server { data: data.to_owned(), address, body_seconds: 3, body_memory: None, child: None }
    }

    /// Starts it, and waits until it is ready or the patience is over: its database may be away.
    pub(crate) fn start(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let log = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
            command.env(CLOCK, self.data.join("clock")).arg("--data").arg(&self.data);
            command.args([
                "serve",
                "--rate",
                "0",
                "--tick-ms",
                "50",
                "--head-seconds",
                "3",
                "--body-seconds",
                &self.body_seconds.to_string(),
            ]);
            if let Some(bytes) = self.body_memory {
                command.args(["--body-memory", &bytes.to_string()]);
            }
            command.args(["--log", "warn", "--listen", &self.address.to_string()]);
            let mut child = command.stderr(log).stdout(Stdio::null()).spawn().unwrap();
            while child.try_wait().unwrap().is_none() {
                if TcpStream::connect(self.address).is_ok() {
                    self.child = Some(child);
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
            let log = std::fs::read_to_string(self.log()).unwrap();
            assert!(Instant::now() < until, "the server does not start: {log}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    pub(crate) fn log(&self) -> PathBuf {
        std::env::temp_dir().join(format!(
            "handcarry-soak-{}-{}.log",
            std::process::id(),
            self.address.port()
        ))
    }

    /// SIGKILL: nothing of the process runs after it.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// MiB that it had in memory at most.
    pub(crate) fn memory(&self) -> u64 {
        let process = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        most.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1024
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_file(self.log());
    }
}

/// An answer that arrived whole.
pub(crate) struct Got {
    pub(crate) status: u16,
    /// Its head, of small letters.
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) fn head(length: usize) -> String {
    format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// Sends a file; none = no answer, or half of one.
pub(crate) fn post(address: SocketAddr, file: &str) -> Option<Got> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(90))).ok()?;
    stream.write_all([head(file.len()).as_bytes(), file.as_bytes()].concat().as_slice()).ok()?;
    read(&mut stream)
}

pub(crate) fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut answer = Vec::new();
    // A reset after the whole of it is none of its concern.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse().ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| Got { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}
