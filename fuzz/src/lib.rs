//! What is fuzzed. The same checks run over the test kit and the kept inputs in the ordinary tests
//! (`crates/api/tests/corpus.rs`, `crates/rules/tests/rules/kept.rs`), which need no fuzzer.

#[path = "../../crates/rules/tests/rules/sequence.rs"]
mod sequence;
mod targets;
#[path = "../../crates/rules/tests/rules/world/mod.rs"]
#[allow(dead_code, reason = "the tests of the rules use more of it")]
#[allow(unused_imports, reason = "the tests of the rules use more of it")]
mod world;

/// Hands the fuzzer's input to a target.
///
/// # Panics
///
/// If there is no such target; and where the target finds something.
pub fn run(name: &str, data: &[u8]) {
    if name == "decide" {
        return sequence::run(data);
    }
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("a target of this name");
    target(data);
}
