//! What a store promises, on every engine; then what the file on the disk does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod backup;
mod claims;
mod contract;
mod copy;
mod crash;
mod cut;
mod file;
mod holders;
mod isolation;
mod late;
mod listings;
mod lmx;
mod log;
mod notices;
mod pool;
mod returns;
mod round_trip;
mod server;
mod shared;
mod unique;
mod units;
mod vendor;
mod world;
