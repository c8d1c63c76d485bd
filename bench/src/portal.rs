//! The real program: its command line, and the server as a process of its own.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use handcarry_format::{Id, LicenseKey, Product, PublicKey, Trust, Vendor};

/// Where the files of the story say that they can be brought.
const PORTAL: &str = "http://localhost:8080/";

/// The store of a data directory that names no other.
const FILE: &str = "handcarry.sqlite";

/// A data directory with the program that works on it.
#[derive(Clone)]
pub(crate) struct Data {
    program: PathBuf,
    directory: PathBuf,
    /// Its store, if that is not the file in it.
    store: Option<String>,
}

/// What was made in a new data directory.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) vendor: Vendor,
    pub(crate) product: Product,
    pub(crate) trust: Trust,
    pub(crate) licenses: Vec<LicenseKey>,
}

impl Shop {
    pub(crate) fn portal(&self) -> String {
        PORTAL.to_owned()
    }
}

impl Data {
    pub(crate) fn new(program: &Path, directory: PathBuf, store: Option<&str>) -> Result<Data> {
        fs::create_dir_all(&directory)?;
        Ok(Data { program: program.to_owned(), directory, store: store.map(str::to_owned) })
    }

    /// The same data in another directory, with another program and another store if they are named.
    pub(crate) fn copy_to(
        &self,
        directory: PathBuf,
        program: Option<&Path>,
        store: Option<&str>,
    ) -> Result<Data> {
        let to = Data::new(program.unwrap_or(&self.program), directory, store)?;
        copy_files(&self.directory, &to.directory)?;
        if let Some(store) = store {
            fs::remove_file(to.directory.join(FILE))?;
            self.run(&["store", "copy", &self.store(), store])?;
        }
        Ok(to)
    }

    /// Removes it.
    pub(crate) fn remove(self) -> Result<()> {
        let log = self.directory.with_extension("log");
        if log.exists() {
            fs::remove_file(log)?;
        }
        Ok(fs::remove_dir_all(&self.directory)?)
    }

    /// The address of its store.
    pub(crate) fn store(&self) -> String {
        let file = || self.directory.join(FILE).display().to_string();
        self.store.clone().unwrap_or_else(file)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.directory);
        if let Some(store) = &self.store {
            command.args(["--store", store]);
        }
        command
    }

    /// Runs a command, which must succeed; what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command().args(arguments).output().context("the program does not start")?;
        if !output.status.success() {
            bail!("`{}`: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Makes a tenant, a product and so many licenses with seats for everybody.
    pub(crate) fn furnish(&self, licenses: usize) -> Result<Shop> {
        self.run(&["tenant", "create", "--slug", "acme", "--name", "Acme Software", "--portal", PORTAL])?;
        self.run(&["product", "create", "--id", "cad", "--name", "Acme CAD Pro"])?;
        let sell = [
            "license",
            "create",
            "--product",
            "cad",
            "--seats",
            "10000000",
            "--customer",
            "Northline",
            "--feature",
            "renders=Renders",
            "--counter",
            "renders=unlimited",
        ];
        let sold: Result<Vec<LicenseKey>> = (0..licenses)
            .map(|_| {
                let said = self.run(&sell)?;
                LicenseKey::parse(&said).map_err(|error| anyhow::anyhow!("no license key: {error:?}"))
            })
            .collect();
        let vendor_file: serde_json::Value = serde_json::from_str(&self.run(&["vendor-file"])?)?;
        let root = vendor_file["root_key"].as_str().and_then(PublicKey::parse).context("the root key")?;
        let id = |text| Id::new(text).context("an id");
        let vendor = Vendor { id: id("acme")?, name: "Acme Software".to_owned() };
        Ok(Shop {
            trust: Trust::new(vendor.id.clone(), root),
            product: Product { id: id("cad")?, name: "Acme CAD Pro".to_owned(), version: None },
            vendor,
            licenses: sold?,
        })
    }

    /// Starts the server, and waits until it says where it listens. Its log is a file beside the data.
    pub(crate) fn serve(&self, log: &str) -> Result<Server> {
        let place = self.directory.with_extension("log");
        let mut child = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--rate", "0", "--log", log])
            .stdout(Stdio::null())
            .stderr(File::create(&place)?)
            .spawn()
            .context("the server does not start")?;
        let began = Instant::now();
        loop {
            if let Some(address) = listening(&fs::read_to_string(&place)?) {
                return Ok(Server { child, address });
            }
            if let Some(status) = child.try_wait()? {
                bail!("the server ended with {status}: {}", fs::read_to_string(&place)?);
            }
            if began.elapsed() > Duration::from_secs(30) {
                let _ = child.kill();
                bail!("the server does not say where it listens");
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
            fs::set_permissions(&target, entry.metadata()?.permissions())?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn listening(log: &str) -> Option<SocketAddr> {
    let said = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut serving = said.filter(|line| line["message"] == "serving");
    serving.next()?["address"].as_str()?.parse().ok()
}

/// A server that runs; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits until it has finished what it began.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already if it was stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
