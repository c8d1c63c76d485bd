//! The portal's server and its command line.

use std::process::ExitCode;

/// A document's way through the server is some hundred small allocations on one thread, freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    handcarry_server::cli::main()
}
