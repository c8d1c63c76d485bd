//! Prints `docs/spec/7-examples.md`: one worked example a document, made from the golden files.

mod examples;

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    io::stdout().write_all(examples::page().as_bytes())
}
