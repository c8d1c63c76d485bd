//! The test kit as WebAssembly in a browser: the same verdicts as natively.
#![cfg(target_arch = "wasm32")]

mod kit;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn every_vector_gets_its_verdict() {
    let index = kit::index();
    let wrong: Vec<String> =
        kit::vectors(&index).iter().flat_map(|entry| kit::differences(&index, entry)).collect();
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(kit::vectors(&index).len() > 300);
}

#[wasm_bindgen_test]
fn every_story_ends_as_told() {
    assert_eq!(kit::stories(&kit::index()), Vec::<String>::new());
}

#[wasm_bindgen_test]
fn every_code_has_a_vector() {
    assert_eq!(kit::uncovered(&kit::index()), Vec::<&str>::new());
}

#[wasm_bindgen_test]
fn a_deactivation_proves_what_was_accepted_before_it() {
    let chain = kit::chain_of_golden_deactivation();
    assert_eq!(chain.accepted().report, 1);
    assert!(chain.receipt.is_some());
}
