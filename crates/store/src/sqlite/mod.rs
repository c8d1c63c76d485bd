//! The store on SQLite: one writer with group commit, and readers beside it.

mod engine;
mod keeper;
mod open;
mod worker;

pub(crate) use engine::{Sqlite, engine};
pub(crate) use keeper::Keeper;
#[cfg(test)]
pub(crate) use open::migrate;
pub(crate) use open::{open_file, open_keeper, open_memory, open_reader};
pub(crate) use worker::{read_loop, write_loop};
