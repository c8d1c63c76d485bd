//! The store on PostgreSQL: one writer a process, one at a time in the whole database, with group commit; and
//! readers beside it. `docs/adr/0007-postgresql.md` says why.

mod address;
mod commit;
mod encode;
mod engine;
mod errors;
mod open;
mod placeholders;
mod schema;
mod seen;
mod session;
mod turn;
mod wire;
mod worker;

pub(crate) use address::Address;
pub(crate) use engine::Postgres;
#[cfg(test)]
pub(crate) use open::migrate;
pub(crate) use open::open;
pub(crate) use session::Session;
pub(crate) use worker::{read_loop, write_loop};
