//! What other projects publish, read by this one.
#![cfg(not(target_arch = "wasm32"))]

mod foreign;
mod json_suite;
mod ledger;
mod naughty;
mod shared;
mod signatures;
