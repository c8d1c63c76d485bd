//! `cargo xtask bench`: figures, each beside a limit or a peer of the same run. `bench/README.md` says how a part tells
//! its figures; they are kept in `docs/performance.json`, and `docs/performance.md` is made from that.

mod kept;
mod machine;
mod server;
mod table;

use crate::{
    paths,
    process::Run,
    step::{say, step},
};
use anyhow::Result;
use kept::{Kept, Part};
use std::{fs, path::PathBuf};

/// The parts, in the order of the table.
pub(crate) const PARTS: [&str; 3] = ["server", "browser", "page"];

/// Where the table is.
const TABLE: &str = "docs/performance.md";

/// Measures, all parts or those that are named. Quick figures are shown and not kept. `taken`: the parts have been run
/// by themselves, and what they wrote is kept.
pub(crate) fn run(only: &[&str], quick: bool, taken: bool) -> Result<()> {
    let chosen: Vec<&str> = PARTS.into_iter().filter(|part| only.is_empty() || only.contains(part)).collect();
    fs::create_dir_all(directory())?;
    let mut kept = Kept::read()?;
    for part in chosen {
        let measured = step(part, || {
            if !taken {
                // What an earlier run left is not to be taken for this one's.
                let _ = fs::remove_file(file(part));
                measure(part, quick)?;
            }
            Part::read(part, machine::facts()?)
        })?;
        missed(&measured);
        kept.put(measured);
    }
    if quick {
        // What cannot be told fails here too.
        table::page(&kept)?;
        say("a quick run: rough figures, which are not kept");
        return Ok(());
    }
    kept.write()?;
    // From the file, as `cargo xtask generate` makes it: the order of the facts is the file's.
    fs::write(paths::root().join(TABLE), kept_table()?)?;
    say(format!("{TABLE} and docs/performance.json are written"));
    Ok(())
}

/// The table, from the figures that are kept.
pub(crate) fn kept_table() -> Result<String> {
    table::page(&Kept::read()?)
}

fn measure(part: &str, quick: bool) -> Result<()> {
    if part == "server" {
        return server::measure(&file(part), quick);
    }
    let quick = if quick { &["--quick"][..] } else { &[] };
    Run::new(std::env::current_exe()?).args(["bench-browser", part]).args(quick).show()
}

fn missed(part: &Part) {
    for row in part.rows.iter().filter(|row| row.met == Some(false)) {
        say(format!("MISSED: {}, {}: {}", row.group, row.what, row.aim.as_deref().unwrap_or("its aim")));
    }
}

fn directory() -> PathBuf {
    paths::target().join("bench")
}

fn file(part: &str) -> PathBuf {
    directory().join(format!("{part}.json"))
}
