use handcarry_format::{Digest, Kind, Product, Totals};
use handcarry_rules::{Ledger, TenantRules};
use handcarry_store::{AnsweredFile, StoreError, Tenant};

use crate::world::*;

pub(crate) fn a_tenant_comes_back_as_it_was_written(world: &World) {
    assert_eq!(world.sees(|tx| tx.tenants()), [tenant(ACME, "acme"), tenant(OTHER, "other")]);
    let bare = Tenant {
        slug: id("zeta"),
        host: None,
        keyring: None,
        theme: "{\"name\":\"Zeta\"}".to_owned(),
        rules: TenantRules::default(),
        zone: "UTC".to_owned(),
        root: key("another root"),
        ..tenant(ACME, "acme")
    };
    let new = bare.clone();
    world.does(move |tx| tx.update_tenant(&new));
    assert_eq!(world.sees(|tx| tx.tenants()), [tenant(OTHER, "other"), bare]);
}

pub(crate) fn products_are_added_and_renamed(world: &World) {
    let renamed = Product { name: "Acme CAD Pro".to_owned(), version: None, ..product("cad") };
    let new = renamed.clone();
    world.does(move |tx| {
        tx.put_product(ACME, &product("viewer"))?;
        tx.put_product(ACME, &product("cad"))?;
        tx.put_product(ACME, &new)
    });
    assert_eq!(world.sees(|tx| tx.products(ACME)), [renamed, product("viewer")]);
}

pub(crate) fn a_license_comes_back_as_it_was_written(world: &World) {
    world.does(|tx| {
        tx.insert_license(ACME, &license("full", 1))?;
        tx.insert_license(ACME, &bare_license("bare", 2))
    });
    world.sees(|tx| {
        assert_eq!(tx.license(ACME, &id("full"))?, Some(license("full", 1)));
        assert_eq!(tx.license(ACME, &id("bare"))?, Some(bare_license("bare", 2)));
        assert_eq!(tx.license_by_key(ACME, &license_key(2))?, Some(bare_license("bare", 2)));
        assert_eq!(tx.license_by_key(ACME, &license_key(3))?, None);
        Ok(())
    });
    // Every field is replaced.
    let mut changed = bare_license("full", 9);
    changed.revision = 2;
    let new = changed.clone();
    world.does(move |tx| tx.update_license(ACME, &new));
    assert_eq!(world.sees(|tx| tx.license(ACME, &id("full"))), Some(changed));
}

pub(crate) fn an_activation_comes_back_as_it_was_written(world: &World) {
    let mut bare = activation("a-2", "two", 5);
    bare.newest = None;
    bare.repairs = Vec::new();
    bare.usage = Ledger::default();
    bare.clone_suspected = false;
    let written = bare.clone();
    world.does(move |tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 10))?;
        tx.save_activation(ACME, &id("l"), &written)
    });
    let list = world.sees(|tx| tx.activations(ACME, &id("l"), &ALL));
    assert_eq!(list, [activation("a-1", "one", 10), bare]);
    // Every field is replaced.
    let mut changed = returned(activation("a-1", "three", 20), 99);
    changed.generation = 5;
    changed.newest = Some(Digest::of(b"newer"));
    let new = changed.clone();
    world.does(move |tx| tx.save_activation(ACME, &id("l"), &new));
    let account = world.sees(|tx| tx.account_for_activation(ACME, &id("a-1"), None)).unwrap();
    assert_eq!(account.activation, Some(changed));
    assert_eq!(account.entitlement, license("l", 1));
}

