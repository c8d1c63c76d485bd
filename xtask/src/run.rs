//! `cargo xtask run`: the portal with a demo tenant, and files to drop on it.

use crate::{demo::Demo, http, paths, portal, process::Run, step::say, step::step, tools};
use anyhow::{Result, bail};
use std::{
    net::TcpListener,
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
    step("sample files", || {
        if demo.has_samples() {
            say("there from before: kept");
            return Ok(());
        }
        let _server = Server::start(&demo, listen)?;
        demo.samples()
    })?;
    println!("The portal:      {}", demo.url());
    println!("A license key:   {}", demo.license_key()?);
    println!("Files to drop:   demo/ (demo/README.md says what to drop where)");
    println!("Stop with Ctrl-C. `cargo xtask run --fresh` starts over.\n");
    Err(demo.serve().become_it())
}

fn programs() -> Result<()> {
    Run::new("cargo")
        .args(["build", "--release", "--locked", "--package", "handcarry-server"])
        .args(["--package", "handcarry-device", "--bins"])
        .show()
}

/// The server while the samples are made.
struct Server(Child);

impl Server {
    fn start(demo: &Demo, listen: &str) -> Result<Self> {
        let log = demo.log();
        let mut server = Self(demo.serve().spawn(&log)?);
        let started = Instant::now();
        while !http::get(listen, "/readyz").is_ok_and(|answer| answer.status == 200) {
            if started.elapsed() > Duration::from_secs(20) || server.0.try_wait()?.is_some() {
                bail!("the server does not answer on {listen}; its log is {}", paths::shown(&log));
            }
            thread::sleep(Duration::from_millis(20));
        }
        say(format!("the server answers after {} ms", started.elapsed().as_millis()));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
