//! Reading trees of files and hashing what they hold.

use crate::paths;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Every file below `path` (or `path` itself, if it is a file), in one order on every machine.
/// Nothing for a path that is not there.
pub(crate) fn below(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    collect(path, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| paths::shown(path))? {
            collect(&entry?.path(), found)?;
        }
    } else if path.exists() {
        found.push(path.to_owned());
    }
    Ok(())
}

/// SHA-256 in hexadecimal.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of each file below the given paths.
pub(crate) fn digests(trees: &[PathBuf]) -> Result<BTreeMap<String, String>> {
    let mut digests = BTreeMap::new();
    for tree in trees {
        for file in below(tree)? {
            let bytes = fs::read(&file).with_context(|| paths::shown(&file))?;
            digests.insert(paths::shown(&file), hash(&bytes));
        }
    }
    Ok(digests)
}

/// One digest over the names and contents of all files below the given paths, and over `facts`.
pub(crate) fn fingerprint(trees: &[PathBuf], facts: &[String]) -> Result<String> {
    let mut text = facts.join("\n");
    for (name, digest) in digests(trees)? {
        text.push_str(&format!("\n{digest} {name}"));
    }
    Ok(hash(text.as_bytes()))
}

/// Whether a stamp file says that this fingerprint has been dealt with.
pub(crate) fn stamped(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_follows_contents_names_and_facts() {
        let directory = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        fs::create_dir_all(directory.join("deep")).unwrap();
        fs::write(directory.join("deep/a"), "one").unwrap();
        let tree = [directory.clone()];
        let first = fingerprint(&tree, &[]).unwrap();
        assert_eq!(first, fingerprint(&tree, &[]).unwrap());
        assert_ne!(first, fingerprint(&tree, &["fact".into()]).unwrap());
        fs::write(directory.join("deep/a"), "two").unwrap();
        assert_ne!(first, fingerprint(&tree, &[]).unwrap());
        fs::write(directory.join("deep/a"), "one").unwrap();
        fs::rename(directory.join("deep/a"), directory.join("deep/b")).unwrap();
        assert_ne!(first, fingerprint(&tree, &[]).unwrap());
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_path_that_is_not_there_holds_nothing() {
        assert!(below(Path::new("no/such/path")).unwrap().is_empty());
    }
}
