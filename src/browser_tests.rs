//! Runs in a real browser: what the page needs of one.

use std::sync::Arc;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use crate::browser::store::Record;
use crate::browser::{document, files, intl, store, time};
use crate::component::{h, live};
use crate::flow::{Bytes, Saved, Stage};
use crate::words::{self, W, t};

wasm_bindgen_test_configure!(run_in_browser);

fn saved(key: &str, stage: Stage) -> Saved {
    Saved {
        key: key.into(),
        name: "naïve <b>.txt".into(),
        size: 3,
        stage,
        bytes: Some(Bytes([0, 255, 10].as_slice().into())),
        raw: Some("{}".into()),
        first: None,
    }
}

#[wasm_bindgen_test]
async fn what_is_kept_comes_back_as_it_was() {
    assert!(store::open().await);
    for old in store::saved("", 9).await {
        store::write(vec![Record::Gone(old.key)]).await;
    }
    let (first, second) = (saved("1-100000", Stage::Sending), saved("1-100001", Stage::Answered));
    store::write(vec![Record::Kept(second.clone()), Record::Kept(first.clone())]).await;
    store::save_tenant("{\"vendor\":1}").await;
    let both = [first.clone(), second.clone()];
    assert_eq!(store::saved("", 9).await, both, "oldest first, and the tenant is no transfer");
    assert_eq!(store::saved("", 1).await, [first]);
    assert_eq!(
        store::saved("1-100000", 9).await,
        std::slice::from_ref(&second),
        "what comes after the first"
    );
    assert_eq!(store::tenant().await.as_deref(), Some("{\"vendor\":1}"));
    // In their order: what was kept and is gone again is gone.
    let third = saved("1-100002", Stage::Ready);
    let gone = |key: &str| Record::Gone(key.into());
    store::write(vec![gone("1-100000"), Record::Kept(third), gone("1-100002")]).await;
    assert_eq!(store::saved("", 9).await, [second]);
    store::write(vec![gone("1-100001")]).await;
}

#[wasm_bindgen_test]
async fn a_pasted_text_is_a_file_and_blanks_are_not() {
    assert_eq!(files::of_text("  \n"), None);
    let file = files::of_text("-----BEGIN é").expect("a text is a file");
    assert_eq!(file.size, 13);
    let blob = files::take(file.slot).expect("it is there once");
    let bytes = files::read(&blob).await.expect("it can be read");
    assert_eq!(bytes.0.to_vec(), "-----BEGIN é".as_bytes());
    assert!(files::take(file.slot).is_none(), "and only once");
}

#[wasm_bindgen_test]
fn numbers_sizes_and_times_are_written() {
    assert!(!intl::number(12_660).is_empty());
    assert!(intl::size(2_938).contains("2.9") || intl::size(2_938).contains("2,9"), "{}", intl::size(2_938));
    assert!(intl::size(320).ends_with('B'));
    let time = intl::time("2026-11-21T14:02:00Z");
    assert!(time.contains("2026") && time.contains("UTC") && time.contains("02"), "{time}");
    assert!(intl::day("2026-03-01").contains("2026"));
}

#[wasm_bindgen_test]
async fn german_comes_whole_and_half_a_file_does_not() {
    let german = include_str!("../locales/de.toml");
    assert!(!words::use_file(german.chars().take(500).collect()));
    assert_eq!(t(W::ReviewCancel), "Cancel");
    assert!(words::use_file(german.into()));
    assert_eq!(t(W::ReviewCancel), "Abbrechen");
    words::use_english();
}

#[wasm_bindgen_test]
async fn texts_are_texts_whatever_is_in_them() {
    let name = Arc::new(std::sync::Mutex::new(String::from("<img src=x onerror=alert(1)>")));
    let shown = Arc::clone(&name);
    let place = document().create_element("div").expect("a tag is a valid name");
    document().body().expect("a page has a body").append_child(&place).expect("it can be put there");
    let handle = leptos::mount::mount_to(wasm_bindgen::JsCast::unchecked_into(place.clone()), move || {
        h("section").at("title", "\"><b>").live(move || {
            live::look(30);
            vec![h("p").text(&shown.lock().expect("nobody panicked"))]
        })
    });
    assert_eq!(place.text_content().as_deref(), Some("<img src=x onerror=alert(1)>"));
    assert_eq!(place.query_selector("img, b").expect("a valid selector"), None);
    *name.lock().expect("nobody panicked") = "second".into();
    live::changed(29);
    time::sleep(20).await;
    assert_eq!(
        place.text_content().as_deref(),
        Some("<img src=x onerror=alert(1)>"),
        "nobody looked at that"
    );
    live::changed(30);
    time::sleep(20).await;
    assert_eq!(place.text_content().as_deref(), Some("second"));
    drop(handle);
}
