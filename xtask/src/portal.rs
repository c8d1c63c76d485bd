//! The portal's page: Trunk builds it, this compresses it and puts it into `target/portal` as a whole.

use crate::{bundle, files, finish, paths, process::Run, step::say};
use anyhow::{Context as _, Result, bail};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The page's binary, as `index.html` names it.
const BIN: &str = "portal";

/// What the page is made from.
const INPUTS: [&str; 16] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build.rs",
    "crates/api",
    "crates/format",
    "crates/rules",
    "crates/theme",
    "index.html",
    "locales",
    "package-lock.json",
    "public",
    "src",
    "style",
    "xtask/src",
];

/// The same code with its functions' names, for `cargo xtask size`.
pub(crate) fn named_wasm() -> PathBuf {
    paths::target().join("portal-named/portal.wasm")
}

/// Builds the page unless nothing it is made from has changed.
pub(crate) fn build(force: bool) -> Result<()> {
    let index = paths::root().join("index.html");
    if !index.exists() {
        bail!("index.html is missing: there is no page to build");
    }
    // Two commands at once would meet in the staging directory; the lock goes with the process.
    fs::create_dir_all(paths::target())?;
    let lock = fs::File::create(paths::target().join("portal.lock"))?;
    lock.lock().context("waiting for another build of the page")?;
    let stamp = paths::target().join("portal.stamp");
    let fingerprint = fingerprint()?;
    let complete = paths::portal().join("index.html").exists() && named_wasm().exists();
    if !force && complete && files::stamped(&stamp, &fingerprint) {
        say("nothing has changed since the last build: target/portal is kept");
        return Ok(());
    }
    let staging = paths::target().join("portal.new");
    remove(&staging)?;
    bundle_page(&staging)?;
    keep_named()?;
    finish::finish(&staging, BIN)?;
    refuse_unfinished(&staging)?;
    let count = bundle::compress(&staging)?;
    say(format!("{count} files, each with .br and .gz beside it, in target/portal"));
    // Together or not at all: the server embeds whatever is in this directory.
    remove(&stamp)?;
    remove(&paths::portal())?;
    fs::rename(&staging, paths::portal()).context("putting the new page in its place")?;
    fs::write(&stamp, fingerprint)?;
    Ok(())
}

fn fingerprint() -> Result<String> {
    let trees: Vec<PathBuf> = INPUTS.iter().map(|input| paths::root().join(input)).collect();
    let facts = [
        Run::new("rustc").arg("-vV").capture()?,
        fs::read_to_string(paths::tools().join(".crates.toml")).unwrap_or_default(),
        paths::cargo_target().display().to_string(),
    ];
    files::fingerprint(&trees, &facts)
}

fn bundle_page(staging: &Path) -> Result<()> {
    // Trunk builds offline: what it and the standard library need is fetched before. One fetch is for all targets,
    // since macros run on this machine; the other knows the standard library.
    Run::new("cargo").args(["fetch", "--quiet", "--locked"]).show()?;
    small(Run::new("cargo").args(["fetch", "--quiet", "--locked"]))
        .args(["--target", "wasm32-unknown-unknown"])
        .show()?;
    small(Run::new("trunk").args(["build", "--release", "--color", "never", "--dist"]).arg(staging))
        .env("RUST_BACKTRACE", "0")
        // Its minifier fails on the glue and says so each time; `finish` does that instead.
        .env("RUST_LOG", "warn,trunk::processing::minify=off")
        // Names are kept for `cargo xtask size`; wasm-opt leaves them out of what is shipped.
        .env("CARGO_PROFILE_WASM_STRIP", "debuginfo")
        .show()
}

/// The standard library is built with the page, for size, without the texts of panics (docs/adr/0005): a
/// seventh of the first load. The stable compiler does that when it is told to; it has a build directory of its
/// own, since packages ask it which kind it is.
pub(crate) fn small(run: Run) -> Run {
    let mut flags = vec![
        "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none".to_owned(),
        // Digests in a loop instead of unrolled: 17 KB less.
        r#"--cfg=sha2_backend_soft="compact""#.to_owned(),
    ];
    flags.extend(remap_flags());
    run.env("CARGO_TARGET_DIR", page_target())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.join(" "))
}

pub(crate) fn page_target() -> PathBuf {
    paths::cargo_target().join("page")
}

/// Keeps this machine's directories out of the page's panic messages: the same source gives the same page
/// wherever it is built, from whatever registry. Flags are parted by blanks, so with a blank in a path all
/// stay as they are.
fn remap_flags() -> Option<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))?;
    let registries = fs::read_dir(cargo_home.join("registry/src")).into_iter().flatten().flatten();
    let flags: Vec<String> = std::iter::once(paths::root())
        .chain(registries.map(|registry| registry.path()))
        .map(|directory| format!("--remap-path-prefix={}=", directory.display()))
        .collect();
    flags.iter().all(|flag| !flag.contains(char::is_whitespace)).then(|| flags.join(" "))
}

fn keep_named() -> Result<()> {
    let built = page_target().join("wasm32-unknown-unknown/wasm").join(format!("{BIN}.wasm"));
    let kept = named_wasm();
    fs::create_dir_all(kept.parent().expect("it lies in a directory"))?;
    fs::copy(&built, &kept).with_context(|| format!("keeping {}", paths::shown(&built)))?;
    Ok(())
}

/// A step that quietly did nothing must not pass for done.
fn refuse_unfinished(staging: &Path) -> Result<()> {
    for file in files::below(staging)? {
        let bytes = fs::read(&file)?;
        let name = paths::shown(&file);
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("js") if lines_are_short(&bytes) => bail!("{name} was not minified"),
            Some("wasm") if holds_names(&bytes) => bail!("{name} still holds names: wasm-opt did not run"),
            _ => {}
        }
    }
    Ok(())
}

fn lines_are_short(bytes: &[u8]) -> bool {
    let lines = bytes.split(|&byte| byte == b'\n').count();
    bytes.len() > 2000 && bytes.len() / lines < 80
}

fn holds_names(bytes: &[u8]) -> bool {
    wasmparser::Parser::new(0).parse_all(bytes).any(|payload| {
        matches!(payload, Ok(wasmparser::Payload::CustomSection(section)) if section.name() == "name")
    })
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", paths::shown(path)))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_with_short_lines_is_not_minified() {
        assert!(lines_are_short("const a = 1;\n".repeat(300).as_bytes()));
        assert!(!lines_are_short("const a=1;".repeat(300).as_bytes()));
        assert!(!lines_are_short(b"a\nb\n"));
    }

    #[test]
    fn a_module_with_a_name_section_is_told_apart() {
        let plain = b"\0asm\x01\0\0\0".to_vec();
        let named = [&plain[..], b"\0\x05\x04name"].concat();
        assert!(!holds_names(&plain));
        assert!(holds_names(&named));
    }
}
