//! Backup and restore as `docs/operations.md` says, each while the store is written to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use handcarry_store::{LogCheck, Options, Store, contents, copy, verify_log};
use rusqlite::Connection;

use crate::world::*;

/// Backs up while units of work are written.
fn meanwhile(world: &World, backup: impl FnOnce()) {
    world.does(|tx| tx.insert_license(ACME, &license("l", 1)));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                world.does(move |tx| {
                    tx.file(ACME, &document(&format!("d-{number}"), None))?;
                    tx.add_totals(ACME, &id("l"), &[(id("render"), 1)].into())?;
                    tx.append_log(ACME, &entry("one"))
                });
            }
        });
        while world.sees(|tx| tx.log_head(ACME)).is_none_or(|head| head.seq < 20) {
            std::thread::yield_now();
        }
        backup();
        done.store(true, Ordering::Relaxed);
    });
}

/// The restored store is one state of the other, and goes on.
fn is_whole(uri: &str) {
    let store = Store::open(uri, Options::default()).unwrap();
    let units = store.read_blocking(|tx| {
        let LogCheck::Whole { head: Some(head) } = verify_log(tx, ACME)? else { panic!("the log is broken") };
        assert_eq!(tx.totals(ACME, &id("l"))?, [(id("render"), head.seq)].into());
        assert!(tx.filed_by_id(ACME, &id(&format!("d-{}", head.seq - 1)))?.is_some());
        assert!(tx.filed_by_id(ACME, &id(&format!("d-{}", head.seq)))?.is_none());
        Ok::<_, handcarry_store::StoreError>(head.seq)
    });
    let units = units.unwrap();
    assert!(units >= 20);
    assert_eq!(store.write_blocking(|tx| tx.append_log(ACME, &entry("next"))).unwrap().seq, units + 1);
    store.close_blocking();
}

#[test]
fn a_copy_of_a_file_restores() {
    let (world, backup, restored) = (World::file(), Directory::new(), Directory::new());
    let from = world.directory.database().display().to_string();
    let backup = backup.database().display().to_string();
    meanwhile(&world, || drop(copy(&from, &backup).unwrap()));
    std::fs::copy(&backup, restored.database()).unwrap();
    is_whole(&restored.database().display().to_string());
}

#[test]
fn sqlites_own_backup_restores() {
    let (world, backup) = (World::file(), Directory::new());
    meanwhile(&world, || {
        let from = Connection::open(world.directory.database()).unwrap();
        from.execute("VACUUM INTO ?1", [backup.database().to_str()]).unwrap();
    });
    is_whole(&backup.database().display().to_string());
}

#[test]
fn a_copy_of_a_server_restores_into_a_file_and_into_a_server() {
    let Some(world) = World::server() else { return };
    let (backup, restored) = (Directory::new(), crate::server::Schema::new());
    let backup = backup.database().display().to_string();
    let from = world.schema.as_ref().unwrap().uri();
    meanwhile(&world, || drop(copy(&from, &backup).unwrap()));
    copy(&backup, &restored.uri()).unwrap();
    is_whole(&restored.uri());
    is_whole(&backup);
}

/// PostgreSQL's programs: Debian keeps them apart by version.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.sort();
    found.retain(|path| path.exists());
    found.pop().unwrap_or_else(|| Path::new(name).to_owned())
}

#[test]
fn the_servers_own_backup_restores() {
    let Some(world) = World::server() else { return };
    let (schema, directory) = (world.schema.as_ref().unwrap(), Directory::new());
    let dump = directory.database();
    let run = |program: PathBuf, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(&schema.address).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let file = format!("--file={}", dump.display());
    let only = format!("--schema={}", schema.name);
    meanwhile(&world, || run(program("pg_dump"), &["--format=custom", &only, &file]));
    world.close_blocking();
    let uri = schema.uri();
    schema.connect().batch_execute(&format!("DROP SCHEMA {} CASCADE", schema.name)).unwrap();
    let target = format!("--dbname={}", schema.address);
    let output = Command::new(program("pg_restore")).arg(&target).arg(&dump).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let before = contents(&uri).unwrap();
    assert!(before.iter().any(|table| table.table == "document" && table.rows >= 20));
    is_whole(&uri);
    let kept = schema.connect().batch_execute("DELETE FROM log");
    assert!(kept.is_err(), "the triggers are back, too");
}
