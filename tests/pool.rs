//! The documents of a site: what the page says of a pool request, its answer, and a pool file.
#![cfg(not(target_arch = "wasm32"))]

use handcarry_format::fixtures::{self, World, world};
use handcarry_format::{Limits, seal};
use handcarry_portal::card::{Answer, Arg, CardKind, CheckMark, FileCard, Outcome, Refusal};
use handcarry_portal::client;
use handcarry_portal::verify::{TenantTrust, examine_file, prove_answer};
use handcarry_portal::words::W;

fn tenant() -> TenantTrust {
    TenantTrust { trust: fixtures::trust(), limits: Limits::default(), vendor: "Acme Software".into() }
}

fn card(file: &str) -> Box<FileCard> {
    examine_file(file.as_bytes(), &tenant(), true).expect("a genuine file")
}

fn fact(card: &FileCard, label: W) -> Option<&Arg> {
    card.facts.iter().find(|fact| fact.label == label).map(|fact| &fact.value)
}

#[test]
fn a_pool_request_says_what_the_site_asks_for_and_gives_back() {
    let world = world();
    let card = card(&world.pool_request.sealed.text);
    assert_eq!(
        (card.kind, card.product.as_str(), card.device.as_str()),
        (CardKind::PoolRequest, "Northline, Linz", "")
    );
    assert!(card.kind.has_action());
    let asked = Arg::Code("license-1 license-2 license-3 license-9".into());
    assert_eq!(fact(&card, W::FactAsked), Some(&asked));
    assert_eq!(fact(&card, W::FactReleased), Some(&Arg::Code("license-4".into())));
    assert_eq!(card.checks.len(), 2);
    assert!(card.checks.iter().all(|check| check.mark == CheckMark::Passed));
    assert_eq!(card.checks[1].what.word, W::CheckSite);
    assert!(card.content.contains("seats_used: 2"), "everything that is sent is shown (D-27)");
}

#[test]
fn a_pool_file_is_named_and_there_is_nothing_to_send() {
    let card = card(&world().pool.sealed.text);
    assert_eq!((card.kind, card.product.as_str()), (CardKind::Pool, "Acme Software"));
    assert!(!card.kind.has_action());
    assert_eq!(card.checks[1].what.word, W::CheckVendor);
}

/// The portal's answer with this pool file, to the story's request.
fn answered(world: &World, pool: &str) -> Result<Box<Answer>, Box<Refusal>> {
    let request = card(&world.pool_request.sealed.text);
    let text = serde_json::json!({
        "outcome": "answered",
        "pool": { "name": "acme-pool-linz.txt", "text": pool, "number": 7 },
    });
    let files = client::answer(&text.to_string(), None).expect("an answer with a file");
    prove_answer(files, Some(&request), &tenant())
}

#[test]
fn a_pool_request_is_answered_with_a_pool_file() {
    let world = world();
    let answer = answered(&world, &world.pool.sealed.text).expect("genuine");
    assert_eq!((answer.outcome, answer.product.as_str()), (Outcome::Answered, "Northline, Linz"));
    assert_eq!(answer.license.map(|file| file.name).as_deref(), Some("acme-pool-linz.txt"));
    assert_eq!(answer.receipt, None);
}

#[test]
fn d_01_a_pool_file_for_another_request_is_not_believed() {
    let world = world();
    let mut other = world.pool.document.clone();
    other.answers = Some(world.license.sealed.digest);
    let other = seal(&other, &fixtures::key("issuing"), None).unwrap();
    let refusal = answered(&world, &other.text).expect_err("it answers something else");
    assert_eq!(refusal.code, "page.answer_not_genuine");
    let mut bare = world.pool.document.clone();
    (bare.answers, bare.site, bare.number) = (None, None, 0);
    let bare = seal(&bare, &fixtures::key("issuing"), None).unwrap();
    let refusal = answered(&world, &bare.text).expect_err("it answers nothing");
    assert_eq!(refusal.code, "page.answer_not_genuine");
    let forged = seal(&world.pool.document, &fixtures::key("device"), None).unwrap();
    let refusal = answered(&world, &forged.text).expect_err("nobody may sign so");
    assert_eq!(refusal.code, "page.answer_not_genuine");
}

#[test]
fn a_kept_answer_is_proven_without_its_request() {
    let world = world();
    let text =
        serde_json::json!({ "pool": { "name": "p.txt", "text": world.pool.sealed.text, "number": 7 } });
    let files = client::answer(&text.to_string(), None).expect("an answer with a file");
    let answer = prove_answer(files, None, &tenant()).expect("genuine");
    assert_eq!((answer.outcome, answer.product.as_str()), (Outcome::Answered, "Acme Software"));
}
