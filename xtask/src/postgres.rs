//! A PostgreSQL server for the tests, in a directory of its own, which goes with it.

use crate::{
    paths,
    process::Run,
    step::{say, seconds},
};
use anyhow::{Context as _, Result, bail};
use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};

/// The variable that names the tests' database.
pub(crate) const VARIABLE: &str = "HANDCARRY_TEST_POSTGRES";

/// Where the server's programs are: Debian keeps them apart by version; elsewhere they are on the path.
pub(crate) fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = debian
        .filter_map(|version| Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin"))))
        .collect();
    found.sort();
    let on_path = env::var_os("PATH").unwrap_or_default();
    let mut all = found.into_iter().rev().map(|(_, bin)| bin).chain(env::split_paths(&on_path));
    all.find(|bin| bin.join("initdb").exists() && bin.join("pg_ctl").exists())
}

/// A server that runs; dropping it stops it and removes what it wrote.
pub(crate) struct Cluster {
    directory: PathBuf,
    programs: PathBuf,
    port: u16,
    root: bool,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it, on a free port of this machine only.
    pub(crate) fn start() -> Result<Cluster> {
        // What a crash of the machine would lose is of no use to anybody here.
        Cluster::with(&["fsync=off"])
    }

    /// The same, with the settings that it comes with: what it says is committed is on the disk.
    pub(crate) fn durable() -> Result<Cluster> {
        Cluster::with(&[])
    }

    fn with(settings: &[&str]) -> Result<Cluster> {
        let began = Instant::now();
        let programs = programs().context("PostgreSQL's programs are missing: `cargo xtask tools`")?;
        let directory = env::temp_dir().join(format!("handcarry-postgres-{}", std::process::id()));
        let root = Run::new("id").arg("-u").capture()?.trim() == "0";
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        fs::create_dir(&directory).with_context(|| format!("making {}", directory.display()))?;
        let mut cluster = Cluster { directory, programs, port, root, server: None };
        if root {
            // The server refuses to run as root.
            Run::new("chown").arg("postgres").arg(&cluster.directory).capture()?;
        }
        let data = cluster.directory.join("data");
        cluster
            .run("initdb")
            .arg("-D")
            .arg(&data)
            .args(["-A", "trust", "-U", "app", "--no-sync", "-E", "UTF8", "--locale=C"])
            .log(&log("initdb"))?;
        let sockets = format!("unix_socket_directories={}", cluster.directory.display());
        let listen = format!("port={port}");
        let mut server = cluster.run("postgres").arg("-D").arg(&data);
        let own = ["listen_addresses=127.0.0.1", &listen, &sockets, "max_connections=400"];
        for setting in own.iter().chain(settings) {
            server = server.args(["-c", *setting]);
        }
        // A child and no daemon: what ends this program from the keyboard ends that one, too.
        cluster.server = Some(server.spawn(&log("server"))?);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > Duration::from_secs(60) {
                bail!("PostgreSQL does not answer; see {}", paths::shown(&log("server")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        say(format!("PostgreSQL on port {port} after {}", seconds(began.elapsed())));
        Ok(cluster)
    }

    /// The address of its database.
    pub(crate) fn address(&self) -> String {
        format!("postgres://app@127.0.0.1:{}/postgres", self.port)
    }

    /// A program of the server, as somebody who may run it.
    fn run(&self, program: &str) -> Run {
        let path = self.programs.join(program);
        let run = if self.root {
            Run::new("runuser").args(["-u", "postgres", "--"]).arg(path)
        } else {
            Run::new(path)
        };
        run.directory(&self.directory)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.directory.join("data");
        let stopped =
            self.run("pg_ctl").arg("-D").arg(data).args(["-m", "immediate", "-w", "stop"]).capture();
        if let Err(error) = stopped {
            say(format!("PostgreSQL was not stopped: {error:#}"));
        }
        // A directory that cannot be removed harms nobody.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn log(part: &str) -> PathBuf {
    paths::tools().join(format!("log/postgres-{part}.log"))
}

/// The database that the tests use, and the server that stands behind it if it is ours.
pub(crate) fn for_tests() -> Result<(String, Option<Cluster>)> {
    if let Ok(address) = env::var(VARIABLE)
        && !address.is_empty()
    {
        say(format!("{VARIABLE} names a database: that is used"));
        return Ok((address, None));
    }
    let cluster = Cluster::start()?;
    Ok((cluster.address(), Some(cluster)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_and_is_gone_with_its_value() {
        if programs().is_none() {
            say("SKIPPED: PostgreSQL's programs are not here");
            return;
        }
        let cluster = Cluster::start().unwrap();
        let (port, directory) = (cluster.port, cluster.directory.clone());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(cluster);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        assert!(!directory.exists());
    }
}
