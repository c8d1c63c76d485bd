//! Inputs to begin with, made from the test kit; and those that are kept in `fuzz/kept`.

use std::fs;
use std::path::{Path, PathBuf};

use handcarry_format::{Kind, Limits, inspect};

/// A target's name, an input's name, the input.
pub(crate) type Seed = (&'static str, String, Vec<u8>);

/// Longer files teach a fuzzer nothing that shorter ones do not.
const LONGEST: usize = 16 << 10;

/// The inputs that the test kit below `root` gives: whole files, envelopes, payloads with their kind.
pub(crate) fn of_the_kit(root: &Path) -> Vec<Seed> {
    let mut seeds = Vec::new();
    let kit = root.join("testkit");
    for path in files(&kit.join("golden")).into_iter().chain(files(&kit.join("vectors"))) {
        let Ok(bytes) = fs::read(&path) else { continue };
        let name = path.strip_prefix(&kit).unwrap_or(&path).display().to_string().replace(['/', '\\'], "-");
        if bytes.len() > LONGEST {
            continue;
        }
        if let Ok(shown) = inspect(&bytes, &Limits::default()) {
            let kind = Kind::ALL.iter().position(|kind| *kind == shown.kind).unwrap_or_default();
            let payload = shown.payload.into_bytes();
            // The place of the kind fits a byte.
            seeds.push(("document", name.clone(), [&[kind as u8], payload.as_slice()].concat()));
            seeds.push(("json", name.clone(), payload));
        }
        if name.ends_with(".json") {
            seeds.push(("envelope", name.clone(), bytes.clone()));
        }
        seeds.push(("armor", name, bytes));
    }
    seeds
}

/// The inputs below `fuzz/kept`: written by hand, or found by the fuzzer and worth keeping.
pub(crate) fn kept(root: &Path) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (target, _) in super::targets::TARGETS {
        for path in files(&root.join("fuzz/kept").join(target)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            seeds.extend(fs::read(&path).map(|bytes| (target, name, bytes)));
        }
    }
    seeds
}

/// Every file below a directory, in order.
fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
