//! The vendor API against its own description: schemathesis asks the real server, with a tenant and a token, whatever
//! the description allows and what it does not.

use crate::{http, paths, process::Run, step::say};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

/// What is asked, and for how many seconds at most: each address alone, then sequences of what follows from each other.
const PARTS: [(&str, &str); 2] = [("examples,coverage,fuzzing", "50"), ("stateful", "25")];
/// The same requests every time, as far as they fit into the budget.
const SEED: &str = "20261122";
/// Characters of a line of the report that are shown: a body can be a megabyte.
const SHOWN: usize = 400;

/// Runs it.
pub(crate) fn run() -> Result<()> {
    Run::new("cargo")
        .args(["build", "--quiet", "--locked", "--package", "handcarry-server", "--bin", "handcarry"])
        .show()?;
    let portal = Portal::new()?;
    let token = portal.seed()?;
    let server = portal.serve()?;
    let description = portal.directory.join("openapi.json");
    fs::write(&description, portal.description()?)?;
    for (phases, seconds) in PARTS {
        say(format!("{phases}: at most {seconds} s, seed {SEED}"));
        portal.ask(&description, &token, phases, seconds)?;
    }
    // It ends with the server alive and the token not revoked, or the rest has proven nothing.
    if http::get(&portal.address, "/readyz")?.status != 200 {
        bail!("the server no longer answers");
    }
    let tokens = portal.handcarry().args(["token", "list"]).capture()?;
    if !tokens.lines().any(|line| line.contains("\tschemathesis\ttaken\t")) {
        bail!("the token was revoked on the way");
    }
    drop(server);
    Ok(())
}

/// A portal with a tenant of its own.
struct Portal {
    directory: PathBuf,
    address: String,
}

impl Portal {
    fn new() -> Result<Self> {
        let directory = paths::target().join("api");
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { directory, address: free.to_string() })
    }

    fn handcarry(&self) -> Run {
        Run::new(paths::binary("debug", "handcarry")).arg("--data").arg(self.directory.join("data"))
    }

    /// A tenant, a product, a license, a token that may do everything.
    fn seed(&self) -> Result<String> {
        let address = format!("http://{}/", self.address);
        self.handcarry()
            .args(["tenant", "create", "--slug", "demo", "--name", "Acme Software", "--portal", &address])
            .capture()?;
        self.handcarry()
            .args(["product", "create", "--id", "acme-cad-pro", "--name", "Acme CAD Pro"])
            .capture()?;
        self.handcarry()
            .args(["license", "create", "--product", "acme-cad-pro", "--seats", "5"])
            .capture()?;
        let token = ["token", "create", "--name", "schemathesis", "--scope", "all"];
        Ok(self.handcarry().args(token).capture()?.trim().to_owned())
    }

    /// The description of the vendor API alone.
    fn description(&self) -> Result<String> {
        let mut whole: serde_json::Value = serde_json::from_str(&self.handcarry().arg("openapi").capture()?)?;
        let paths = whole["paths"].as_object_mut().context("the description has paths")?;
        paths.retain(|path, _| path.starts_with("/api/v1/vendor/"));
        Ok(whole.to_string())
    }

    /// Asks what a part of the test asks; shows its figures, and all that it found if that is anything.
    fn ask(&self, description: &Path, token: &str, phases: &str, seconds: &str) -> Result<()> {
        let report = self.directory.join(format!("{}.txt", phases.replace(',', "-")));
        let outcome = Run::new(paths::tools().join("venv/bin/schemathesis"))
            .arg("--config-file")
            .arg(paths::root().join("xtask/schemathesis.toml"))
            .arg("run")
            .arg(description)
            .args(["--url", &format!("http://{}", self.address), "--checks", "all"])
            .args(["--phases", phases, "--max-time", seconds, "--seed", SEED, "--max-examples", "20"])
            .args(["--no-shrink", "--continue-on-failure", "--warnings", "off", "--request-timeout", "20"])
            .within(&self.directory)
            .env("HANDCARRY_TOKEN", token)
            .env("HYPOTHESIS_STORAGE_DIRECTORY", self.directory.join("hypothesis"))
            .into_file(&report);
        let text = String::from_utf8_lossy(&fs::read(&report).unwrap_or_default()).into_owned();
        let all = outcome.is_err();
        let lines = text.lines().skip_while(|line| !all && !line.contains("SUMMARY"));
        for line in lines.filter(|line| !line.trim().is_empty() && !line.contains("curl ")) {
            say(line.chars().take(SHOWN).collect::<String>());
        }
        outcome.with_context(|| format!("the server and its description differ: {}", paths::shown(&report)))
    }

    fn serve(&self) -> Result<Server> {
        let log = self.directory.join("server.log");
        let serve = self.handcarry().args(["serve", "--listen", &self.address, "--rate", "0"]);
        let mut server = Server(serve.spawn(&log)?);
        let started = Instant::now();
        while !http::get(&self.address, "/readyz").is_ok_and(|answer| answer.status == 200) {
            if started.elapsed() > Duration::from_secs(20) || server.0.try_wait()?.is_some() {
                bail!("the server does not answer; its log is {}", paths::shown(&log));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

/// The server, ended with this.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
