//! Verification off the main thread: the same WebAssembly, started a second time by `public/worker.js`.

pub mod wire;

#[cfg(target_arch = "wasm32")]
mod inside;
#[cfg(target_arch = "wasm32")]
mod outside;

#[cfg(target_arch = "wasm32")]
pub(crate) use inside::start;
#[cfg(target_arch = "wasm32")]
pub(crate) use outside::{Failed, examine};
