//! Everything that is done to a good file.
#![cfg(not(target_arch = "wasm32"))]

mod bytes;
mod strict;
mod types;
mod wrapping;
