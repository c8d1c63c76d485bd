//! Durable documents a second, at 1, 64 and 256 writers, beside bare group commits of the same rows on the
//! same disk in the same run: `cargo run --release -p handcarry-store --example ingest`. With the address of an
//! empty PostgreSQL database after it, the same there; it leaves schemas behind. A number after that is the only
//! number of writers.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Clock};

use handcarry_format::{
    Device, Digest, Fingerprint, FingerprintPart, Id, Instant, Kind, LicenseKey, Product, SecretKey, Source,
    Vendor,
};
use handcarry_rules::{Activation, ActivationState, Entitlement, Ledger, SeatPolicy, TenantRules};
use handcarry_store::{
    Filed, IssuedFile, NewDocument, NewLogEntry, Options, Store, StoreError, Tenant, TenantId, Tx,
};
use rusqlite::{Connection, params};

type Failure = Box<dyn std::error::Error>;

const TENANT: TenantId = TenantId(1);
/// Each figure is the median of so many turns, taken in alternation: other work on the machine hits all.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(1);
const ENVELOPE: usize = 2048;

fn main() -> Result<(), Failure> {
    let argument = std::env::args().nth(1);
    let server = argument.as_ref().filter(|argument| argument.contains("://")).cloned();
    let directory = argument.filter(|_| server.is_none()).map_or_else(std::env::temp_dir, PathBuf::from);
    let directory = directory.join(format!("handcarry-ingest-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    println!("{ENVELOPE}-byte documents, durable units a second, median of {TURNS} turns");
    println!("writers   bare rows   documents  ratio   whole units");
    let only: Option<u64> = std::env::args().nth(2).and_then(|writers| writers.parse().ok());
    for writers in only.map_or(vec![1, 64, 256], |writers| vec![writers]) {
        let mut turns = [Vec::new(), Vec::new(), Vec::new()];
        for turn in 0..TURNS {
            let place = |name: &str| match &server {
                Some(server) => format!("{server}?schema={name}_{writers}_{turn}"),
                None => directory.join(format!("{name}-{writers}-{turn}.db")).display().to_string(),
            };
            turns[0].push(match &server {
                Some(server) => bare_rows_on(server, &place("bare"), writers)?,
                None => bare_rows(&place("bare"), writers)?,
            });
            turns[1].push(units(&place("documents"), writers, file)?);
            turns[2].push(units(&place("whole"), writers, whole)?);
        }
        let [bare, documents, whole] = turns.map(median);
        println!("{writers:>7} {bare:>11.0} {documents:>11.0}  {:>5.2} {whole:>13.0}", documents / bare);
    }
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// What the disk and SQLite give: one thread, the rows of `writers` documents in each commit.
fn bare_rows(path: &str, writers: u64) -> Result<f64, Failure> {
    furnished(path)?.close_blocking();
    let mut connection = Connection::open(path)?;
    let pragmas = "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000";
    connection.execute_batch(pragmas)?;
    let sql = "INSERT INTO document (tenant, id, digest, kind, at, activation, report, answer, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let (start, mut done) = (Clock::now(), 0);
    while start.elapsed() < TURN {
        let transaction = connection.transaction()?;
        for _ in 0..writers {
            let new = document(done);
            let values = params![
                TENANT.0,
                new.filed.id.as_str(),
                new.filed.digest.as_bytes(),
                new.filed.kind.name(),
                new.filed.at.unix(),
                new.activation.as_str(),
                new.report,
                new.filed.answer,
                new.envelope,
            ];
            transaction.prepare_cached(sql)?.execute(values)?;
            done += 1;
        }
        transaction.commit()?;
    }
    Ok(done as f64 / start.elapsed().as_secs_f64())
}

/// The same for PostgreSQL: one connection, a round trip a row and one a commit.
fn bare_rows_on(server: &str, place: &str, writers: u64) -> Result<f64, Failure> {
    furnished(place)?.close_blocking();
    let schema = place.split_once("schema=").map_or("", |(_, schema)| schema);
    let uri = format!("{server}?options=-csearch_path%3D{schema}");
    let mut client = postgres::Client::connect(&uri, postgres::NoTls)?;
    let sql = client.prepare(
        "INSERT INTO document (tenant, id, digest, kind, at, activation, report, answer, envelope)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )?;
    let (start, mut done) = (Clock::now(), 0);
    while start.elapsed() < TURN {
        let mut transaction = client.transaction()?;
        for _ in 0..writers {
            let new = document(done);
            transaction.execute(
                &sql,
                &[
                    &TENANT.0,
                    &new.filed.id.as_str(),
                    &&new.filed.digest.as_bytes()[..],
                    &new.filed.kind.name(),
                    &new.filed.at.unix(),
                    &new.activation.as_str(),
                    &new.report.map(i64::from),
                    &new.filed.answer,
                    &new.envelope,
                ],
            )?;
            done += 1;
        }
        transaction.commit()?;
    }
    Ok(done as f64 / start.elapsed().as_secs_f64())
}

/// As many writers, each of which waits until its unit is durable.
fn units(
    path: &str,
    writers: u64,
    work: fn(&mut dyn Tx, u64) -> Result<(), StoreError>,
) -> Result<f64, Failure> {
    let store = furnished(path)?;
    let next = Arc::new(AtomicU64::new(0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build()?;
    let start = Clock::now();
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (store, next) = (store.clone(), Arc::clone(&next));
            runtime.spawn(async move {
                let mut done = 0_u64;
                while start.elapsed() < TURN {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    store.write(move |tx| work(tx, number)).await?;
                    done += 1;
                }
                Ok::<u64, StoreError>(done)
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += runtime.block_on(task)??;
    }
    let rate = done as f64 / start.elapsed().as_secs_f64();
    store.close_blocking();
    Ok(rate)
}

fn file(tx: &mut dyn Tx, number: u64) -> Result<(), StoreError> {
    tx.file(TENANT, &document(number))
}

/// What the portal does with a usage report, but for the signatures.
fn whole(tx: &mut dyn Tx, number: u64) -> Result<(), StoreError> {
    let new = document(number);
    if tx.filed_by_id(TENANT, &new.filed.id)?.is_some() {
        return Err(StoreError::Taken("the document's id"));
    }
    let account = tx.account_for_activation(TENANT, &new.activation, new.report)?;
    let mut activation =
        account.and_then(|account| account.activation).ok_or(StoreError::Missing("the activation"))?;
    activation.usage.booked += 1;
    activation.issued_at = new.filed.at;
    tx.save_activation(TENANT, &id("license"), &activation)?;
    tx.add_totals(TENANT, &id("license"), &[(id("render"), 7)].into())?;
    let issued = IssuedFile {
        digest: Digest::of(format!("issued {number}").as_bytes()),
        kind: Kind::Receipt,
        activation: new.activation.clone(),
        at: new.filed.at,
        text: new.envelope.clone(),
    };
    tx.keep_issued(TENANT, &issued)?;
    let entry = NewLogEntry {
        at: new.filed.at,
        event: "document.accepted".to_owned(),
        data: format!("{{\"document\":\"{}\",\"digest\":\"{}\"}}", new.filed.id, new.filed.digest),
    };
    tx.append_log(TENANT, &entry)?;
    tx.file(TENANT, &new)
}

const DEVICES: u64 = 1000;

fn document(number: u64) -> NewDocument {
    let digest = Digest::of(&number.to_be_bytes());
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest.as_bytes()[..16]);
    NewDocument {
        filed: Filed {
            id: Id::from_random(bits),
            digest,
            kind: Kind::UsageReport,
            at: at(number),
            answer: vec![b'a'; 512],
        },
        activation: id(&format!("activation-{}", number % DEVICES)),
        report: u32::try_from(number).ok(),
        envelope: "e".repeat(ENVELOPE),
    }
}

fn furnished(place: &str) -> Result<Store, Failure> {
    let store = Store::open(place, Options::default())?;
    store.write_blocking(|tx| {
        tx.insert_tenant(&Tenant {
            id: TENANT,
            slug: id("acme"),
            name: "Acme".to_owned(),
            host: None,
            portal: "https://offline.acme.example".to_owned(),
            zone: "UTC".to_owned(),
            root: key(0).public(),
            keyring: None,
            theme: "{}".to_owned(),
            rules: TenantRules::default(),
            created_at: at(0),
        })?;
        tx.insert_license(TENANT, &license())?;
        (0..DEVICES).try_for_each(|number| tx.save_activation(TENANT, &id("license"), &activation(number)))
    })?;
    Ok(store)
}

fn license() -> Entitlement {
    let vendor = Vendor { id: id("acme"), name: "Acme".to_owned() };
    let product = Product { id: id("cad"), name: "Acme CAD".to_owned(), version: None };
    let new =
        Entitlement::new(id("license"), LicenseKey::from_random([7; 10]), vendor, product, chrono_tz::UTC);
    let seats = SeatPolicy { total: 2000, transfer_limit: None, transfers: 0, repair_limit: 3 };
    Entitlement { seats, match_rate: 66, ..new }
}

fn activation(number: u64) -> Activation {
    let part = |name: &str, source| FingerprintPart {
        name: id(name),
        source,
        hash: Digest::of(format!("{name} {number}").as_bytes()).hex()[..32].to_owned(),
        weight: 50,
    };
    Activation {
        id: id(&format!("activation-{number}")),
        device: Device { key: key(number).public(), name: format!("WS-{number}") },
        fingerprint: Fingerprint {
            parts: vec![
                part("board", Source::Hardware),
                part("disk", Source::Hardware),
                part("network", Source::Hardware),
                part("machine", Source::System),
            ],
        },
        state: ActivationState::Taken,
        activated_at: at(number),
        request: Digest::of(b"request"),
        requested_at: at(number),
        generation: 1,
        newest: Some(Digest::of(b"newest")),
        revision: 1,
        acknowledged: 0,
        issued_at: at(number),
        repairs: Vec::new(),
        usage: Ledger::default(),
        clone_suspected: false,
    }
}

fn key(number: u64) -> SecretKey {
    SecretKey::from_seed(Digest::of(&number.to_be_bytes()).as_bytes())
}

fn id(text: &str) -> Id {
    Id::new(text).expect("a name of this file")
}

fn at(number: u64) -> Instant {
    let seconds = i64::try_from(number).unwrap_or(0);
    Instant::from_unix(1_790_000_000).map_or(handcarry_format::MAX_INSTANT, |at| at.plus_seconds(seconds))
}
