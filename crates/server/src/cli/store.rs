//! `handcarry store`

use clap::Subcommand;
use handcarry_store::{TableContents, contents, copy};

use crate::cli::{Data, Done, say};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Copy a whole store into an empty one, of the same engine or the other, and compare the two; the one
    /// that is copied may be in use. The keys are not in a store: copy the data directory's keys beside it
    Copy {
        /// Address of the store to copy: a file, or postgres://user@host/database
        from: String,
        /// Address of the empty store to copy to
        to: String,
    },
    /// Show how many rows each table holds, with their digest: equal stores show the same on every engine
    Contents {
        /// Address of the store (default: the one that the other commands work on)
        address: Option<String>,
    },
}

pub(super) fn run(data: &Data, command: Command) -> Done {
    match command {
        Command::Copy { from, to } => {
            show(&copy(&from, &to)?);
            say("copied, and compared");
        }
        Command::Contents { address: Some(address) } => show(&contents(&address)?),
        Command::Contents { address: None } => show(&contents(&data.store()?)?),
    }
    Ok(())
}

fn show(tables: &[TableContents]) {
    for TableContents { table, rows, digest } in tables {
        say(&format!("{table}\t{rows}\t{digest}"));
    }
}
