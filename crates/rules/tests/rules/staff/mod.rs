//! What staff do without the device, and what comes of it.

mod block;
mod invariants;
mod late_proof;
mod loss;
mod r2;
mod rehost;
mod release;
