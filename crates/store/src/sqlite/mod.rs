//! The store on SQLite: one writer with group commit, and readers beside it.

mod accounts;
mod activations;
mod convert;
mod documents;
mod errors;
mod licenses;
mod log;
mod mirror;
mod open;
mod tenants;
mod tx;
mod worker;

pub(crate) use open::{open_file, open_memory, open_reader};
pub(crate) use worker::{read_loop, write_loop};
