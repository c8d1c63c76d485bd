//! What the fuzz target `decide` has kept, and some sequences that nobody chose, with no fuzzer.

use std::fs;
use std::path::Path;

use handcarry_format::Digest;

use crate::sequence;

#[test]
fn every_kept_sequence_of_decisions_keeps_what_must_hold() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/kept/decide");
    let mut count = 0;
    for entry in fs::read_dir(kept).unwrap() {
        sequence::run(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 4, "{count}");
}

#[test]
fn sequences_that_nobody_chose_keep_what_must_hold() {
    for n in 0..40_u8 {
        let bytes: Vec<u8> = (0..5_u8).flat_map(|part| *Digest::of(&[n, part]).as_bytes()).collect();
        sequence::run(&bytes);
    }
}
