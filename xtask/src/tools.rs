//! The pinned build and test tools: each is looked for, and installed under `target/tools` where it is
//! missing. Nothing is installed globally, but for Debian packages when run as root.

use crate::{
    files, paths, postgres,
    process::Run,
    step::{say, seconds},
};
use anyhow::{Context as _, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

/// A thing that some command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The compiler's WebAssembly target.
    WasmTarget,
    /// The standard library's source: the page brings its own build of it.
    StdSource,
    /// rustfmt and clippy, which a minimal toolchain comes without.
    Lints,
    /// The page's bundler.
    Trunk,
    /// Glue between WebAssembly and the browser, and the runner of browser unit tests.
    WasmBindgen,
    /// npm packages: `wasm-opt`, Playwright, axe.
    Node,
    /// Chromium and its driver.
    Chromium,
    /// The database server of the store's tests.
    Postgres,
    /// Python with the packages of the second implementation.
    Python,
    /// A compiler of C++, for libFuzzer.
    Cpp,
}

/// What building the page needs.
pub(crate) const PORTAL: [Tool; 5] =
    [Tool::WasmTarget, Tool::StdSource, Tool::Trunk, Tool::WasmBindgen, Tool::Node];

/// What the whole test command needs.
pub(crate) const ALL: [Tool; 10] = [
    Tool::WasmTarget,
    Tool::StdSource,
    Tool::Lints,
    Tool::Trunk,
    Tool::WasmBindgen,
    Tool::Node,
    Tool::Chromium,
    Tool::Postgres,
    Tool::Python,
    Tool::Cpp,
];

/// Crate and command line must be the same version to the last digit.
const WASM_BINDGEN: &str = "0.2.129";
const TRUNK: &str = "0.21.14";
const CHROMIUM: &str = "/usr/bin/chromium";
/// The driver of the browser unit tests.
pub(crate) const CHROMEDRIVER: &str = "/usr/bin/chromedriver";

/// Makes sure that each tool is there, installing all missing ones at the same time.
pub(crate) fn ensure(tools: &[Tool]) -> Result<()> {
    let mut missing = Vec::new();
    for &tool in tools {
        if is_there(tool) {
            say(format!("{}: there", name(tool)));
        } else {
            say(format!("{}: missing, {}", name(tool), how(tool)));
            missing.push(tool);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(paths::tools())?;
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for &tool in &missing {
            let done = done.clone();
            scope.spawn(move || {
                let started = Instant::now();
                let result = install(tool);
                // The receiver outlives this thread; there is nobody else to tell.
                let _ = done.send((tool, started.elapsed(), result));
            });
        }
        wait(missing.clone(), &results)
    })
}

/// Names what each installation came to, and every half minute what is still being waited for.
fn wait(mut open: Vec<Tool>, results: &mpsc::Receiver<(Tool, Duration, Result<()>)>) -> Result<()> {
    let mut failures = Vec::new();
    while !open.is_empty() {
        match results.recv_timeout(Duration::from_secs(30)) {
            Ok((tool, took, result)) => {
                open.retain(|&other| other != tool);
                match result {
                    Ok(()) => say(format!("{}: installed in {}", name(tool), seconds(took))),
                    Err(error) => {
                        say(format!("{}: could not be installed", name(tool)));
                        failures.push(error.context(name(tool)));
                    }
                }
            }
            Err(_) => {
                let names: Vec<String> = open.iter().map(|&tool| name(tool)).collect();
                say(format!("still working on {}", names.join(", ")));
            }
        }
    }
    failures.into_iter().next().map_or(Ok(()), Err)
}

fn name(tool: Tool) -> String {
    match tool {
        Tool::WasmTarget => "wasm32 target".to_owned(),
        Tool::StdSource => "the standard library's source".to_owned(),
        Tool::Lints => "rustfmt and clippy".to_owned(),
        Tool::Trunk => format!("trunk {TRUNK}"),
        Tool::WasmBindgen => format!("wasm-bindgen {WASM_BINDGEN}"),
        Tool::Node => "npm packages".to_owned(),
        Tool::Chromium => "Chromium and its driver".to_owned(),
        Tool::Postgres => "PostgreSQL".to_owned(),
        Tool::Python => "Python packages".to_owned(),
        Tool::Cpp => "a C++ compiler".to_owned(),
    }
}

fn how(tool: Tool) -> &'static str {
    match tool {
        Tool::WasmTarget | Tool::StdSource | Tool::Lints => "adding with rustup",
        Tool::Trunk | Tool::WasmBindgen => "building it, once, a few minutes",
        Tool::Node => "npm ci",
        Tool::Chromium | Tool::Postgres | Tool::Cpp => "Debian packages",
        Tool::Python => "a virtual environment in target/tools/venv",
    }
}

fn is_there(tool: Tool) -> bool {
    match tool {
        Tool::WasmTarget => wasm_target_is_there(),
        Tool::StdSource => std_source_is_there(),
        Tool::Lints => {
            ["fmt", "clippy"].iter().all(|lint| Run::new("cargo").args([lint, "--version"]).succeeds())
        }
        Tool::Trunk => crate_is_there("trunk", TRUNK, &["trunk"]),
        Tool::WasmBindgen => {
            crate_is_there("wasm-bindgen-cli", WASM_BINDGEN, &["wasm-bindgen", "wasm-bindgen-test-runner"])
        }
        Tool::Node => lock_is_installed(&paths::root().join("package-lock.json"), &node_stamp()),
        Tool::Chromium => Path::new(CHROMIUM).exists() && Path::new(CHROMEDRIVER).exists(),
        Tool::Postgres => postgres::programs().is_some(),
        Tool::Python => paths::python().exists() && lock_is_installed(&python_lock(), &python_stamp()),
        Tool::Cpp => Run::new("c++").arg("--version").succeeds(),
    }
}

