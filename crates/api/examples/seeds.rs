//! Writes the inputs that the test kit gives to the fuzz targets: `cargo run -p handcarry-api --example seeds -- DIR`.
//! `cargo xtask fuzz` does that.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

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
    Ok(())
}
