//! What the file on the disk does.

use handcarry_store::{LogCheck, Options, Store, StoreError, verify_log};
use rusqlite::Connection;

use crate::world::*;

fn raw(world: &World) -> Connection {
    let connection = Connection::open(world.directory.database()).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}

fn furnished() -> World {
    let world = World::file();
    world.does(|tx| {
        tx.put_product(ACME, &product("cad"))?;
        tx.insert_license(ACME, &license("l", 1))?;
        tx.save_activation(ACME, &id("l"), &activation("a-1", "one", 1))?;
        tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())?;
        tx.file(ACME, &document("d-1", Some(3)))?;
        tx.keep_issued(ACME, &issued("file"))?;
        tx.open_case(ACME, &case("c-1", "fork", "d-1"))?;
        for number in 0..5 {
            tx.append_log(ACME, &entry(&format!("e-{number}")))?;
        }
        Ok(())
    });
    world
}

#[test]
fn a_database_is_there_after_it_was_closed() {
    let world = furnished();
    world.close_blocking();
    let beside: Vec<_> = std::fs::read_dir(world.directory.database().parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1, "one file, to be copied as it is");
    let store = open(&world.directory.database(), Options::default());
    let filed = store.read_blocking(|tx| tx.filed_by_id(ACME, &id("d-1")));
    assert_eq!(filed, Ok(Some(document("d-1", None).filed)));
    assert_eq!(store.write_blocking(|tx| tx.append_log(ACME, &entry("next"))).unwrap().seq, 6);
    store.close_blocking();
}

#[test]
fn what_was_answered_is_in_the_files_at_that_moment() {
    let world = World::file();
    let copy = Directory::new();
    for number in 0..20 {
        world.does(move |tx| tx.file(ACME, &document(&format!("d-{number}"), None)));
        for ending in ["", "-wal"] {
            let from = format!("{}{ending}", world.directory.database().display());
            let to = format!("{}{ending}", copy.database().display());
            std::fs::copy(from, to).unwrap();
        }
        let store = open(&copy.database(), Options::default());
        let name = format!("d-{number}");
        assert!(store.read_blocking(move |tx| tx.filed_by_id(ACME, &id(&name))).unwrap().is_some());
        store.close_blocking();
    }
}

#[test]
fn a_command_beside_the_server_waits_its_turn() {
    let world = World::file();
    let beside = open(&world.directory.database(), Options::default());
    std::thread::scope(|scope| {
        for (store, first) in [(&world.store, 0), (&beside, 100)] {
            for number in first..first + 20 {
                scope.spawn(move || {
                    store
                        .write_blocking(move |tx| tx.append_log(ACME, &entry(&format!("{number}"))))
                        .unwrap();
                });
            }
        }
    });
    beside.close_blocking();
    let whole = world.sees(|tx| verify_log(tx, ACME));
    assert!(matches!(whole, LogCheck::Whole { head: Some(head) } if head.seq == 40), "{whole:?}");
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let world = World::file();
    world.close_blocking();
    let connection = raw(&world);
    connection.execute("INSERT INTO schema (version) VALUES (99)", []).unwrap();
    let address = format!("sqlite:{}", world.directory.database().display());
    let refused = Store::open(&address, Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, known: _ })), "{refused:?}");
}

#[test]
fn another_programs_database_is_left_alone() {
    let directory = Directory::new();
    let other = Connection::open(directory.database()).unwrap();
    other.execute_batch("CREATE TABLE mail (body TEXT)").unwrap();
    let refused = Store::open(&directory.database().display().to_string(), Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Address(_))), "{refused:?}");
    let tables: i64 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn an_address_that_cannot_be_opened_says_why() {
    for address in ["mysql://x", "sqlite:", ""] {
        let refused = Store::open(address, Options::default()).map(drop);
        assert!(matches!(refused, Err(StoreError::Address(_))), "{address}: {refused:?}");
    }
    let refused = Store::open("sqlite:/nowhere/at/all/portal.db", Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Engine(_))), "{refused:?}");
    let directory = Directory::new();
    std::fs::write(directory.database(), "This is no database, but a text of some length.".repeat(100))
        .unwrap();
    let refused = Store::open(&directory.database().display().to_string(), Options::default()).map(drop);
    assert!(matches!(refused, Err(StoreError::Engine(_))), "{refused:?}");
}

