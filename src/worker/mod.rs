//! Verification off the main thread, on all cores: the same WebAssembly, started again by `public/worker.js` in some
//! workers that take the files between them.

pub mod plan;
pub mod wire;

#[cfg(target_arch = "wasm32")]
mod inside;
#[cfg(target_arch = "wasm32")]
mod pool;

#[cfg(target_arch = "wasm32")]
pub(crate) use inside::start;
#[cfg(target_arch = "wasm32")]
pub(crate) use pool::{is_behind, is_there, take};
