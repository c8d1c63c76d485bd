//! The demo tenant and its sample files, made with the real programs.

use crate::{http, paths, process::Run, spoil, step::say};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const SLUG: &str = "demo";
const PRODUCT: &str = "acme-cad-pro";
const COUNTER: &str = "renders";
const FEATURE: &str = "renders=Renders";
const MAXIMUM: &str = "renders=10000";
/// A device knows itself again by its machine, and all of these run on this one: each gets a license of its
/// own, or the second would be given the first one's seat. The last is for the visitor.
const DEVICES: [&str; 4] = ["WS-21", "WS-17", "WS-09", "visitor"];

/// Where the demo is kept, and where it answers.
pub(crate) struct Demo {
    data: PathBuf,
    samples: PathBuf,
    listen: String,
}

impl Demo {
    /// The demo of this checkout.
    pub(crate) fn new(listen: &str) -> Self {
        let samples = paths::root().join("demo");
        Self { data: paths::target().join("demo-data"), samples, listen: listen.to_owned() }
    }

    /// Throws it away.
    pub(crate) fn remove(&self) -> Result<()> {
        for directory in [&self.data, &self.samples] {
            if directory.exists() {
                fs::remove_dir_all(directory).with_context(|| paths::shown(directory))?;
            }
        }
        Ok(())
    }

    /// Where the portal answers, as a browser on this machine reaches it.
    pub(crate) fn url(&self) -> String {
        let port = self.listen.rsplit(':').next().unwrap_or_default();
        format!("http://localhost:{port}/")
    }

    /// The license key to try.
    pub(crate) fn license_key(&self) -> Result<String> {
        self.key_of("visitor")
    }

    /// The server on the demo's store.
    pub(crate) fn serve(&self) -> Run {
        self.handcarry().args(["serve", "--listen", &self.listen])
    }

    /// Where the server writes what it does while the samples are made.
    pub(crate) fn log(&self) -> PathBuf {
        self.data.join("server.log")
    }

    /// Makes tenant, product and licenses, unless they are there.
    pub(crate) fn tenant(&self) -> Result<()> {
        let done = self.data.join("done");
        let portal = self.url();
        // Its files name the address, so a demo of another address is no use.
        if fs::read_to_string(&done).is_ok_and(|made_for| made_for == portal) {
            say("there from before: kept");
            return Ok(());
        }
        self.remove()?;
        fs::create_dir_all(self.data.join("license-keys"))?;
        self.handcarry()
            .args(["tenant", "create", "--slug", SLUG, "--name", "Acme Software"])
            .args(["--host", "localhost", "--portal", &portal])
            .capture()?;
        self.of_tenant(["product", "create"]).args(["--id", PRODUCT, "--name", "Acme CAD Pro"]).capture()?;
        for device in DEVICES {
            let said = self
                .of_tenant(["license", "create"])
                .args(["--product", PRODUCT, "--seats", "5", "--feature", FEATURE, "--counter", MAXIMUM])
                .capture()?;
            let key = license_key(&said).with_context(|| format!("no license key in: {said}"))?;
            fs::write(self.data.join("license-keys").join(device), key)?;
        }
        self.of_tenant(["vendor-file"]).arg("-o").arg(self.vendor_file()).capture()?;
        Ok(fs::write(done, portal)?)
    }

    /// Whether the sample files are there, all of them.
    pub(crate) fn has_samples(&self) -> bool {
        self.readme().exists()
    }

    /// Makes the sample files. The server runs.
    pub(crate) fn samples(&self) -> Result<()> {
        fs::create_dir_all(&self.samples)?;
        let sample = |name: &str| self.samples.join(name);
        self.request("WS-21", &sample("1-activation-request.txt"))?;

        self.activate("WS-17")?;
        self.device("WS-17").args(["consume", COUNTER, "1240"]).capture()?;
        self.device("WS-17").args(["report", "-o"]).arg(sample("2-usage-report.txt")).capture()?;

        self.activate("WS-09")?;
        self.device("WS-09").args(["consume", COUNTER, "310"]).capture()?;
        self.device("WS-09")
            .args(["deactivate", "--yes", "-o"])
            .arg(sample("3-deactivation.txt"))
            .capture()?;

        let report = fs::read_to_string(sample("2-usage-report.txt"))?;
        fs::write(sample("4-altered.txt"), spoil::altered(&report)?)?;
        let deactivation = fs::read_to_string(sample("3-deactivation.txt"))?;
        fs::write(sample("5-damaged.txt"), spoil::damaged(&deactivation))?;
        // Last: it says that all of them are done.
        Ok(fs::write(self.readme(), include_str!("demo.md"))?)
    }

    fn readme(&self) -> PathBuf {
        self.samples.join("README.md")
    }

    fn vendor_file(&self) -> PathBuf {
        self.data.join("vendor.json")
    }

    fn key_of(&self, device: &str) -> Result<String> {
        fs::read_to_string(self.data.join("license-keys").join(device))
            .with_context(|| format!("the demo's license key of {device}"))
    }

    fn handcarry(&self) -> Run {
        Run::new(paths::binary("release", "handcarry")).arg("--data").arg(&self.data)
    }

    fn of_tenant<const N: usize>(&self, command: [&str; N]) -> Run {
        self.handcarry().args(command).args(["--tenant", SLUG])
    }

    fn device(&self, name: &str) -> Run {
        let home = self.data.join("devices").join(name);
        Run::new(paths::binary("release", "handcarry-device")).arg("--home").arg(home)
    }

    fn request(&self, name: &str, file: &Path) -> Result<()> {
        fs::create_dir_all(self.data.join("devices").join(name))?;
        self.device(name)
            .arg("--vendor")
            .arg(self.vendor_file())
            .arg("request")
            .args(["--name", name])
            .args(["--license-key", &self.key_of(name)?, "-o"])
            .arg(file)
            .capture()
            .map(drop)
    }

    /// A device that has its license: by the way every customer goes.
    fn activate(&self, name: &str) -> Result<()> {
        let [request, license] =
            ["request", "license"].map(|kind| self.data.join("devices").join(format!("{name}-{kind}.txt")));
        self.request(name, &request)?;
        let answer = http::post(&self.listen, "/api/v1/documents", &fs::read(&request)?)?;
        if answer.status != 201 {
            bail!("the portal answered {} to an activation request: {}", answer.status, answer.body);
        }
        let outcome: serde_json::Value = serde_json::from_str(&answer.body)?;
        let text = outcome["license"]["text"].as_str().context("the answer holds no license file")?;
        fs::write(&license, text)?;
        self.device(name).arg("load").arg(&license).capture().map(drop)
    }
}

/// The license key in what a command said: groups of four with dashes between.
fn license_key(said: &str) -> Option<&str> {
    said.split_whitespace().find(|word| {
        let groups: Vec<&str> = word.split('-').collect();
        groups.len() > 2
            && groups.iter().all(|group| {
                group.len() == 4
                    && group.chars().all(|sign| sign.is_ascii_digit() || sign.is_ascii_uppercase())
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_in_what_the_command_says() {
        let said = "License for Acme CAD Pro, 5 seats:\n  K7QF-0000-ZZZZ-1234-9M2A\n";
        assert_eq!(license_key(said), Some("K7QF-0000-ZZZZ-1234-9M2A"));
        assert_eq!(license_key("no such-word here"), None);
    }

    #[test]
    fn the_address_is_one_that_a_browser_reaches() {
        assert_eq!(Demo::new("0.0.0.0:9000").url(), "http://localhost:9000/");
    }
}
