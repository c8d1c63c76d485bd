//! `cargo xtask run`: the portal with a demo tenant, and files to drop on it.

use crate::{demo::Demo, http, paths, portal, process::Run, step::say, step::step, tools};
use anyhow::{Context as _, Result, bail};
use std::{
    net::TcpListener,
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};

/// Builds what is needed, makes the demo if it is not there, and serves until stopped.
pub(crate) fn run(listen: &str, fresh: bool) -> Result<()> {
    if TcpListener::bind(listen).is_err() {
        bail!("{listen} is in use: stop what listens there, or choose another address with --listen");
    }
    step("tools", || tools::ensure(&tools::PORTAL))?;
    step("portal", || portal::build(false))?;
    step("programs", programs)?;
    let demo = Demo::new(listen);
    if fresh {
        demo.remove()?;
    }
    step("demo tenant", || demo.tenant())?;
    let mut server = step("server", || Server::start(&demo, listen))?;
    step("sample files", || demo.samples())?;
    println!("The portal:      {}", demo.url());
    println!("A license key:   {}", demo.license_key()?);
    println!("Files to drop:   demo/ (demo/README.md says what to drop where)");
    println!("Stop with Ctrl-C. `cargo xtask run --fresh` starts over.\n");
    server.wait()
}

fn programs() -> Result<()> {
    Run::new("cargo")
        .args(["build", "--release", "--locked", "--package", "handcarry-server"])
        .args(["--package", "handcarry-device", "--bins"])
        .show()
}

/// The server, which ends with this program.
struct Server {
    process: Child,
    log: PathBuf,
}

impl Server {
    fn start(demo: &Demo, listen: &str) -> Result<Self> {
        let log = demo.log();
        let mut server = Self { process: demo.serve().spawn(&log)?, log };
        let started = Instant::now();
        while !http::get(listen, "/readyz").is_ok_and(|answer| answer.status == 200) {
            if started.elapsed() > Duration::from_secs(20) || server.process.try_wait()?.is_some() {
                bail!("the server does not answer on {listen}; its log is {}", paths::shown(&server.log));
            }
            thread::sleep(Duration::from_millis(50));
        }
        say(format!("the server answers after {} ms", started.elapsed().as_millis()));
        Ok(server)
    }

    fn wait(&mut self) -> Result<()> {
        let status = self.process.wait().context("waiting for the server")?;
        if !status.success() {
            bail!("the server ended with {status}; its log is {}", paths::shown(&self.log));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
