//! What is fuzzed. The same checks run over the test kit and the kept inputs in the ordinary tests
//! (`crates/api/tests/corpus.rs`), which need no fuzzer.

mod targets;

/// Hands the fuzzer's input to a target.
///
/// # Panics
///
/// If there is no such target; and where the target finds something.
pub fn run(name: &str, data: &[u8]) {
    let target = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let (_, target) = target.expect("a target of this name");
    target(data);
}
