//! The fuzz targets over the test kit and the kept inputs, and over every cut and some flips of the small ones: what
//! the fuzzer has found once is looked for in every run, with no fuzzer.

use std::path::Path;

#[path = "../../../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../../fuzz/src/targets.rs"]
mod targets;

fn target(name: &str) -> targets::Target {
    let found = targets::TARGETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, target)| *target).expect("a target of this name")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn every_input_of_the_kit_goes_through_its_target() {
    let seeds = seeds::of_the_kit(root());
    assert!(seeds.len() > 800, "{}", seeds.len());
    for (name, _, input) in seeds {
        target(name)(&input);
    }
}

#[test]
fn every_kept_input_goes_through_its_target() {
    let kept = seeds::kept(root());
    for (name, target) in targets::TARGETS {
        assert!(kept.iter().any(|(of, ..)| *of == name), "{name} has no kept input");
        // Nothing at all is an input, too.
        target(&[]);
    }
    for (name, _, input) in kept {
        target(name)(&input);
    }
}

#[test]
fn every_kept_input_may_be_cut_and_flipped() {
    for (name, _, input) in seeds::kept(root()) {
        let target = target(name);
        let step = input.len() / 64 + 1;
        for place in (0..input.len()).step_by(step) {
            target(&input[..place]);
            let mut flipped = input.clone();
            flipped[place] ^= 1 << (place % 8);
            target(&flipped);
        }
    }
}
