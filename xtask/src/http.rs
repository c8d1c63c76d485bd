//! As much HTTP as the demo needs: one request to this machine, one answer, the connection closed.

use anyhow::{Context as _, Result, bail};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Asks for a path.
pub(crate) fn get(address: &str, path: &str) -> Result<Answer> {
    request(address, "GET", path, &[])
}

/// Sends bytes to a path.
pub(crate) fn post(address: &str, path: &str, body: &[u8]) -> Result<Answer> {
    request(address, "POST", path, body)
}

fn request(address: &str, method: &str, path: &str, body: &[u8]) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let port = address.rsplit(':').next().unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    parse(&String::from_utf8(answer).context("the answer is not text")?)
}

fn parse(answer: &str) -> Result<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no status")?;
    let chunked = head.lines().any(|line| line.eq_ignore_ascii_case("transfer-encoding: chunked"));
    if chunked {
        bail!("the answer comes in chunks, which this client does not read");
    }
    Ok(Answer { status, body: body.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_and_its_body() {
        let answer = parse("HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\n{}\r\n").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (201, "{}\r\n"));
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        assert!(parse("hello").is_err());
        assert!(parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n").is_err());
    }
}
