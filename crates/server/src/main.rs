//! The portal's server and its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    handcarry_server::cli::main()
}
