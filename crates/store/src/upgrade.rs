//! A database of the first version, with something in it, is brought to this version on every engine.

use handcarry_format::{Digest, Id, Instant, LicenseKey, SecretKey};
use handcarry_rules::PoolStatus;

use crate::sql::{Sql, run, values};
use crate::{
    LogCheck, NewLogEntry, Options, Page, Store, StoreError, TenantId, chain, postgresql, sqlite, verify_log,
};

const ACME: TenantId = TenantId(1);
const ENTRIES: i64 = 3;

/// What a portal of the first version had written.
fn furnish(sql: &mut dyn Sql) -> Result<(), StoreError> {
    let key = SecretKey::from_seed(&[7; 32]).public();
    let root = key.as_bytes();
    run(
        sql,
        "INSERT INTO tenant (id, slug, name, host, portal, zone, root, theme, created_at)
         VALUES (1, 'acme', 'Acme', 'offline.acme.example', 'https://offline.acme.example', 'UTC', ?1, '{}', 5)",
        values![root],
    )?;
    run(sql, "INSERT INTO product (tenant, id, name) VALUES (1, 'cad', 'Acme CAD')", values![])?;
    for (number, enabled) in [(1_u8, true), (2, false)] {
        let license = LicenseKey::from_random([number; 10]);
        run(
            sql,
            "INSERT INTO license (tenant, id, key, vendor_id, vendor_name, product_id, product_name, features,
               seats_total, transfers, repair_limit, zone, evaluation, match_rate, policy_offline, enabled,
               revision, blocked, seats_used)
             VALUES (1, ?1, ?2, 'acme', 'Acme', 'cad', 'Acme CAD', '[]', 5, 1, 3, 'Europe/Berlin', 0, 66, 1, ?3,
               4, '[]', ?4)",
            values![format!("l-{number}"), license.as_str(), enabled, enabled],
        )?;
    }
    for (name, returned_at) in [("a-1", None), ("a-2", Some(40_i64))] {
        run(
            sql,
            "INSERT INTO activation (tenant, id, license, device, device_key, device_name, fingerprint,
               returned_at, activated_at, request, requested_at, generation, revision, acknowledged, issued_at,
               repairs, booked, totals, clone_suspected)
             SELECT 1, ?1, seq, ?2, ?3, 'WS-17', '{\"parts\":[]}', ?4, 20, ?5, 10, 1, 1, 0, 20, '[]', 2,
               '{\"render\":7}', 0 FROM license WHERE id = 'l-1'",
            values![name, key.id().to_string(), root, returned_at, &Digest::of(b"request")],
        )?;
    }
    run(
        sql,
        "INSERT INTO license_total (license, counter, total) SELECT seq, 'render', 7 FROM license WHERE id = 'l-1'",
        values![],
    )?;
    let answer: &[u8] = b"the answer";
    run(
        sql,
        "INSERT INTO document (tenant, id, digest, kind, at, activation, report, answer, envelope)
         VALUES (1, 'd-1', ?1, 'usage-report', 30, 'a-1', 1, ?2, '{}')",
        values![&Digest::of(b"d-1"), answer],
    )?;
    let mut last = chain::start();
    for seq in 1..=ENTRIES {
        let entry = entry("before");
        last = chain::hash(ACME, seq, &last, &entry);
        run(
            sql,
            "INSERT INTO log (tenant, seq, at, event, data, hash) VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            values![seq, entry.at, &entry.event, &entry.data, &last],
        )?;
    }
    run(sql, "INSERT INTO log_head (tenant, seq, hash) VALUES (1, ?1, ?2)", values![ENTRIES, &last]).map(drop)
}

fn entry(event: &str) -> NewLogEntry {
    let at = Instant::from_unix(60).unwrap();
    NewLogEntry { at, event: event.to_owned(), data: "{}".to_owned() }
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

/// What this version finds, and goes on with.
fn check(uri: &str) {
    let store = Store::open(uri, Options::default()).unwrap();
    let seen = store.read_blocking(|tx| {
        assert_eq!(tx.tenants()?.len(), 1);
        assert_eq!(tx.tenants()?[0].rules, handcarry_rules::TenantRules::default());
        assert_eq!(tx.products(ACME)?.len(), 1);
        let statuses: Vec<_> = tx
            .licenses(ACME, &Page { after: None, limit: 9 })?
            .into_iter()
            .map(|license| (license.id.to_string(), license.status, license.revision))
            .collect();
        assert_eq!(
            statuses,
            [("l-1".to_owned(), PoolStatus::Active, 4), ("l-2".to_owned(), PoolStatus::Inactive, 4)]
        );
        let account = tx.account_for_activation(ACME, &id("a-1"), Some(1))?.unwrap();
        assert_eq!((account.seats_used, account.made), (1, 2));
        assert_eq!(account.totals, [(id("render"), 7)].into());
        assert_eq!(account.same_number, Some(Digest::of(b"d-1")));
        assert_eq!(tx.filed_by_id(ACME, &id("d-1"))?.unwrap().answer, b"the answer");
        assert_eq!(tx.seat_differences(ACME)?, []);
        verify_log(tx, ACME)
    });
    assert!(matches!(seen, Ok(LogCheck::Whole { head: Some(head) }) if head.seq == ENTRIES), "{seen:?}");
    let next = store.write_blocking(|tx| {
        let account = tx.account_for_activation(ACME, &id("a-1"), None)?.unwrap();
        tx.save_activation(ACME, &id("l-1"), &account.activation.unwrap())?;
        tx.append_log(ACME, &entry("after"))
    });
    assert_eq!(next.map(|entry| entry.seq), Ok(ENTRIES + 1));
    store.close_blocking();
}

#[test]
fn a_file_of_the_first_version_is_upgraded_with_what_is_in_it() {
    let path = std::env::temp_dir().join(format!("handcarry-upgrade-{}.db", std::process::id()));
    let mut connection = rusqlite::Connection::open(&path).unwrap();
    sqlite::migrate(&mut connection, 1).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    furnish(&mut sqlite::Sqlite(&connection)).unwrap();
    connection.execute_batch("COMMIT").unwrap();
    drop(connection);
    check(&path.display().to_string());
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", path.display()));
    }
}

#[test]
fn a_database_of_the_first_version_is_upgraded_with_what_is_in_it() {
    let Ok(address) = std::env::var("HANDCARRY_TEST_POSTGRES") else { return };
    let schema = format!("upgrade_{}", std::process::id());
    let uri = format!("{address}?schema={schema}");
    let parsed = postgresql::Address::parse(&uri).unwrap();
    let mut session = postgresql::Session::connect(&parsed).unwrap();
    session.send(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE")).unwrap();
    postgresql::migrate(&mut session, Some(&schema), 1).unwrap();
    session.begin(true).unwrap();
    furnish(&mut postgresql::Postgres::new(&mut session, true)).unwrap();
    session.send("COMMIT").unwrap();
    check(&uri);
    session.send(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
}
