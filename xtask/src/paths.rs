//! Where things are in the tree.

use std::path::{Path, PathBuf};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

/// `target/` of the repository, whatever `CARGO_TARGET_DIR` says: tools and the built page live there.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// Where cargo puts what it builds.
pub(crate) fn cargo_target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(target, |set| root().join(set))
}

/// The pinned build and test tools.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// Programs of the pinned tools.
pub(crate) fn tools_bin() -> PathBuf {
    tools().join("bin")
}

/// Programs of the npm packages.
pub(crate) fn node_bin() -> PathBuf {
    root().join("node_modules/.bin")
}

/// Python with the pinned packages.
pub(crate) fn python() -> PathBuf {
    tools().join("venv/bin/python3")
}

/// The built page, which the server embeds.
pub(crate) fn portal() -> PathBuf {
    target().join("portal")
}

/// A program this workspace built: `profile` is cargo's directory name for it.
pub(crate) fn binary(profile: &str, name: &str) -> PathBuf {
    cargo_target().join(profile).join(name)
}

/// A path as a person wants to read it: from the top of the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
