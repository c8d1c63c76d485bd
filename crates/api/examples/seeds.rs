//! Writes the inputs that the test kit gives to the fuzz targets, and the words of documents as a dictionary: `cargo run -p handcarry-api --example seeds -- DIR`.
//! `cargo xtask fuzz` does that.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use handcarry_format::json::{self, Json};

#[path = "../../../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../../fuzz/src/targets.rs"]
mod targets;

fn main() -> io::Result<()> {
    let to = PathBuf::from(env::args().nth(1).ok_or_else(|| io::Error::other("which directory?"))?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (target, name, input) in seeds::of_the_kit(&root).into_iter().chain(seeds::kept(&root)) {
        fs::create_dir_all(to.join(target))?;
        fs::write(to.join(target).join(name), input)?;
    }
    fs::write(to.join("dictionary"), dictionary(&root))
}

/// Every member's name and every short text in the payloads of the kit, as the fuzzer reads them.
fn dictionary(root: &Path) -> String {
    let mut words = BTreeSet::new();
    for (target, _, input) in seeds::of_the_kit(root) {
        if target == "json"
            && let Ok(value) = json::parse(&input, 12)
        {
            collect(&value, &mut words);
        }
    }
    let plain = |word: &&String| {
        word.len() <= 40 && word.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c))
    };
    words.iter().filter(plain).map(|word| format!("\"\\\"{word}\\\"\"\n")).collect()
}

fn collect(value: &Json<'_>, words: &mut BTreeSet<String>) {
    match value {
        Json::Text(text) => drop(words.insert(text.to_string())),
        Json::List(items) => items.iter().for_each(|item| collect(item, words)),
        Json::Object(members) => {
            for (name, value) in members {
                words.insert(name.to_string());
                collect(value, words);
            }
        }
        _ => {}
    }
}
