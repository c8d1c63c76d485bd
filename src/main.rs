//! The page's WebAssembly: mounts the page in a window, answers with file cards in a worker.

fn main() {
    #[cfg(target_arch = "wasm32")]
    handcarry_portal::start();
}
