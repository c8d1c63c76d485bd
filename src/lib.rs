//! The customer's page, as a site map:
//!
//! - [`flow`]: what the page knows and what happens next; no browser in it, tested natively
//! - [`verify`]: a file's bytes to a [`card`], with `handcarry-format`
//! - [`client`]: what the portal answers, in the page's own terms
//! - [`words`]: every word, from `locales/`
//! - [`theme`]: the vendor's name, logo, links and words
//! - `app`, `runner`: from an event to what is seen and done
//! - `page/`, `component/`: what a person sees
//! - `browser/`: files, clipboard, storage, network: the only place that knows the browser
//! - `worker/`: verification off the main thread
//!
//! The last four exist in WebAssembly only.

pub mod card;
pub mod client;
pub mod flow;
pub mod theme;
pub mod verify;
pub mod words;
pub mod worker;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(all(test, target_arch = "wasm32"))]
mod browser_tests;
#[cfg(target_arch = "wasm32")]
mod component;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod runner;

/// Three kilobytes smaller than the one that comes with the compiler, and quicker.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// Starts the page in a window, or the reader in a worker.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    if !worker::start() {
        browser::show_traps();
        browser::go(app::start());
    }
}
