//! A whole store, from one engine to the other and back.

use handcarry_format::Digest;
use handcarry_store::{LogCheck, Options, Store, StoreError, contents, copy, verify_log};

use crate::server::Schema;
use crate::world::*;

fn furnished() -> World {
    let world = World::file();
    world.does(|tx| {
        tx.put_product(ACME, &product("cad"))?;
        tx.insert_license(ACME, &license("l", 1))?;
        tx.insert_license(OTHER, &bare_license("l", 1))?;
        for number in 0..250 {
            let name = format!("a-{number}");
            tx.save_activation(ACME, &id("l"), &activation(&name, &name, number))?;
            tx.file(ACME, &document(&format!("d-{number}"), Some(3)))?;
            tx.keep_issued(ACME, &issued(&name))?;
            tx.append_log(ACME, &entry(&name))?;
        }
        tx.open_case(ACME, &case("c-1", "fork", "d-1"))?;
        tx.add_totals(ACME, &id("l"), &[(id("render"), i64::MAX), (id("Z"), i64::MIN)].into())?;
        // Larger than what is written at a time.
        let mut large = document("large", None);
        large.filed.answer = vec![0; 5 << 20];
        large.envelope = "ä".repeat(3 << 20);
        tx.file(ACME, &large)
    });
    world
}

fn uri(world: &World) -> String {
    format!("sqlite:{}", world.directory.database().display())
}

/// The copy is used: it goes on where the other one was.
fn goes_on(uri: &str) {
    let store = Store::open(uri, Options::default()).unwrap();
    let checked = store.write_blocking(|tx| {
        assert_eq!(tx.append_log(ACME, &entry("next"))?.seq, 251);
        tx.insert_license(ACME, &license("m", 7))?;
        tx.save_activation(ACME, &id("m"), &activation("a-new", "new", 1))?;
        tx.open_case(ACME, &case("c-2", "fork", "d-2"))?;
        let seqs: Vec<i64> = tx.cases(ACME, &ALL)?.into_iter().map(|case| case.seq).collect();
        assert!(seqs[0] < seqs[1], "{seqs:?}");
        assert_eq!(tx.filed_by_id(ACME, &id("d-7"))?, Some(document("d-7", None).filed));
        assert_eq!(tx.license(OTHER, &id("l"))?, Some(bare_license("l", 1)));
        assert_eq!(tx.seat_differences(ACME)?, []);
        verify_log(tx, ACME)
    });
    assert!(matches!(checked, Ok(LogCheck::Whole { head: Some(head) }) if head.seq == 251), "{checked:?}");
    store.close_blocking();
}

#[test]
fn a_store_in_use_is_copied_into_a_file_that_goes_on() {
    let (world, target) = (furnished(), Directory::new());
    let to = target.database().display().to_string();
    let copied = copy(&uri(&world), &to).unwrap();
    assert_eq!(contents(&to), Ok(copied.clone()));
    assert_eq!(contents(&uri(&world)), Ok(copied.clone()));
    let rows = |table: &str| copied.iter().find(|it| it.table == table).unwrap().rows;
    assert_eq!((rows("tenant"), rows("activation"), rows("document"), rows("log")), (2, 250, 251, 250));
    goes_on(&to);
    assert_ne!(contents(&to), Ok(copied));
}

#[test]
fn a_store_is_the_same_on_a_server_and_back_in_a_file() {
    let Some(there) = World::server() else { return };
    let (world, back, schema) = (furnished(), Directory::new(), Schema::new());
    let back = back.database().display().to_string();
    let copied = copy(&uri(&world), &schema.uri()).unwrap();
    assert_eq!(contents(&schema.uri()), Ok(copied.clone()));
    assert_eq!(copy(&schema.uri(), &back), Ok(copied));
    goes_on(&schema.uri());
    goes_on(&back);
    drop(there);
}

#[test]
fn nothing_is_copied_over_something_or_from_nowhere() {
    let (world, other) = (furnished(), World::file());
    let refused = copy(&uri(&world), &uri(&other));
    assert_eq!(refused, Err(StoreError::Address("the store to copy to is not empty")));
    assert_eq!(other.sees(|tx| tx.licenses(ACME, &ALL)), []);
    let nowhere = Directory::new();
    let nowhere = nowhere.database();
    let refused = copy(&nowhere.display().to_string(), &Directory::new().database().display().to_string());
    assert_eq!(refused, Err(StoreError::Address("there is no such file")));
    assert!(!nowhere.exists());
    assert!(matches!(contents("sqlite::memory:"), Err(StoreError::Address(_))));
}

#[test]
fn the_digest_of_a_table_is_the_documented_one() {
    let world = World::file();
    world.does(|tx| {
        tx.insert_license(ACME, &license("l", 1))?;
        tx.add_totals(ACME, &id("l"), &[(id("render"), -2)].into())
    });
    let text = [&6_u64.to_be_bytes()[..], b"render"].concat();
    let (one, total) = (1_i64.to_be_bytes(), (-2_i64).to_be_bytes());
    let bytes = [&[1][..], &one, &[2], &text, &[1], &total].concat();
    let all = contents(&uri(&world)).unwrap();
    let totals = all.iter().find(|it| it.table == "license_total").unwrap();
    assert_eq!((totals.rows, totals.digest), (1, Digest::of(&bytes)));
}