pub(crate) fn d_12_an_issued_file_is_read_out_of_the_answer_that_it_stands_in(world: &World) {
    let text = "BEGIN \u{e4} \"quoted\"\r\n\ttab\n";
    let kept = |document: &'static str, place: &'static str| AnsweredFile {
        digest: Digest::of(place.as_bytes()),
        kind: Kind::Receipt,
        activation: id("a-1"),
        at: at(7),
        document: Digest::of(document.as_bytes()),
        place,
    };
    world.does(move |tx| {
        let mut answered = document("d-1", None);
        answered.filed.answer =
            serde_json::json!({"receipt": {"text": text}, "n": 1}).to_string().into_bytes();
        tx.file(ACME, &answered)?;
        tx.keep_answered(ACME, &kept("d-1", "/receipt/text"))?;
        tx.keep_answered(ACME, &kept("d-1", "/receipt/text"))?;
        tx.keep_answered(ACME, &kept("d-1", "/n"))?;
        tx.keep_answered(ACME, &kept("not filed", "/license/text"))?;
        // Another tenant's answer is no place to look.
        tx.keep_answered(OTHER, &kept("d-1", "/receipt/text"))
    });
    world.sees(move |tx| {
        let found = tx.issued(ACME, &Digest::of(b"/receipt/text"))?.unwrap();
        assert_eq!((found.text.as_str(), found.kind, found.at), (text, Kind::Receipt, at(7)));
        for (tenant, digest) in [(ACME, "/n"), (ACME, "/license/text"), (OTHER, "/receipt/text")] {
            let found = tx.issued(tenant, &Digest::of(digest.as_bytes()));
            assert_eq!(found, Err(StoreError::Unreadable("issued file")), "{digest}");
        }
        Ok(())
    });
}

pub(crate) fn documents_and_issued_files_come_back_byte_for_byte(world: &World) {
    world.does(|tx| {
        tx.file(ACME, &document("d-1", None))?;
        tx.keep_issued(ACME, &issued("a license"))?;
        // Signing the same again gives the same file.
        tx.keep_issued(ACME, &issued("a license"))
    });
    world.sees(|tx| {
        let filed = document("d-1", None).filed;
        assert_eq!(tx.filed_by_id(ACME, &id("d-1"))?, Some(filed.clone()));
        assert_eq!(tx.filed(ACME, &filed.digest)?, Some(filed));
        assert_eq!(tx.filed(ACME, &Digest::of(b"other"))?, None);
        assert_eq!(tx.issued(ACME, &Digest::of(b"a license"))?, Some(issued("a license")));
        assert_eq!(tx.issued(ACME, &Digest::of(b"other"))?, None);
        Ok(())
    });
}

pub(crate) fn cases_come_back_in_the_order_of_opening(world: &World) {
    world.does(|tx| {
        tx.open_case(ACME, &case("c-2", "fork", "one"))?;
        tx.open_case(ACME, &case("c-1", "gap", "one"))?;
        // The same document again, by another upload.
        assert!(!tx.open_case(ACME, &case("c-3", "fork", "one"))?);
        Ok(())
    });
    let cases = world.sees(|tx| tx.cases(ACME, &ALL));
    let cases: Vec<_> = cases.into_iter().map(|case| case.case).collect();
    assert_eq!(cases, [case("c-2", "fork", "one"), case("c-1", "gap", "one")]);
}

pub(crate) fn totals_and_transfers_add_up(world: &World) {
    let sum = world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        assert_eq!(tx.totals(ACME, &id("l"))?, Totals::new());
        tx.add_totals(ACME, &id("l"), &[(id("render"), 10), (id("export"), i64::MAX)].into())?;
        tx.add_totals(ACME, &id("l"), &[(id("render"), 7), (id("export"), 1)].into())?;
        tx.add_totals(ACME, &id("l"), &Totals::new())?;
        tx.add_transfer(ACME, &id("l"))?;
        tx.totals(ACME, &id("l"))
    });
    assert_eq!(sum, [(id("render"), 17), (id("export"), i64::MAX)].into());
    let license = world.sees(|tx| tx.license(ACME, &id("l"))).unwrap();
    assert_eq!(license.seats.transfers, 2);
    assert_eq!(license.revision, 1, "a transfer changes nothing that a file says");
}
