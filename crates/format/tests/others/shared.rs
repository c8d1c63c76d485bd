//! Vectors of other projects, which lie beside the repository and are not part of it.

use std::path::PathBuf;

/// The path of a vector file or directory; `None`, and a loud line, if it is not on this machine.
pub(crate) fn vectors(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors").join(name);
    if path.exists() {
        return Some(path);
    }
    skipped(name);
    None
}

#[expect(clippy::print_stderr, reason = "a test that did not run must not look like one that passed")]
fn skipped(name: &str) {
    eprintln!("SKIPPED: shared/vectors/{name} is not beside this repository");
}

/// A JSON file of vectors.
pub(crate) fn json(name: &str) -> Option<serde_json::Value> {
    let bytes = std::fs::read(vectors(name)?).expect("the vectors are readable");
    Some(serde_json::from_slice(&bytes).expect("the vectors are JSON"))
}
