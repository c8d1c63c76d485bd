//! Figures of the server, each beside a limit that is measured in the same run: `cargo xtask bench` runs it.
//!
//! `handcarry-bench ingest` by itself shows what a change to the server does.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod clock;
mod documents;
mod filed;
mod fill;
mod ingest;
mod load;
mod portal;
mod raw;
mod report;
mod rows;
mod server;
mod start;

use std::net::SocketAddr;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "handcarry-bench", about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// New activation requests over HTTP, as fast as the server takes them
    Ingest(ingest::Arguments),
    /// All figures of the server, as `cargo xtask bench` takes them
    Server(server::Arguments),
    /// Answer everything with 200: what a process that listens costs at least
    #[command(hide = true)]
    Listen {
        /// Where
        address: SocketAddr,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Ingest(arguments) => ingest::run(&arguments),
        Command::Server(arguments) => server::run(&arguments),
        Command::Listen { address } => start::listen(address),
    }
}