#[test]
fn threat_insider_d_28_documents_and_log_refuse_changes_even_by_hand() {
    let world = furnished();
    let connection = raw(&world);
    for sql in [
        "UPDATE log SET data = '{}' WHERE seq = 2",
        "DELETE FROM log WHERE seq = 5",
        "UPDATE document SET answer = x'00'",
        "DELETE FROM document",
        "UPDATE issued SET text = ''",
        "DELETE FROM issued",
    ] {
        assert!(connection.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn threat_insider_d_28_a_changed_or_missing_entry_is_found() {
    let world = furnished();
    let connection = raw(&world);
    connection.execute_batch("DROP TRIGGER log_stays; DROP TRIGGER log_kept;").unwrap();
    let broken = |undo: &str, sql: &str| {
        connection.execute_batch("SAVEPOINT intact").unwrap();
        connection.execute_batch(sql).unwrap();
        connection.execute_batch("RELEASE intact").unwrap();
        let found = match world.sees(|tx| verify_log(tx, ACME)) {
            LogCheck::Broken { seq, .. } => seq,
            whole @ LogCheck::Whole { .. } => panic!("{sql}: {whole:?}"),
        };
        connection.execute_batch(undo).unwrap();
        assert!(matches!(world.sees(|tx| verify_log(tx, ACME)), LogCheck::Whole { .. }), "{undo}");
        found
    };
    connection.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM log").unwrap();
    connection.execute_batch("CREATE TEMP TABLE head AS SELECT * FROM log_head").unwrap();
    let undo = "DELETE FROM log; INSERT INTO log SELECT * FROM kept;
                DELETE FROM log_head; INSERT INTO log_head SELECT * FROM head;";
    assert_eq!(broken(undo, "UPDATE log SET data = '{}' WHERE seq = 2"), 2);
    assert_eq!(broken(undo, "UPDATE log SET event = 'e-9' WHERE seq = 1"), 1);
    assert_eq!(broken(undo, "UPDATE log SET at = at + 1 WHERE seq = 5"), 5);
    assert_eq!(broken(undo, "UPDATE log SET hash = zeroblob(32) WHERE seq = 3"), 3);
    assert_eq!(broken(undo, "DELETE FROM log WHERE seq = 3"), 3);
    assert_eq!(broken(undo, "DELETE FROM log WHERE seq = 1"), 1);
    assert_eq!(broken(undo, "DELETE FROM log WHERE seq = 5"), 5);
    assert_eq!(broken(undo, "DELETE FROM log"), 1);
    assert_eq!(broken(undo, "DELETE FROM log WHERE seq = 2; UPDATE log SET seq = seq - 1 WHERE seq > 2"), 2);
    assert_eq!(broken(undo, "UPDATE log SET tenant = 2 WHERE seq = 5"), 5);
    assert_eq!(broken(undo, "UPDATE log_head SET seq = 6"), 6);
    assert_eq!(broken(undo, "DELETE FROM log_head"), 6);
}

#[test]
fn a_wrong_number_of_seats_is_found() {
    let world = furnished();
    assert_eq!(world.sees(|tx| tx.seat_differences(ACME)), []);
    raw(&world).execute("UPDATE license SET seats_used = 4", []).unwrap();
    let found = world.sees(|tx| tx.seat_differences(ACME));
    assert_eq!((found.len(), found[0].kept, found[0].counted), (1, 4, 1));
    assert_eq!(world.sees(|tx| tx.seat_differences(OTHER)), []);
}

/// Every column that has a meaning, spoiled: an error that names the row, and never a panic.
#[test]
fn a_row_that_was_spoiled_from_outside_is_unreadable() {
    let spoils = [
        ("tenant", "root = zeroblob(32)"),
        ("tenant", "root = x'00'"),
        ("tenant", "slug = '?' WHERE id = 1"),
        ("tenant", "created_at = 9223372036854775807"),
        ("product", "id = ''"),
        ("license", "id = 'l l'"),
        ("license", "key = 'AAAA'"),
        ("license", "features = '['"),
        ("license", "features = '[{\"id\":\"?\",\"name\":\"x\"}]'"),
        (
            "license",
            "features = '[{\"id\":\"a\",\"name\":\"x\",\"counter\":{\"overage\":\"x\",\"reset\":\"never\"}}]'",
        ),
        ("license", "concurrent = -1"),
        ("license", "seats_total = 4294967296"),
        ("license", "seats_used = -1"),
        ("license", "start_day = '2026-02-30'"),
        ("license", "zone = 'Mars/Olympus'"),
        ("license", "lease_grace = NULL"),
        ("license", "blocked = '{}'"),
        ("license_total", "counter = '?'"),
        ("activation", "device_key = zeroblob(32)"),
        ("activation", "fingerprint = 'null'"),
        (
            "activation",
            "fingerprint = '{\"parts\":[{\"name\":\"a\",\"source\":\"x\",\"hash\":\"\",\"weight\":1}]}'",
        ),
        ("activation", "returned_at = 9223372036854775807"),
        ("activation", "request = x'0102'"),
        ("activation", "generation = -1"),
        ("activation", "newest = x'01'"),
        ("activation", "repairs = '[9223372036854775807]'"),
        ("activation", "totals = '{\"?\":1}'"),
        ("activation", "received_digest = NULL"),
        ("desk_case", "digest = x''"),
        ("log", "hash = x''"),
        ("log_head", "hash = x''"),
        ("document", "kind = 'letter'"),
        ("document", "digest = x''"),
        ("issued", "kind = ''"),
    ];
    for (table, change) in spoils {
        let world = furnished();
        let connection = raw(&world);
        let drop_triggers = "DROP TRIGGER log_stays; DROP TRIGGER document_stays; DROP TRIGGER issued_stays;";
        connection.execute_batch(drop_triggers).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(&format!("UPDATE {table} SET {change}")).unwrap();
        let found = world.sees(|tx| {
            let digest = document("d-1", None).filed.digest;
            let print = fingerprint("one", "one");
            let found = [
                tx.tenants().map(drop),
                tx.products(ACME).map(drop),
                tx.licenses(ACME, &ALL).map(drop),
                tx.account_for_request(ACME, &license_key(1), key("one").id(), &print).map(drop),
                tx.activations(ACME, &id("l"), &ALL).map(drop),
                tx.cases(ACME, &ALL).map(drop),
                tx.log(ACME, &ALL).map(drop),
                tx.log_head(ACME).map(drop),
                tx.filed_by_id(ACME, &id("d-1")).map(drop),
                tx.filed(ACME, &digest).map(drop),
                tx.issued(ACME, &issued("file").digest).map(drop),
            ];
            Ok(found)
        });
        let wrong: Vec<_> = found.into_iter().filter_map(Result::err).collect();
        assert!(!wrong.is_empty(), "{table}: {change}");
        assert!(wrong.iter().all(|error| matches!(error, StoreError::Unreadable(_))), "{change}: {wrong:?}");
    }
}
