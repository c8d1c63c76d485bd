//! A small mail server: speaks SMTP (RFC 5321), keeps what arrives.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A message that was accepted.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// `AUTH PLAIN`'s argument, if there was one.
    pub(crate) login: Option<String>,
    /// As sent, with the dots of transparency taken away.
    pub(crate) data: String,
}

/// What the server answers after `DATA` has come; 250 accepts.
pub(crate) type Verdict = fn(attempt: usize) -> &'static str;

pub(crate) struct MailServer {
    pub(crate) port: u16,
    arrived: Receiver<Arrived>,
}

impl MailServer {
    pub(crate) fn start(verdict: Verdict) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, arrived) = channel();
        thread::spawn(move || {
            for (attempt, stream) in listener.incoming().enumerate() {
                // A client that breaks off is not this server's affair.
                let _ = serve(&stream.unwrap(), verdict(attempt), &sender);
            }
        });
        MailServer { port, arrived }
    }

    /// Everything that was accepted so far.
    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.try_iter().collect()
    }
}

fn serve(stream: &TcpStream, verdict: &str, accepted: &Sender<Arrived>) -> std::io::Result<()> {
    let (mut lines, mut out) = (BufReader::new(stream), stream);
    let mut say = |line: &str| out.write_all([line, "\r\n"].concat().as_bytes());
    let mut read = || {
        let mut line = String::new();
        lines.read_line(&mut line).map(|_| line)
    };
    let mut mail = Arrived { from: String::new(), to: Vec::new(), login: None, data: String::new() };
    say("220 mail.test")?;
    loop {
        let line = read()?;
        let (verb, rest) = line.trim_end().split_at(line.trim_end().len().min(4));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => say("250-mail.test\r\n250 AUTH PLAIN")?,
            "AUTH" => {
                mail.login = Some(rest.trim().to_owned());
                say("235 welcome")?;
            }
            "MAIL" => {
                mail.from = between(rest);
                say("250 go on")?;
            }
            "RCPT" => {
                mail.to.push(between(rest));
                say("250 go on")?;
            }
            "DATA" => {
                say("354 end with a dot")?;
                loop {
                    let line = read()?;
                    assert!(line.ends_with("\r\n"), "a bare line end: {line:?}");
                    match line.as_str() {
                        ".\r\n" => break,
                        line => mail.data.push_str(line.strip_prefix('.').unwrap_or(line)),
                    }
                }
                if verdict.starts_with("250") {
                    let empty =
                        Arrived { from: String::new(), to: Vec::new(), login: None, data: String::new() };
                    accepted.send(std::mem::replace(&mut mail, empty)).unwrap();
                }
                say(verdict)?;
            }
            "QUIT" => return say("221 bye"),
            _ => return say("500 what?"),
        }
    }
}

fn between(text: &str) -> String {
    let (_, rest) = text.split_once('<').unwrap();
    rest.split_once('>').unwrap().0.to_owned()
}
