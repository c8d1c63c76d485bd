//! Ed25519 as others test it: Wycheproof, and the twelve cases in which libraries differ.

use super::shared;

use handcarry_format::PublicKey;
use serde_json::Value;

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("hexadecimal text");
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}

/// What a reader does with a key, a message and a signature; one of the wrong length is none.
fn verifies(key: &Value, message: &Value, signature: &Value) -> bool {
    let key = bytes(key).try_into().ok().and_then(|key| PublicKey::from_bytes(&key));
    let signature = bytes(signature).try_into();
    matches!((key, signature), (Some(key), Ok(signature)) if key.verifies(&bytes(message), &signature))
}

#[test]
fn threat_forged_license_wycheproof_every_verdict_is_as_published() {
    let Some(suite) = shared::json("wycheproof/ed25519_test.json") else { return };
    let mut made = 0;
    for group in suite["testGroups"].as_array().expect("groups") {
        for test in group["tests"].as_array().expect("tests") {
            let valid = match test["result"].as_str() {
                Some("valid") => true,
                Some("invalid") => false,
                other => panic!("no verdict: {other:?}"),
            };
            let found = verifies(&group["publicKey"]["pk"], &test["msg"], &test["sig"]);
            assert_eq!(found, valid, "case {} {}", test["tcId"], test["comment"]);
            made += 1;
        }
    }
    assert_eq!(suite["numberOfTests"].as_u64(), Some(made));
}

/// The twelve cases of *Taming the many EdDSAs*. Strict verification takes exactly one.
///
/// 0, 1 a public key of small order; 2 an `R` of small order, with a key that is none; 3 key and `R` both of
/// mixed order, and the equation holds without the cofactor: nothing in it is malleable, so it passes; 4, 5
/// the equation holds only when multiplied by the cofactor; 6, 7 an `S` above the group's order; 8, 9 an `R`
/// that is not canonical and of small order; 10, 11 a key that is not canonical and of small order.
#[test]
fn threat_forged_license_speccheck_only_the_case_without_tricks_passes() {
    let Some(cases) = shared::json("ed25519-speccheck/cases.json") else { return };
    let cases = cases.as_array().expect("a list of cases");
    let found: Vec<bool> =
        cases.iter().map(|case| verifies(&case["pub_key"], &case["message"], &case["signature"])).collect();
    let expected = [false, false, false, true, false, false, false, false, false, false, false, false];
    assert_eq!(found, expected);
}
