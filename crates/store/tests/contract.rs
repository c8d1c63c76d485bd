//! What every engine promises.

mod common;

use common::*;
use handcarry_store::{Options, Page, Store, StoreError};

const ALL: Page = Page { after: None, limit: 1000 };

fn memory() -> Store {
    let store = Store::open("sqlite::memory:", Options::default()).unwrap();
    store
        .write_blocking(|tx| {
            tx.insert_tenant(&tenant(ACME, "acme"))?;
            tx.insert_tenant(&tenant(OTHER, "other"))
        })
        .unwrap();
    store
}

#[test]
fn everything_comes_back_as_it_was_written() {
    let store = memory();
    store
        .write_blocking(|tx| {
            tx.insert_license(ACME, &license("full", 1))?;
            tx.insert_license(ACME, &bare_license("bare", 2))?;
            tx.save_activation(ACME, &id("full"), &activation("a-1", "one", 10))?;
            tx.file(ACME, &document("d-1", Some(3)))?;
            tx.append_log(ACME, &entry("document.accepted")).map(drop)
        })
        .unwrap();
    store
        .read_blocking(|tx| {
            assert_eq!(tx.licenses(ACME, &ALL)?, [bare_license("bare", 2), license("full", 1)]);
            assert_eq!(tx.activations(ACME, &id("full"), &ALL)?, [activation("a-1", "one", 10)]);
            assert_eq!(tx.filed_by_id(ACME, &id("d-1"))?, Some(document("d-1", None).filed));
            let account = tx.account_for_activation(ACME, &id("a-1"), Some(3))?.unwrap();
            assert_eq!(account.same_number, Some(document("d-1", None).filed.digest));
            assert_eq!(account.seats_used, 1);
            assert_eq!(tx.log(ACME, &ALL)?.len(), 1);
            Ok::<(), StoreError>(())
        })
        .unwrap();
}
