//! A PostgreSQL server with a standby, on this machine and in directories of its own, that can be stopped, killed, filled
//! up and taken over from.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::say;
use crate::server::free_port;
use crate::volume::Volume;

struct Node {
    volume: Volume,
    port: u16,
}

pub(crate) struct Cluster {
    programs: PathBuf,
    root: bool,
    nodes: [Node; 2],
    primary: usize,
    /// The other one follows, and nothing is acknowledged before it has it.
    pub(crate) has_standby: bool,
}

/// Where the server's programs are: Debian keeps them apart by version; elsewhere they are on the path.
fn programs() -> Option<PathBuf> {
    let debian =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .find(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists())
}

impl Cluster {
    /// None where PostgreSQL is not installed, which is said.
    pub(crate) fn start() -> Option<Cluster> {
        let Some(programs) = programs() else {
            say("SKIPPED: PostgreSQL's programs are not here: `cargo xtask tools`");
            return None;
        };
        let id = Command::new("id").arg("-u").output().unwrap();
        let root = id.stdout.starts_with(b"0\n");
        let node = || Node { volume: Volume::new(), port: free_port() };
        let mut cluster = Cluster { programs, root, nodes: [node(), node()], primary: 0, has_standby: false };
        for node in &cluster.nodes {
            let path = node.volume.path();
            // The directory above is its maker's alone.
            run(Command::new("chmod").arg("755").arg(path.parent().unwrap()));
            if root {
                run(Command::new("chown").arg("postgres").arg(path));
            }
        }
        let data = cluster.data(0);
        run(cluster.program("initdb").arg("-D").arg(data).args([
            "-A",
            "trust",
            "-U",
            "app",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]));
        cluster.up(0);
        cluster.follow();
        Some(cluster)
    }

    /// Both hosts: the one that takes writes is used.
    pub(crate) fn address(&self) -> String {
        let hosts = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect::<Vec<_>>();
        format!("postgres://app@{}/postgres", hosts.join(","))
    }

    pub(crate) fn volume(&self) -> &Volume {
        &self.nodes[self.primary].volume
    }

    fn data(&self, node: usize) -> PathBuf {
        self.nodes[node].volume.path().join("data")
    }

    /// A program of the server, as somebody who may run it.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if self.root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    /// Starts a server, if it does not run.
    fn up(&self, node: usize) {
        let Node { volume, port } = &self.nodes[node];
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off \
             -c max_connections=100 -c max_wal_size=256MB -c wal_sender_timeout=5s -c wal_retrieve_retry_interval=200ms",
            volume.path().display()
        );
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let log = volume.path().join("log");
            let mut start = self.program("pg_ctl");
            start
                .arg("-D")
                .arg(self.data(node))
                .args(["-w", "-t", "30", "-o", &options, "-l"])
                .arg(&log)
                .arg("start");
            if is_done(&mut start) || self.asks(node, "SELECT 1").is_some() {
                return;
            }
            let said = fs::read_to_string(&log).unwrap_or_default();
            assert!(Instant::now() < until, "PostgreSQL does not start:\n{said}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    /// Stops the primary: `fast` or `immediate`.
    pub(crate) fn stop(&self, mode: &str) {
        is_done(
            self.program("pg_ctl").arg("-D").arg(self.data(self.primary)).args(["-w", "-m", mode, "stop"]),
        );
    }

    pub(crate) fn start_again(&self) {
        self.up(self.primary);
    }

    fn asks(&self, node: usize, sql: &str) -> Option<String> {
        let port = self.nodes[node].port.to_string();
        let mut psql = self.program("psql");
        psql.args(["-h", "127.0.0.1", "-p", &port, "-U", "app", "-d", "postgres", "-qAtc", sql]);
        let output = psql.output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn waits_for(&self, node: usize, sql: &str, expected: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.asks(node, sql).as_deref() != Some(expected) {
            assert!(Instant::now() < until, "{sql} is not {expected}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Makes the other one a standby that has everything before it is acknowledged.
    pub(crate) fn follow(&mut self) {
        let (primary, other) = (self.primary, 1 - self.primary);
        is_done(self.program("pg_ctl").arg("-D").arg(self.data(other)).args([
            "-w",
            "-m",
            "immediate",
            "stop",
        ]));
        run(Command::new("rm").arg("-rf").arg(self.data(other)));
        let from = self.nodes[primary].port.to_string();
        run(self
            .program("pg_basebackup")
            .args(["-h", "127.0.0.1", "-p", &from, "-U", "app", "-X", "stream", "-c", "fast", "-R", "-D"])
            .arg(self.data(other)));
        self.up(other);
        self.waits_for(primary, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "1");
        self.set_standby(primary, "*");
        self.waits_for(primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1");
        self.has_standby = true;
    }

    fn set_standby(&self, node: usize, name: &str) {
        let set = format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'");
        assert!(self.asks(node, &set).is_some());
        assert!(self.asks(node, "SELECT pg_reload_conf()").is_some());
    }

    /// SIGKILL to the primary, and the standby takes over: alone, until it is followed.
    pub(crate) fn fail_over(&mut self) {
        let file = fs::read_to_string(self.data(self.primary).join("postmaster.pid")).unwrap();
        run(Command::new("kill").args(["-9", file.lines().next().unwrap()]));
        thread::sleep(Duration::from_millis(300));
        self.primary = 1 - self.primary;
        self.has_standby = false;
        run(self.program("pg_ctl").arg("-D").arg(self.data(self.primary)).args(["-w", "promote"]));
        self.set_standby(self.primary, "");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in 0..self.nodes.len() {
            is_done(self.program("pg_ctl").arg("-D").arg(self.data(node)).args([
                "-w",
                "-m",
                "immediate",
                "stop",
            ]));
        }
    }
}

fn is_done(command: &mut Command) -> bool {
    // A server that stays behind holds on to what it is given.
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn run(command: &mut Command) {
    assert!(is_done(command), "{command:?}");
}
