//! The license rules, one test a promise, named by the rule's id.
#![expect(clippy::unwrap_used, reason = "a test that fails to unwrap has failed")]

mod activation;
mod claims;
mod clones;
mod holder;
mod identity;
mod invariants;
mod kept;
mod lmx;
mod periods;
mod pool;
mod refresh;
mod restored;
mod returns;
mod sequence;
mod sound;
mod staff;
mod terms;
mod timeline;
mod usage;
mod world;
