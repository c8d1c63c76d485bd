//! Writes `testkit/`: golden files, single-failure vectors and stories, with what a reader must say to each.
//!
//! `cargo run -p handcarry-format --example testkit` writes; with `--check` it only compares, and fails if
//! anything differs. The same bytes every time: all keys come from published names.

mod damage;
mod envelope;
mod foreign;
mod golden;
mod keys;
mod outside;
mod payload;
mod pool;
mod repeated;
mod stories;
mod usage;
mod vector;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use handcarry_format::fixtures::{self, World};

use crate::vector::Kit;

fn main() -> ExitCode {
    let check = env::args().any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testkit");
    let files = kit();
    match if check { compare(&root, &files) } else { write(&root, &files) } {
        Ok(wrong) if wrong.is_empty() => ExitCode::SUCCESS,
        Ok(wrong) => {
            say(&format!("out of date: {}", wrong.join(", ")));
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the program's only output")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Every file of the kit by its path.
fn kit() -> BTreeMap<String, Vec<u8>> {
    let world: World = fixtures::world();
    // Most vectors are about something else than keys: one key makes them half as large.
    let mut keyring = fixtures::keyring(3);
    keyring.keys.truncate(1);
    keyring.revoked.clear();
    let small = fixtures::world_with(keyring);
    let mut kit = Kit::default();
    golden::add(&mut kit, &world);
    outside::add(&mut kit, &world);
    damage::add(&mut kit, &world);
    foreign::add(&mut kit);
    envelope::add(&mut kit, &world);
    keys::add(&mut kit, &world, &small);
    payload::add(&mut kit, &small);
    usage::add(&mut kit, &small);
    pool::add(&mut kit, &world);
    repeated::add(&mut kit, &small);
    stories::add(&mut kit, &world);
    kit.into_files()
}

/// The directories that the generator owns; what else lies in `testkit/` is written by hand.
const OWNED: [&str; 2] = ["golden", "vectors"];

fn write(root: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<String>> {
    for directory in OWNED {
        if root.join(directory).exists() {
            fs::remove_dir_all(root.join(directory))?;
        }
    }
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, bytes)?;
    }
    Ok(Vec::new())
}

fn compare(root: &Path, files: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<String>> {
    let mut wrong: Vec<String> = files
        .iter()
        .filter(|(path, bytes)| fs::read(root.join(path)).ok().as_ref() != Some(*bytes))
        .map(|(path, _)| path.clone())
        .collect();
    for directory in OWNED {
        let mut left: Vec<PathBuf> = vec![root.join(directory)];
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(fs::read_dir(path)?.filter_map(|entry| entry.ok().map(|entry| entry.path())));
            } else if let Ok(name) = path.strip_prefix(root) {
                let name = name.to_string_lossy().replace('\\', "/");
                wrong.extend((!files.contains_key(&name)).then_some(name));
            }
        }
    }
    Ok(wrong)
}
