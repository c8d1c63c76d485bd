//! The real program, as processes of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Runs a command that must succeed; what it said.
pub(crate) fn handcarry(data: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
    let output = command.arg("--data").arg(data).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A server on a data directory, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    #[allow(dead_code, reason = "not every test that starts a server wants it without limits")]
    pub(crate) fn start(data: &Path) -> Server {
        Server::start_with(data, &["--rate", "0"])
    }

    /// With more arguments.
    pub(crate) fn start_with(data: &Path, arguments: &[&str]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_handcarry"));
        let command = command.arg("--data").arg(data).args(["serve", "--listen", "127.0.0.1:0"]);
        let command = command.args(arguments);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            if line["message"] == "serving" {
                break line["address"].as_str().unwrap().parse().unwrap();
            }
        };
        // Nobody may make the server wait for its log to be read.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Server { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
