//! The test kit, natively.
#![cfg(not(target_arch = "wasm32"))]

mod kit;

#[test]
fn every_vector_gets_its_verdict() {
    let index = kit::index();
    let wrong: Vec<String> =
        kit::vectors(&index).iter().flat_map(|entry| kit::differences(&index, entry)).collect();
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(kit::vectors(&index).len() > 300);
}

#[test]
fn every_story_ends_as_told() {
    assert_eq!(kit::stories(&kit::index()), Vec::<String>::new());
}

#[test]
fn every_code_has_a_vector() {
    assert_eq!(kit::uncovered(&kit::index()), Vec::<&str>::new());
}

#[test]
fn a_deactivation_proves_what_was_accepted_before_it() {
    let chain = kit::chain_of_golden_deactivation();
    assert_eq!(chain.accepted().report, 1);
    assert!(chain.receipt.is_some());
}
