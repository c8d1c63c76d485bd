//! The demo tenant and its sample files, made with the real programs.

use crate::{http, paths, process::Run, spoil, step::say};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

const SLUG: &str = "demo";
const PRODUCT: &str = "acme-cad-pro";

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
        format!("http://localhost:{port}/t/{SLUG}/")
    }

    /// The license key to try.
    pub(crate) fn license_key(&self) -> Result<String> {
        let key = fs::read_to_string(self.data.join("license-key")).context("the demo's license key")?;
        Ok(key.trim().to_owned())
    }

    /// The server on the demo's store.
    pub(crate) fn serve(&self) -> Result<Run> {
        Ok(self.handcarry().args(["serve", "--listen", &self.listen]))
    }

    /// Makes tenant, product and license, unless they are there.
    pub(crate) fn tenant(&self) -> Result<()> {
        let key = self.data.join("license-key");
        if key.exists() {
            say("there from before: kept");
            return Ok(());
        }
        self.remove()?;
        fs::create_dir_all(&self.data)?;
        let of_tenant = ["--tenant", SLUG];
        self.handcarry().args(["tenant", "create", "--slug", SLUG, "--name", "Acme Software"]).capture()?;
        self.handcarry()
            .args(["product", "create"])
            .args(of_tenant)
            .args(["--id", PRODUCT, "--name", "Acme CAD Pro"])
            .capture()?;
        let license = self
            .handcarry()
            .args(["license", "create"])
            .args(of_tenant)
            .args(["--product", PRODUCT, "--seats", "5"])
            .capture()?;
        self.handcarry().args(["vendor-file"]).args(of_tenant).arg("-o").arg(self.vendor_file()).capture()?;
        // Last: it says that all of this is done.
        fs::write(key, license)?;
        Ok(())
    }

    /// Makes the sample files, unless they are there.
    pub(crate) fn samples(&self) -> Result<()> {
        let readme = self.samples.join("README.md");
        if readme.exists() {
            say("there from before: kept");
            return Ok(());
        }
        fs::create_dir_all(&self.samples)?;
        self.request("newcomer", "WS-21", &self.samples.join("1-activation-request.txt"))?;

        self.activate("worker", "WS-17")?;
        self.device("worker").args(["consume", "renders", "1240"]).capture()?;
        let report = self.samples.join("2-usage-report.txt");
        self.device("worker").arg("report").arg("-o").arg(&report).capture()?;

        self.activate("leaver", "WS-09")?;
        self.device("leaver").args(["consume", "renders", "310"]).capture()?;
        let deactivation = self.samples.join("3-deactivation.txt");
        self.device("leaver").arg("deactivate").arg("-o").arg(&deactivation).capture()?;

        let report = fs::read_to_string(report)?;
        fs::write(self.samples.join("4-altered.txt"), spoil::altered(&report)?)?;
        let deactivation = fs::read_to_string(deactivation)?;
        fs::write(self.samples.join("5-damaged.txt"), spoil::damaged(&deactivation))?;
        fs::write(readme, include_str!("demo.md"))?;
        Ok(())
    }

    fn vendor_file(&self) -> PathBuf {
        self.data.join("vendor.json")
    }

    fn handcarry(&self) -> Run {
        Run::new(paths::binary("release", "handcarry")).arg("--data").arg(&self.data)
    }

    fn device(&self, home: &str) -> Run {
        let home = self.data.join("devices").join(home);
        Run::new(paths::binary("release", "handcarry-device")).arg("--home").arg(home)
    }

    fn request(&self, home: &str, name: &str, file: &Path) -> Result<()> {
        fs::create_dir_all(self.data.join("devices").join(home))?;
        self.device(home)
            .args(["request", "--license-key", &self.license_key()?, "--name", name, "-o"])
            .arg(file)
            .capture()
            .map(drop)
    }

    /// A device that has its license: by the way every customer goes.
    fn activate(&self, home: &str, name: &str) -> Result<()> {
        let [request, license] =
            ["request", "license"].map(|kind| self.data.join(format!("{home}-{kind}.txt")));
        self.request(home, name, &request)?;
        let path = format!("/t/{SLUG}/api/v1/documents");
        let answer = http::post(&self.listen, &path, &fs::read(&request)?)?;
        if answer.status != 201 {
            bail!("the portal answered {} to an activation request: {}", answer.status, answer.body);
        }
        fs::write(&license, answer.body)?;
        self.device(home).arg("load").arg(&license).capture().map(drop)
    }
}
