//! A small HTTP client that chooses the address it comes from.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};

/// What is sent, and where to.
#[derive(Clone)]
pub(crate) struct Target {
    server: SocketAddr,
    head: String,
    body: &'static str,
}

impl Target {
    /// A file that is none, to a tenant: it is taken, looked at, and refused as a file.
    pub(crate) fn upload(server: SocketAddr, slug: &str) -> Target {
        let body = "no file";
        let head = format!(
            "POST /t/{slug}/api/v1/documents HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n",
            body.len()
        );
        Target { server, head, body }
    }

    pub(crate) fn get(server: SocketAddr, path: &str, token: Option<&str>) -> Target {
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        Target { server, head: format!("GET {path} HTTP/1.1\r\nHost: x\r\n{token}"), body: "" }
    }

    /// The same, said to come from somebody else.
    pub(crate) fn forwarded(mut self, said: &str) -> Target {
        self.head.push_str(&format!("X-Forwarded-For: {said}\r\n"));
        self
    }
}

/// One connection.
pub(crate) struct Client {
    target: Target,
    stream: BufReader<TcpStream>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: String,
}

impl Client {
    pub(crate) async fn connect(target: Target, from: Ipv4Addr) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from((from, 0))).unwrap();
        let stream = socket.connect(target.server).await.unwrap();
        Client { target, stream: BufReader::new(stream) }
    }

    pub(crate) async fn send(&mut self) -> Answer {
        let request = [self.target.head.as_str(), "\r\n", self.target.body].concat();
        self.stream.get_mut().write_all(request.as_bytes()).await.unwrap();
        let mut answer = Answer { status: 0, retry_after: None, body: String::new() };
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.stream.read_line(&mut line).await.unwrap(), 0, "the server answers");
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                answer.status = rest[..3].parse().unwrap();
            } else if let Some(("content-length", value)) = line.split_once(": ") {
                length = value.parse().unwrap();
            } else if let Some(("retry-after", value)) = line.split_once(": ") {
                answer.retry_after = Some(value.parse().unwrap());
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }
}

/// What became of many requests.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) taken: u32,
    pub(crate) refused: u32,
    pub(crate) other: u32,
    pub(crate) seconds: f64,
}

impl Counted {
    pub(crate) fn add(&mut self, answer: &Answer) {
        match answer.status {
            // A file that is none is refused when its turn has come.
            200 | 422 => self.taken += 1,
            429 => self.refused += 1,
            _ => self.other += 1,
        }
    }

    pub(crate) fn merge(&mut self, more: &Counted) {
        self.taken += more.taken;
        self.refused += more.refused;
        self.other += more.other;
    }
}
