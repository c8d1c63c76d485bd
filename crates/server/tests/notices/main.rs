//! Messages on their way out: real connections to servers on this machine.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod addressing;
mod calls;
mod killed;
mod letters;
mod naughty;
mod receiver;
mod smtp;
mod world;