fn install(tool: Tool) -> Result<()> {
    match tool {
        Tool::WasmTarget => rustup(&["target", "add", "wasm32-unknown-unknown"]),
        Tool::StdSource => rustup(&["component", "add", "rust-src"]),
        Tool::Lints => rustup(&["component", "add", "rustfmt", "clippy"]),
        // Trunk only moves files about: unoptimized it is built in half the time and no slower to use.
        Tool::Trunk => install_crate("trunk", TRUNK, "0"),
        Tool::WasmBindgen => install_crate("wasm-bindgen-cli", WASM_BINDGEN, "1"),
        Tool::Node => install_node(),
        Tool::Chromium => install_chromium(),
        Tool::Postgres => debian(&["postgresql"]).context("the store's tests need PostgreSQL's server"),
        Tool::Python => install_python(),
        Tool::Cpp => debian(&["g++"]).context("the fuzz targets need a C++ compiler"),
    }
}

/// One at a time: two of these at once would meet at the toolchain.
fn rustup(arguments: &[&str]) -> Result<()> {
    static RUSTUP: Mutex<()> = Mutex::new(());
    let _one_at_a_time = RUSTUP.lock();
    Run::new("rustup").args(arguments).capture().map(drop).context("the compiler's parts come by rustup")
}

fn wasm_target_is_there() -> bool {
    Run::new("rustc")
        .args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"])
        .capture()
        .is_ok_and(|directory| Path::new(directory.trim()).exists())
}

fn std_source_is_there() -> bool {
    Run::new("rustc").args(["--print", "sysroot"]).capture().is_ok_and(|sysroot| {
        Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").exists()
    })
}

/// `cargo install` keeps a list of what it installed, with versions; reading it starts no program.
fn crate_is_there(name: &str, version: &str, programs: &[&str]) -> bool {
    let listed = fs::read_to_string(paths::tools().join(".crates.toml"))
        .is_ok_and(|list| list.contains(&format!("\"{name} {version} (")));
    listed && programs.iter().all(|program| paths::tools_bin().join(program).exists())
}

/// Installs a crate's programs under `target/tools`, built quickly rather than to run quickly. Each has a
/// build directory of its own, so that two are built at once.
pub(crate) fn install_crate(name: &str, version: &str, opt_level: &str) -> Result<()> {
    let build = paths::tools().join("build").join(name);
    let log = paths::tools().join(format!("log/{name}.log"));
    Run::new("cargo")
        .args(["install", name, "--version", version, "--locked", "--no-default-features", "--root"])
        .arg(paths::tools())
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level)
        .log(&log)?;
    fs::remove_dir_all(&build).with_context(|| format!("clearing {}", paths::shown(&build)))
}

/// Installs a crate's programs unless this version is there.
pub(crate) fn ensure_crate(name: &str, version: &str, program: &str) -> Result<()> {
    if crate_is_there(name, version, &[program]) {
        return Ok(());
    }
    say(format!("{name} {version}: missing, building it, once, several minutes"));
    install_crate(name, version, "1")
}

fn node_stamp() -> PathBuf {
    paths::root().join("node_modules/.handcarry-lock")
}

fn python_stamp() -> PathBuf {
    paths::tools().join("venv/.handcarry-lock")
}

fn python_lock() -> PathBuf {
    paths::root().join("xtask/requirements.txt")
}

/// Whether the installed packages are those of the lock file as it is now.
fn lock_is_installed(lock: &Path, stamp: &Path) -> bool {
    fs::read(lock).is_ok_and(|lock| files::stamped(stamp, &files::hash(&lock)))
}

fn stamp(lock: &Path, stamp: &Path) -> Result<()> {
    Ok(fs::write(stamp, files::hash(&fs::read(lock)?))?)
}

fn install_node() -> Result<()> {
    if !Run::new("npm").arg("--version").succeeds() {
        bail!("npm is missing: install Node.js 20 or later");
    }
    Run::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .log(&paths::tools().join("log/npm.log"))?;
    stamp(&paths::root().join("package-lock.json"), &node_stamp())
}

fn install_chromium() -> Result<()> {
    debian(&["chromium", "chromium-driver", "fonts-dejavu-core"]).context(
        "the browser tests drive Debian's Chromium: install the packages chromium and chromium-driver \
         (programs /usr/bin/chromium and /usr/bin/chromedriver)",
    )
}

/// Installs Debian packages, which only root may.
fn debian(packages: &[&str]) -> Result<()> {
    let root = Run::new("id").arg("-u").capture().is_ok_and(|id| id.trim() == "0");
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        bail!("not root on a Debian system: install {} by hand", packages.join(" and "));
    }
    let log = |part: &str| paths::tools().join(format!("log/apt-{}-{part}.log", packages[0]));
    // One at a time: two of these at once would meet at the package manager's lock.
    static APT: Mutex<()> = Mutex::new(());
    let _one_at_a_time = APT.lock();
    Run::new("apt-get").arg("update").env("DEBIAN_FRONTEND", "noninteractive").log(&log("update"))?;
    Run::new("apt-get")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .log(&log("install"))
}

fn install_python() -> Result<()> {
    let venv = paths::tools().join("venv");
    let log = |part: &str| paths::tools().join(format!("log/python-{part}.log"));
    let create = || Run::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).log(&log("venv"));
    // Debian's Python comes without what makes a virtual environment.
    if create().is_err() {
        debian(&["python3", "python3-venv"]).context("the second implementation needs Python 3 with venv")?;
        create()?;
    }
    Run::new(venv.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(python_lock())
        .log(&log("pip"))?;
    stamp(&python_lock(), &python_stamp())
}
