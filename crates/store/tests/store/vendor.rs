//! Tokens, kept answers, the catalog.

use handcarry_format::{Counter, Digest, Feature, Overage, Reset};
use handcarry_store::{ApiToken, CatalogProduct, KeptAnswer, StoreError};

use crate::world::*;

fn token(name: &str) -> ApiToken {
    ApiToken {
        id: id(name),
        name: format!("{name} for people"),
        hash: Digest::of(name.as_bytes()),
        scopes: vec!["licenses:read".to_owned(), "tokens".to_owned()],
        created_at: at(100),
        expires_at: Some(at(900)),
        used_at: None,
        revoked_at: None,
    }
}

fn answer(body: &[u8], seconds: i64) -> KeptAnswer {
    KeptAnswer {
        request: Digest::of(body),
        status: 201,
        headers: "{}".to_owned(),
        body: body.to_vec(),
        at: at(seconds),
    }
}

pub(crate) fn a_token_is_found_by_its_hash_in_its_tenant_only(world: &World) {
    world.store.write_blocking(|tx| tx.insert_token(ACME, &token("a"))).unwrap();
    world.store.write_blocking(|tx| tx.insert_token(ACME, &token("b"))).unwrap();
    let hash = token("a").hash;
    assert_eq!(world.store.read_blocking(move |tx| tx.token_by_hash(ACME, &hash)).unwrap(), Some(token("a")));
    assert_eq!(world.store.read_blocking(move |tx| tx.token_by_hash(OTHER, &hash)).unwrap(), None);
    assert_eq!(world.store.read_blocking(|tx| tx.token(OTHER, &id("a"))).unwrap(), None);
    let again = world.store.write_blocking(|tx| tx.insert_token(ACME, &token("a")));
    assert_eq!(again, Err(StoreError::Taken("the token's id")));
    let same = ApiToken { id: id("c"), ..token("a") };
    assert_eq!(
        world.store.write_blocking(move |tx| tx.insert_token(ACME, &same)),
        Err(StoreError::Taken("the token"))
    );

    world.store.write_blocking(|tx| tx.use_token(ACME, &id("a"), at(200))).unwrap();
    world.store.write_blocking(|tx| tx.revoke_token(ACME, &id("a"), at(300))).unwrap();
    world.store.write_blocking(|tx| tx.revoke_token(ACME, &id("a"), at(400))).unwrap();
    let missing = world.store.write_blocking(|tx| tx.revoke_token(OTHER, &id("a"), at(400)));
    assert_eq!(missing, Err(StoreError::Missing("the token")));
    let ended = ApiToken { used_at: Some(at(200)), revoked_at: Some(at(300)), ..token("a") };
    let (first, second) = (page("", 1), page("a", 5));
    assert_eq!(world.store.read_blocking(move |tx| tx.tokens(ACME, &first)).unwrap(), [ended]);
    assert_eq!(world.store.read_blocking(move |tx| tx.tokens(ACME, &second)).unwrap(), [token("b")]);
}

pub(crate) fn an_answer_is_kept_once_for_token_and_key_and_forgotten_by_age(world: &World) {
    let keep = |tenant, by: &'static str, answer: KeptAnswer| {
        world.store.write_blocking(move |tx| tx.keep_answer(tenant, &id(by), "k", &answer))
    };
    keep(ACME, "a", answer(b"\0one", 100)).unwrap();
    keep(ACME, "b", answer(b"two", 200)).unwrap();
    keep(OTHER, "a", answer(b"", 100)).unwrap();
    assert_eq!(keep(ACME, "a", answer(b"three", 300)), Err(StoreError::Taken("the idempotency key")));
    assert_eq!(
        world.store.read_blocking(|tx| tx.kept_answer(ACME, &id("a"), "k")).unwrap(),
        Some(answer(b"\0one", 100))
    );
    assert_eq!(world.store.read_blocking(|tx| tx.kept_answer(ACME, &id("a"), "K")).unwrap(), None);

    assert_eq!(world.store.write_blocking(|tx| tx.forget_answers(ACME, at(100), 10)).unwrap(), 0);
    assert_eq!(world.store.write_blocking(|tx| tx.forget_answers(ACME, at(201), 1)).unwrap(), 1);
    assert_eq!(world.store.read_blocking(|tx| tx.kept_answer(ACME, &id("a"), "k")).unwrap(), None);
    assert_eq!(world.store.write_blocking(|tx| tx.forget_answers(ACME, at(201), 10)).unwrap(), 1);
    assert_eq!(
        world.store.read_blocking(|tx| tx.kept_answer(OTHER, &id("a"), "k")).unwrap(),
        Some(answer(b"", 100))
    );
}

pub(crate) fn a_product_has_features_and_a_revision_that_rises(world: &World) {
    let counter = Counter { maximum: Some(5), overage: Overage::UpTo(2), reset: Reset::Weekly };
    let feature = Feature { id: id("f"), name: "F".to_owned(), counter: Some(counter) };
    let product = handcarry_format::Product { id: id("sim"), name: "Sim".to_owned(), version: None };
    let first = CatalogProduct { product, features: vec![feature], revision: 1 };
    let insert = |it: &CatalogProduct| {
        let it = it.clone();
        world.store.write_blocking(move |tx| tx.insert_product(ACME, &it))
    };
    let update = |it: &CatalogProduct| {
        let it = it.clone();
        world.store.write_blocking(move |tx| tx.update_product(ACME, &it))
    };
    insert(&first).unwrap();
    assert_eq!(insert(&first), Err(StoreError::Taken("the product's id")));
    assert_eq!(update(&first), Err(StoreError::Stale("product")));
    let second = CatalogProduct { features: Vec::new(), revision: 2, ..first.clone() };
    update(&second).unwrap();
    assert_eq!(world.store.read_blocking(|tx| tx.product(ACME, &id("sim"))).unwrap(), Some(second.clone()));
    assert_eq!(world.store.read_blocking(|tx| tx.product(OTHER, &id("sim"))).unwrap(), None);
    // The command line renames without having read.
    let renamed = handcarry_format::Product { name: "Sim Pro".to_owned(), ..second.product.clone() };
    world.store.write_blocking(move |tx| tx.put_product(ACME, &renamed)).unwrap();
    let now = world.store.read_blocking(|tx| tx.product(ACME, &id("sim"))).unwrap().unwrap();
    assert_eq!((now.product.name.as_str(), now.revision), ("Sim Pro", 3));
}
