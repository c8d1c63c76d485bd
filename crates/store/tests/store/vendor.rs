//! Tokens, kept answers, the catalog.

use handcarry_format::{Counter, Digest, Feature, Overage, Reset};
use handcarry_store::{
    ActivationFilter, ApiToken, CaseFilter, CatalogProduct, Closed, KeptAnswer, Page, SeatState, StoreError,
};

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

pub(crate) fn activations_are_found_by_what_is_known_of_them(world: &World) {
    world.does(|tx| {
        for (license, number) in [("l", 1), ("m", 2)] {
            tx.insert_license(ACME, &bare_license(license, number))?;
        }
        let plain = |it| handcarry_rules::Activation { clone_suspected: false, ..it };
        tx.save_activation(ACME, &id("l"), &plain(activation("a", "WS-17", 1)))?;
        tx.save_activation(ACME, &id("l"), &plain(returned(activation("b", "WS-18", 2), 5)))?;
        tx.save_activation(ACME, &id("m"), &activation("c", "WS_19", 3))
    });
    let list = |filter: ActivationFilter, page: Page| -> Vec<(String, String)> {
        let rows = world.sees(move |tx| tx.list_activations(ACME, &filter, &page));
        rows.into_iter().map(|row| (row.license.to_string(), row.activation.id.to_string())).collect()
    };
    let pair = |license: &str, name: &str| (license.to_owned(), name.to_owned());
    let all = ActivationFilter::default();
    assert_eq!(list(all.clone(), ALL), [pair("m", "c"), pair("l", "b"), pair("l", "a")]);
    let first = world.sees({
        let all = all.clone();
        move |tx| tx.list_activations(ACME, &all, &page_of(2))
    });
    assert_eq!(list(all.clone(), page(&first[1].seq.to_string(), 2)), [pair("l", "a")]);
    let one = |filter: ActivationFilter| list(filter, ALL);
    let name = |text: &str| ActivationFilter { device: Some(text.to_owned()), ..ActivationFilter::default() };
    assert_eq!(one(ActivationFilter { license: Some(id("m")), ..all.clone() }), [pair("m", "c")]);
    assert_eq!(one(name("ws-1")).len(), 2);
    assert_eq!(one(name("S_1")), [pair("m", "c")], "no wildcard");
    assert_eq!(one(name("%")), []);
    let key = first[0].activation.device.key.id().to_string();
    assert_eq!(one(name(&key)), [pair("m", "c")]);
    let state = |state| ActivationFilter { state: Some(state), ..ActivationFilter::default() };
    assert_eq!(one(state(SeatState::Taken)).len(), 2);
    assert_eq!(one(state(SeatState::Returned)), [pair("l", "b")]);
    assert_eq!(one(state(SeatState::Retired)), []);
    assert_eq!(one(ActivationFilter { clone_suspected: Some(true), ..all.clone() }), [pair("m", "c")]);
    let other = world.sees(move |tx| tx.list_activations(OTHER, &all, &ALL));
    assert_eq!(other, []);
    assert_eq!(world.sees(|tx| tx.listed_activation(OTHER, &id("a"))), None);
    assert_eq!(world.sees(|tx| tx.listed_activation(ACME, &id("b"))).map(|row| row.license), Some(id("l")));
    let foreign = world
        .store
        .read_blocking(|tx| tx.list_activations(ACME, &ActivationFilter::default(), &page("x", 1)));
    assert_eq!(foreign, Err(StoreError::Cursor));
}

pub(crate) fn a_case_is_closed_once_and_keeps_its_reason(world: &World) {
    world.does(|tx| {
        for (name, kind) in [("one", "zombie"), ("two", "fork")] {
            tx.open_case(ACME, &case(name, kind, name))?;
        }
        Ok(())
    });
    let closed = |seconds| Closed { at: at(seconds), by: "token:t".to_owned(), why: "a backup".to_owned() };
    assert!(!world.does(move |tx| tx.close_case(OTHER, &id("one"), &closed(5))));
    assert!(world.does(move |tx| tx.close_case(ACME, &id("one"), &closed(5))));
    assert!(!world.does(move |tx| tx.close_case(ACME, &id("one"), &closed(6))));
    assert_eq!(world.sees(|tx| tx.case(ACME, &id("one"))).unwrap().closed, Some(closed(5)));
    assert_eq!(world.sees(|tx| tx.case(ACME, &id("two"))).unwrap().closed, None);
    assert_eq!(world.sees(|tx| tx.case(OTHER, &id("two"))), None);
    let list = |filter: CaseFilter| -> Vec<String> {
        let rows = world.sees(move |tx| tx.list_cases(ACME, &filter, &ALL));
        rows.into_iter().map(|row| row.case.case.id.to_string()).collect()
    };
    let any = CaseFilter::default();
    assert_eq!(list(any.clone()), ["one", "two"]);
    assert_eq!(list(CaseFilter { open: Some(true), ..any.clone() }), ["two"]);
    assert_eq!(list(CaseFilter { open: Some(false), ..any.clone() }), ["one"]);
    assert_eq!(list(CaseFilter { kind: Some("fork".to_owned()), ..any.clone() }), ["two"]);
    assert_eq!(list(CaseFilter { activation: Some(id("nobody")), ..any }), [""; 0]);
    assert_eq!(world.sees(|tx| tx.cases(ACME, &ALL)).len(), 1, "what waits is what is open");
}

pub(crate) fn files_and_documents_of_an_activation_are_listed_in_their_order(world: &World) {
    let (first, second) = (document("one", None), document("two", Some(1)));
    let (of, files) = (first.activation.clone(), issued("text").activation);
    world.does(move |tx| {
        tx.file(ACME, &first)?;
        tx.file(ACME, &second)?;
        tx.keep_issued(ACME, &issued("text"))
    });
    let documents = world.sees({
        let of = of.clone();
        move |tx| tx.activation_documents(ACME, &of, &ALL)
    });
    assert_eq!(documents.len(), 2);
    let after = page(&documents[0].seq.to_string(), 5);
    let rest = world.sees({
        let of = of.clone();
        move |tx| tx.activation_documents(ACME, &of, &after)
    });
    assert_eq!(rest, documents[1..]);
    assert_eq!(world.sees(move |tx| tx.activation_documents(OTHER, &of, &ALL)), []);
    assert_eq!(world.sees(move |tx| tx.activation_files(ACME, &files, &ALL)).len(), 1);
}

fn page_of(limit: u32) -> Page {
    Page { after: None, limit }
}
