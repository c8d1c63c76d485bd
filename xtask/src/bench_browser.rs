//! What the parts `browser` and `page` of `cargo xtask bench` need: the page, the bare verifier built as the page is, and
//! the files of a fleet. The measuring itself is `bench/browser/`, in Chromium.

use crate::{files, paths, portal, process::Run, size, step::say, tools};
use anyhow::{Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Devices, those of them whose signatures the bare verifiers get, and entries of the long usage report.
const FLEET: [&str; 3] = ["10000", "1000", "1000000"];
/// The bare verifier's package; its library has the same name with another dash.
const BARE: &str = "handcarry-bare";

/// Measures one part, `browser` or `page`; the figures are in `target/bench/PART.json`.
pub(crate) fn run(part: &str, quick: bool) -> Result<()> {
    let needed: Vec<tools::Tool> = tools::PORTAL.into_iter().chain([tools::Tool::Chromium]).collect();
    tools::ensure(&needed)?;
    portal::build(false)?;
    fleet(&directory())?;
    bare(&directory().join("bare"))?;
    Run::new("playwright")
        .args(["test", "--config", "bench/browser/playwright.config.ts", &format!("{part}.spec.ts")])
        .env("HANDCARRY_BENCH_QUICK", if quick { "1" } else { "0" })
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .show()
}

fn directory() -> PathBuf {
    paths::target().join("bench")
}

/// The fleet's files, unless they are there as the format is now.
fn fleet(directory: &Path) -> Result<()> {
    let stamp = directory.join("fleet.stamp");
    let fingerprint = files::fingerprint(&[paths::root().join("crates/format")], &FLEET.map(str::to_owned))?;
    if files::stamped(&stamp, &fingerprint) {
        return Ok(());
    }
    let fleet = directory.join("fleet");
    if fleet.exists() {
        fs::remove_dir_all(&fleet).with_context(|| format!("clearing {}", paths::shown(&fleet)))?;
    }
    fs::create_dir_all(&fleet)?;
    Run::new("cargo")
        .args(["run", "--quiet", "--release", "--locked", "--package", "handcarry-format"])
        .args(["--example", "fleet", "--"])
        .arg(&fleet)
        .args(FLEET)
        .show()?;
    fs::write(stamp, fingerprint)?;
    Ok(())
}

/// The bare verifier: the page's compiler, its flags, its profile, its optimizer.
fn bare(directory: &Path) -> Result<()> {
    portal::small(Run::new("cargo"))
        .args(["build", "--quiet", "--locked", "--profile", "wasm", "--package", BARE])
        .args(["--target", "wasm32-unknown-unknown"])
        .show()?;
    let built = portal::page_target()
        .join("wasm32-unknown-unknown/wasm")
        .join(format!("{}.wasm", BARE.replace('-', "_")));
    Run::new("wasm-bindgen")
        .args(["--target=web", "--no-typescript", "--out-name=bare", "--out-dir"])
        .arg(directory)
        .arg(&built)
        .capture()?;
    let bound = directory.join("bare_bg.wasm");
    Run::new("wasm-opt").args(size::optimizing()?).arg("-o").arg(&bound).arg(&bound).capture()?;
    say(format!("the bare verifier is in {}", paths::shown(directory)));
    Ok(())
}
