//! A fault at every step of what the portal does, on both engines: all of it is there or nothing is, the next try comes
//! to the same bytes, and once more changes nothing. `docs/faults.md` says what must hold.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../portal/desk.rs"]
#[expect(dead_code, reason = "these tests need a part of it")]
mod desk;
#[path = "../portal/device.rs"]
mod device;
#[path = "../notices/receiver.rs"]
#[expect(dead_code, reason = "these tests need a part of it")]
mod receiver;

mod by_itself;
mod documents;
mod steps;
mod vendor;
mod world;
