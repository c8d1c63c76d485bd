//! Embeds the portal's files. They are there if `cargo xtask` has built them; without them the server has the plain form
//! alone. `HANDCARRY_PORTAL_DIR` names another directory.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-env-changed=HANDCARRY_PORTAL_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    let directory = env::var_os("HANDCARRY_PORTAL_DIR").map_or_else(default_directory, PathBuf::from);
    // A directory that is not there yet is looked for on every build.
    println!("cargo::rerun-if-changed={}", directory.display());

    let mut files = Vec::new();
    below(&directory, &directory, &mut files);
    files.sort();
    let packed = |name: &str| name.ends_with(".br") || name.ends_with(".gz");
    let mut code = String::from("pub(super) static FILES: &[Embedded] = &[\n");
    for (name, path) in files.iter().filter(|(name, _)| !packed(name)) {
        println!("cargo::rerun-if-changed={}", path.display());
        let sibling = |ending: &str| {
            let path = PathBuf::from(format!("{}{ending}", path.display()));
            if path.exists() { format!("Some(include_bytes!({path:?}))") } else { "None".to_owned() }
        };
        let _ = writeln!(
            code,
            "    Embedded {{ name: {name:?}, plain: include_bytes!({path:?}), brotli: {}, gzip: {} }},",
            sibling(".br"),
            sibling(".gz")
        );
    }
    code.push_str("];\n");
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    fs::write(Path::new(&out).join("portal.rs"), code).expect("OUT_DIR is writable");
}

/// `target/portal` of the workspace, wherever this build's own target directory is.
fn default_directory() -> PathBuf {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR for build scripts");
    let root =
        Path::new(&manifest).ancestors().nth(2).expect("this package lies two levels below the workspace");
    root.join("target").join("portal")
}

fn below(root: &Path, directory: &Path, files: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            below(root, &path, files);
        } else if let Ok(name) = path.strip_prefix(root) {
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            files.push((parts.join("/"), path));
        }
    }
}
